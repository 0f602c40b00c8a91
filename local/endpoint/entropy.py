"""The randomness that moto draws ids and secrets from, seeded so that a replay repeats it."""

import importlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from types import SimpleNamespace
from typing import Any

from moto.core.base_backend import AccountSpecificBackend
from moto.moto_api._internal import mock_random

from local.endpoint.clock import clock
from local.endpoint.replacement import replace

# They draw keys and session tokens from the operating system instead of moto's source.
MODULES_WITH_URANDOM = ("moto.kms.utils", "moto.kms.models", "moto.sts.utils")


@contextmanager
def seeded(seed: str) -> Iterator[None]:
    """Makes everything that moto draws inside the block follow from `seed`."""
    outer = mock_random.getstate()
    mock_random.seed(seed)
    try:
        yield
    finally:
        mock_random.setstate(outer)


def install(seed: str, born: datetime) -> None:
    """Makes moto's ids repeatable.

    seed: the secret that the ids of backends follow from, the default VPC's for example.
    born: the time at which such things were created.

    A backend is created at its first use, which may be a request that is not journalled:
    so each draws from a seed of its own. moto has no hook for either.
    """

    def create_seeded(self: Any, region_name: str) -> Any:
        name = "aws" if region_name == "global" else region_name
        if name in self.keys():
            return create(self, region_name)
        origin = f"{seed}/{self.service_name}/{self.account_id}/{name}"
        with seeded(origin), clock.held_at(born):
            return create(self, region_name)

    create = replace(AccountSpecificBackend, "__getitem__", create_seeded)
    for name in MODULES_WITH_URANDOM:
        module = importlib.import_module(name)
        if module.os.urandom is not os.urandom:
            raise TypeError(f"{name} no longer reads os.urandom")
        replace(module, "os", SimpleNamespace(urandom=mock_random.randbytes))
