"""`aws:…`: a key that Pulumi's AWS provider does not know is ignored by it, and refused here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache

import pulumi_aws as aws
from pydantic.alias_generators import to_camel

from components.identity import REFUSED
from infra.settings.faults import unknown_key

PREFIX = "aws:"


def unknown_provider_keys(keys: Iterable[str]) -> Iterator[tuple[str, str]]:
    """The full keys of the provider's that it does not know, each with what is wrong with it."""
    for key in keys:
        name = key.removeprefix(PREFIX)
        if key.startswith(PREFIX) and name not in provider_keys() and name not in REFUSED:
            yield key, unknown_key(name, provider_keys() - REFUSED.keys())


@cache
def provider_keys() -> frozenset[str]:
    """What the provider can be told, by its own arguments: `assumeRoles`, `region` …"""
    arguments = (name for name, one in vars(aws.ProviderArgs).items() if isinstance(one, property))
    return frozenset(map(to_camel, arguments))
