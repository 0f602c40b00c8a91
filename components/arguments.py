"""Arguments of components: checked when they are made, all faults at once, without any network.

A field that a stack file can set says in `Annotated` what it means; it stands in a class of
Settings. The component's Args derive from those and add what only a program can give: other
components, and what comes out of them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from ipaddress import IPv4Network
from typing import Any, ClassVar, Self, TypeVar

from components import credentials
from components.argument_types import misfits, take_choices
from components.fault import Fault as Fault
from components.tags import tag_faults

Item = TypeVar("Item")

# RFC 1918. `is_private` holds for loopback, link-local and other addresses as well.
PRIVATE_NETWORKS = tuple(map(IPv4Network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")))
# Beside them, the addresses that carriers and VPNs share (RFC 6598).
INSIDE_NETWORKS = (*PRIVATE_NETWORKS, IPv4Network("100.64.0.0/10"))
KUBERNETES_NAME = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
# Log groups accept these retention periods only (CloudWatch Logs, PutRetentionPolicy), in days.
LOG_RETENTION_DAYS = (
    1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922,
    3288, 3653,
)  # fmt: skip


class ArgumentError(ValueError):
    """Arguments that cannot work; `faults` has the first fault and the `others`, one by one."""

    def __init__(self, field: str, value: object, expected: str, *others: Fault) -> None:
        self.faults = [Fault(field, value, expected), *others]
        super().__init__("\n".join(map(str, self.faults)))


@dataclass(frozen=True)
class Setting:
    """What a field of Settings means, for readers and for the page of all settings.

    `unit`: of a number, such as `days`. `example`: a value as a stack file writes it. `required`: a
    stack file has to say it, although a program may leave it to its default. `choices`: what a
    stack file may choose from, where a program may give more. `verbatim`: text whose blanks, at its
    ends too, and line breaks mean something or do no harm.
    """

    meaning: str
    unit: str | None = None
    example: object = None
    required: bool = False
    choices: tuple[str, ...] = ()
    verbatim: bool = False


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Base of what a stack file can say of a component.

    Making them checks nothing, so that a reader of files can tell all faults at once.
    `credentials_belong`: where what is secret about them is kept instead.
    """

    credentials_belong: ClassVar[str] = credentials.SECRETS_MANAGER

    def faults(self) -> Iterator[Fault]:
        """All faults of these settings; none by default."""
        yield from ()


@dataclass(frozen=True, kw_only=True)
class Args(Settings):
    """Base of all arguments: making them raises ArgumentError if they have faults."""

    def __post_init__(self) -> None:
        take_choices(self)
        # Alone, because the others' messages have the values in them; and what is of the wrong
        # kind alone, because nothing else can be asked of it.
        faults = list(self._credential_faults()) or self._misfits() or self._all_faults()
        if faults:
            first, *others = faults
            raise ArgumentError(first.field, first.value, first.expected, *others)

    def _credential_faults(self) -> Iterator[Fault]:
        for one in fields(self):
            for path, text in texts_in(getattr(self, one.name), one.name):
                if found := credentials.find_credential(text):
                    yield Fault(path, found.hidden, found.reason(self.credentials_belong))

    def _all_faults(self) -> list[Fault]:
        tags = tag_faults(getattr(self, "tags", {}))
        return [
            *(replace(one, field=f"tags.{one.field}".rstrip(".")) for one in tags),
            *self.faults(),
        ]

    def _misfits(self) -> list[Fault]:
        return [Fault(*one) for one in misfits(self)]

    @classmethod
    def of(cls, settings: Settings, **others: Any) -> Self:
        """Arguments with the values of `settings`, and `others`, which win."""
        own = {one.name for one in fields(cls)}
        given = {one.name: getattr(settings, one.name) for one in fields(settings)}
        return cls(**{name: given[name] for name in given.keys() & own} | others)


def texts_in(value: object, path: str) -> Iterator[tuple[str, str]]:
    """The texts in a value, keys of mappings too, each with its path."""
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, Mapping):
        for key, one in value.items():
            yield path, str(key)
            found = credentials.find_credential(str(key))
            yield from texts_in(one, f"{path}.{found.hidden if found else key}")
    elif isinstance(value, Sequence) and not isinstance(value, bytes):
        for position, one in enumerate(value):
            yield from texts_in(one, f"{path}[{position}]")


def below(path: str, faults: Iterator[Fault]) -> Iterator[Fault]:
    """The faults of something that lies at `path`."""
    for fault in faults:
        yield replace(fault, field=f"{path}.{fault.field}")


def inside_faults(field: str, networks: Sequence[IPv4Network]) -> Iterator[Fault]:
    """A fault for each network that is not one inside organisations, which may reach things."""
    for position, network in enumerate(networks):
        if not any(map(network.subnet_of, INSIDE_NETWORKS)):
            yield Fault(
                f"{field}[{position}]",
                str(network),
                f"use a part of {', '.join(map(str, INSIDE_NETWORKS))}",
            )


def repeated_faults(
    field: str, items: Sequence[Item], same: Callable[[Item], Hashable] = lambda item: item
) -> Iterator[Fault]:
    """A fault for each item that an earlier one equals, by what `same` makes of both."""
    first: dict[Hashable, int] = {}
    for position, item in enumerate(items):
        earlier = first.setdefault(same(item), position)
        if earlier != position:
            yield Fault(
                f"{field}[{position}]",
                item,
                f"{field}[{earlier}] names the same already; name each once",
            )


def overlap_faults(field: str, networks: Sequence[IPv4Network]) -> Iterator[Fault]:
    """A fault for each network that shares addresses with an earlier one."""
    for position, network in enumerate(networks):
        for earlier, other in enumerate(networks[:position]):
            if network.overlaps(other):
                how = "is the same" if network == other else f"overlaps it ({other})"
                yield Fault(
                    f"{field}[{position}]",
                    str(network),
                    f"{field}[{earlier}] {how}; name each address once",
                )
                break


def network_key(network: IPv4Network) -> str:
    """A network's name as part of a resource's name: `10-1-0-0-16`."""
    return str(network).translate(str.maketrans("./", "--"))


def kubernetes_name_faults(field: str, value: str) -> Iterator[Fault]:
    """A fault unless `value` is a DNS label."""
    if not KUBERNETES_NAME.fullmatch(value):
        yield Fault(
            field,
            value,
            "use at most 63 lower-case letters, digits and hyphens, with a letter or digit at"
            " both ends",
        )


def stable_key_faults(field: str, key: str) -> Iterator[Fault]:
    """A fault unless `key` fits into resources' names, which AWS limits to 63 characters."""
    if len(key) > 30 or not KUBERNETES_NAME.fullmatch(key):
        yield Fault(field, key, "use at most 30 lower-case letters, digits and hyphens")


def log_retention_faults(field: str, days: int) -> Iterator[Fault]:
    """A fault unless CloudWatch Logs takes `days` as a retention period."""
    if days not in LOG_RETENTION_DAYS:
        periods = ", ".join(map(str, LOG_RETENTION_DAYS))
        yield Fault(field, days, f"CloudWatch Logs takes one of {periods} days")
