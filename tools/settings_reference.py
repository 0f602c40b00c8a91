"""Writes docs/settings.md from the components' settings: `python -m tools.settings_reference`."""

from __future__ import annotations

import dataclasses
import inspect
import json
import re
import typing
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from enum import StrEnum
from functools import cache
from ipaddress import IPv4Network
from pathlib import Path
from types import UnionType
from typing import Any

import yaml

from components.arguments import Settings
from components.duration import format_duration
from infra.settings.keys import MISSING, Key, keys_of
from infra.settings.stack import StackSettings, subjects_of

ROOT = Path(__file__).parents[1]
TARGET = ROOT / "docs/settings.md"
# What each setting does when it is changed, as a test computes it from the plugins.
EFFECTS = ROOT / "tests/unit/setting_effects.yaml"
INTRODUCTION = """\
# Stack settings

*Written by `python -m tools.settings_reference`; do not edit.*

A stack is a file `Pulumi.<stack>.yaml`. Every key below belongs under `config:` and, but for those
of `aws:`, to the namespace `groundwork:`. The three files in the repository are complete
examples. A file with faults stops the preview before anything is touched, with one message for
each fault.

No setting takes a password, a token or an encrypted value (`secure:`), which would reach Pulumi's
state in plain: secrets lie in AWS Secrets Manager (`groundwork:secrets.application_secrets`), a
Git repository's credentials in Argo CD.

*When changed* says what another value does to what is deployed: the kinds of resources that it
updates in place, replaces, adds or deletes, on AWS by the AWS provider's rules, or that it is
[refused](changes.md). Where all nodes are replaced, a preview says so, too. An update or a
replacement is undone by putting the setting back, but for what a shorter time of keeping something,
a NAT gateway less, an application or an ExternalSecret less deletes: a preview says so.

| key | type | meaning |
| --- | --- | --- |
| `aws:region` | text, required | The region of everything, for example `eu-west-1` |
| `aws:profile`, `aws:sharedConfigFiles`, `aws:sharedCredentialsFiles`, `aws:assumeRoles`, \
`aws:assumeRoleWithWebIdentity` | as Pulumi's AWS provider takes them | \
[As whom](deploying.md#as-whom) all is done; default: the identity of the environment |
| `groundwork:tags` | text, by name | Tags for every AWS resource that takes tags: letters, \
digits, spaces and `_.:/=+-@`; `Name` is the platform's own. Machines and disks of nodes have only \
that and those of EKS: others would replace them when they change |
| `groundwork:allow_replace` | list of text | Resources with state, by name, that this one change \
may replace or delete ([how](changes.md)); a VPC and a cluster are never replaced |
"""
# Of a node group, these move its pods to other machines.
ROLLING = re.compile(r"eks\.NodeGroup \S+ (?:version|launchTemplate\..+|releaseVersion)$")
HOW = ("replaces", "updates", "adds", "deletes")
PLAIN = {
    str: "text",
    int: "number",
    bool: "true or false",
    IPv4Network: "network",
    timedelta: "duration",
}


def reference() -> str:
    """The whole page, as Markdown."""
    sections, written = [INTRODUCTION], set[type[Settings]]()
    for name, (settings, _) in subjects_of(StackSettings).items():
        sections.append(f"## `groundwork:{name}`\n\n{_text(settings)}\n")
        sections.append(_table(settings))
        for part in _parts(settings):
            if part not in written:
                written.add(part)
                sections.append(f"### {_name(part)}\n\n{_text(part)}\n")
                sections.append(_table(part))
    return "\n".join(sections)


def setting_paths() -> Iterator[tuple[str, type[Settings], str]]:
    """Every setting by its path, with the class that has it and its key there.

    In a path `*` stands for a key of the file's own, `0` for an element of a list.
    """
    for name, (settings, _) in subjects_of(StackSettings).items():
        yield from _paths(name, settings)


