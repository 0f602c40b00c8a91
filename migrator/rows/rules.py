"""What a CHECK lets a value be, where that is simple to read."""

import re
from collections.abc import Collection
from dataclasses import dataclass

STRING = r"'(?:[^']|'')*'"
NUMBER = r"-?\d+(?:\.\d+)?"
LIST = rf"ANY \(+ARRAY\[((?:{STRING}|[^\]'])*)\]"
# A string, a cast that says nothing of the value, or a number.
TOKEN = re.compile(rf"{STRING}|::[\w ]+(?:\(\d+(?:,\d+)?\))?|{NUMBER}")


@dataclass(frozen=True, kw_only=True)
class Rules:
    """constants: the only values allowed, as quoted SQL; empty if there are others.

    low, high: whole numbers that a number may not be beyond. address: an @ is spoken of.
    """

    constants: tuple[str, ...]
    low: int | None
    high: int | None
    address: bool

    def and_those(self, other: "Rules") -> "Rules":
        """What both allow; constants of the other one, if both have some."""
        return Rules(
            constants=other.constants or self.constants,
            low=max((each.low for each in (self, other) if each.low is not None), default=None),
            high=min((each.high for each in (self, other) if each.high is not None), default=None),
            address=self.address or other.address,
        )


def read_rules(checks: Collection[str], subject: str) -> Rules:
    """Reads constraint definitions; subject: the column that they are of, or VALUE."""
    name = rf'"?{re.escape(subject)}"?'
    # Bare, or with a cast; what a function makes of it says nothing of itself.
    name = rf"(?:(?<=[( ]){name}|\({name}\)::[\w ]+)"
    constants: list[str] = []
    lows: list[int] = []
    highs: list[int] = []
    for check in checks:
        if "NOT (" in check:
            continue
        for several, one in re.findall(rf"{name} = \(*(?:{LIST}|({STRING}|{NUMBER}))", check):
            tokens = [each for each in TOKEN.findall(several or one) if not each.startswith("::")]
            constants += [each if each.startswith("'") else f"'{each}'" for each in tokens]
        if " OR " in check:
            continue
        for sign, number in re.findall(rf"{name} (>=|<=|>|<) [('\s]*({NUMBER})", check):
            _bound(sign, float(number), lows if ">" in sign else highs)
    return Rules(
        constants=tuple(dict.fromkeys(constants)),
        low=max(lows, default=None),
        high=min(highs, default=None),
        address=any("@" in check for check in checks),
    )


def _bound(sign: str, number: float, bounds: list[int]) -> None:
    """Adds the last whole number on the right side of a number."""
    whole = int(number // 1)
    if sign in (">", "<="):
        bounds.append(whole + 1 if sign == ">" else whole)
    else:
        above = whole if whole == number else whole + 1
        bounds.append(above if sign == ">=" else above - 1)
