"""Changing a class of moto where it has no hook, so that a moto without it fails at the start."""

from collections.abc import Callable
from typing import Any


def replace(owner: Any, name: str, value: Any) -> Any:
    """Puts `value` in the place of a member; returns what was there.

    Raises TypeError if moto no longer has it.
    """
    original = getattr(owner, name, None)
    if original is None:
        raise TypeError(f"moto's {owner.__name__} no longer has {name}")
    setattr(owner, name, value)
    return original


def check_before(owner: Any, name: str, check: Callable[..., None]) -> None:
    """Calls `check` with a method's arguments before the method."""

    def checked(self: Any, *given: Any, **named: Any) -> Any:
        check(self, *given, **named)
        return original(self, *given, **named)

    original = replace(owner, name, checked)


def add(owner: Any, name: str, value: Any) -> None:
    """Gives a class a member that it lacks.

    Raises TypeError if moto has got it meanwhile: then this one can go.
    """
    if hasattr(owner, name):
        raise TypeError(f"moto's {owner.__name__} has {name} by now")
    setattr(owner, name, value)
