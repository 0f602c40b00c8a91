"""The time that moto sees: the wall clock, or the recorded instant of a replayed request."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from types import SimpleNamespace

import moto.core.utils
import moto.secretsmanager.models

from local.endpoint.replacement import replace

_real_utcnow = moto.core.utils.utcnow


class Clock:
    """A clock that can be held still. Not for use by two threads at once."""

    def __init__(self) -> None:
        self._held: datetime | None = None

    def now(self) -> datetime:
        """The current instant, with its time zone, UTC."""
        return self._held or datetime.now(UTC)

    @contextmanager
    def held_at(self, instant: datetime) -> Iterator[None]:
        """Lets no time pass for moto inside the block."""
        outer, self._held = self._held, instant
        try:
            yield
        finally:
            self._held = outer


clock = Clock()


def install() -> None:
    """Makes every part of moto read `clock`.

    moto has no hook for it: modules import ``utcnow`` by name, so those loaded already
    are given ours too, and Secrets Manager calls ``time.time``.
    """

    def utcnow() -> datetime:
        return clock.now().replace(tzinfo=None)

    for name, module in list(sys.modules.items()):
        if name.startswith("moto.") and getattr(module, "utcnow", None) is _real_utcnow:
            replace(module, "utcnow", utcnow)
    secrets = moto.secretsmanager.models
    if getattr(secrets, "time", None) is not time:
        raise TypeError("moto.secretsmanager.models no longer reads the module time")
    replace(secrets, "time", SimpleNamespace(time=lambda: clock.now().timestamp()))
