"""A stack file with another value of one setting, for each setting that it has."""

from __future__ import annotations

import copy
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tests.unit.setting_values import TOGETHER, VALUES


@dataclass(frozen=True, kw_only=True)
class OtherValue:
    """file: the whole stack file, with another value of the setting."""

    setting: str
    file: Mapping[str, Any]


def other_values(file: Mapping[str, Any], stateful: Collection[str] = ()) -> Iterator[OtherValue]:
    """The values that the tests of the settings know, where the file has the setting, or its place.

    stateful: names of resources that the program would otherwise refuse to replace; a preview
    replaces nothing.
    """
    for setting, value in VALUES.items():
        changed = copy.deepcopy(dict(file))
        config = changed["config"]
        config["groundwork:allow_replace"] = sorted(stateful)
        values = {setting: value, **TOGETHER.get(setting, {})}
        if all(_set(config, path, other) for path, other in values.items()):
            yield OtherValue(setting=setting, file=changed)


def _set(config: dict[str, Any], setting: str, value: Any) -> bool:
    """Whether there was a place for the value, and another one there."""
    first, *rest = setting.split(".")
    *parents, last = [first if ":" in first else f"groundwork:{first}", *rest]
    holder: Any = config
    for key in parents:
        holder = _at(holder, key)
    if not isinstance(holder, dict | list) or not holder:
        return False
    if _at(holder, last) == value:
        return False
    holder[_key(holder, last)] = value
    return True


def _at(holder: Any, key: str) -> Any:
    if isinstance(holder, list):
        return holder[int(key)] if int(key) < len(holder) else None
    return holder.get(_key(holder, key)) if isinstance(holder, dict) else None


def _key(holder: Any, key: str) -> Any:
    if isinstance(holder, list):
        return int(key)
    return next(iter(holder), key) if key == "*" else key
