"""Text with {names} in it, which stand for properties of a resource.

{a|b} is the first of them that has a value; {a.b} is the property ``b`` of ``a``. A text that is
one {name} stands for the value itself, whatever its type.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

_NAME = re.compile(r"\{([\w.|]+)\}")


def render(template: Any, value: Callable[[str], Any]) -> Any:
    """``template`` with its {names} replaced by their values, at any depth."""
    if isinstance(template, Mapping):
        return {key: render(item, value) for key, item in template.items()}
    if isinstance(template, list | tuple):
        return [render(item, value) for item in template]
    if not isinstance(template, str):
        return template
    whole = _NAME.fullmatch(template)
    if whole:
        return value(whole[1])
    return _NAME.sub(lambda match: str(value(match[1])), template)


def value_of(name: str, properties: Mapping[str, Any]) -> Any:
    """What stands for {name}; ``None`` if no property has a value for it."""
    for one in name.split("|"):
        value: Any = properties
        for step in one.split("."):
            value = value.get(step) if isinstance(value, Mapping) else None
        if value not in (None, ""):
            return value
    return None


def parse_id(template: str, text: str) -> dict[str, Any] | None:
    """The properties that an id made from ``template`` holds; ``None`` if it has another form."""
    pattern, end = "", 0
    for match in _NAME.finditer(template):
        pattern += re.escape(template[end : match.start()]) + f"(?P<{match[1]}>.+?)"
        end = match.end()
    found = re.fullmatch(pattern + re.escape(template[end:]), text)
    return found.groupdict() if found else None