def _paths(prefix: str, settings: type[Settings]) -> Iterator[tuple[str, type[Settings], str]]:
    for key in keys_of(settings).values():
        path, kind = f"{prefix}.{key.name}", key.kind
        yield path, settings, key.name
        if isinstance(kind, UnionType):
            kind = typing.get_args(kind)[0]
        origin = typing.get_origin(kind)
        if origin in (Mapping, Sequence):
            path, kind = f"{path}.{'*' if origin is Mapping else '0'}", typing.get_args(kind)[-1]
        if isinstance(kind, type) and issubclass(kind, Settings):
            yield from _paths(path, kind)


@cache
def _effects() -> Mapping[tuple[type[Settings], str], str]:
    """What each setting does when changed, by its class and key."""
    effects = yaml.safe_load(EFFECTS.read_text())
    return {(settings, key): _effect(effects[path]) for path, settings, key in setting_paths()}


def _effect(effect: Mapping[str, Sequence[str]]) -> str:
    if "refused" in effect:
        return "refused"
    kinds = {how: {one.split(" ")[0] for one in names} for how, names in effect.items()}
    # What is replaced is not updated besides.
    kinds["updates"] = kinds.get("updates", set()) - kinds.get("replaces", set())
    shown = [f"{how} {', '.join(sorted(kinds[how]))}" for how in HOW if kinds.get(how)]
    if any(ROLLING.match(one) for one in effect.get("updates", ())) or "eks.NodeGroup" in kinds.get(
        "replaces", ()
    ):
        shown.append("**all nodes are replaced**")
    return "; ".join(shown) or "nothing by itself"


def _text(settings: type[Settings]) -> str:
    return inspect.cleandoc(settings.__doc__ or "").replace("\n", " ").replace("  ", "\n\n")


def _table(settings: type[Settings]) -> str:
    rows = [["key", "type", "default", "meaning", "when changed"], ["---"] * 5]
    effects = _effects()
    rows += [
        [
            f"`{key.name}`",
            _type(key),
            _default(key),
            key.setting.meaning,
            effects[settings, key.name],
        ]
        for key in keys_of(settings).values()
    ]
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)


def _default(key: Key) -> str:
    if key.default is not MISSING:
        return _value(key.default)
    example = key.setting.example
    return "required" if example is None else f"required, such as {_value(example)}"


def _value(value: Any) -> str:
    if value in ([], {}, ()):
        return "none"
    if value is None or dataclasses.is_dataclass(value):
        return ""
    if isinstance(value, timedelta):
        return f"`{format_duration(value)}`"
    return f"`{value if isinstance(value, str) else json.dumps(value)}`"


def _type(key: Key) -> str:
    unit = f" ({key.setting.unit})" if key.setting.unit else ""
    return _kind(key.kind) + unit


def _kind(kind: Any) -> str:
    origin, inner = typing.get_origin(kind), typing.get_args(kind)
    if origin is typing.Literal:
        return "one of " + ", ".join(f"`{one}`" for one in inner)
    if isinstance(kind, UnionType):
        return _kind(inner[0])
    if origin is Sequence:
        return f"list of {_kind(inner[0])}"
    if origin is Mapping:
        return f"{_kind(inner[1])}, by name"
    if issubclass(kind, StrEnum):
        return "one of " + ", ".join(f"`{one.value}`" for one in kind)
    return PLAIN.get(kind) or f"[{_name(kind)}](#{_name(kind).lower()})"


def _name(settings: type[Settings]) -> str:
    return settings.__name__.removesuffix("Settings")


def _parts(settings: type[Settings]) -> list[type[Settings]]:
    """The settings below these, each once, in the order of the keys."""
    found: list[type[Settings]] = []
    for key in keys_of(settings).values():
        for part in _leaves(key.kind):
            if issubclass(part, Settings):
                found += [one for one in (part, *_parts(part)) if one not in found]
    return found


def _leaves(kind: Any) -> Iterator[type]:
    inner = typing.get_args(kind)
    if not inner and isinstance(kind, type):
        yield kind
    if typing.get_origin(kind) is not typing.Literal:
        for one in inner:
            yield from _leaves(one)


if __name__ == "__main__":
    TARGET.write_text(reference())
