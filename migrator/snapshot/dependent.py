"""What depends on other objects, and keeps PostgreSQL from dropping or changing them."""

from dataclasses import dataclass, field
from typing import Literal, NamedTuple

# constraint: `name` is its table, `column` the constraint. relation: any table, view or sequence;
# its row type as well.
NeedKind = Literal[
    "relation", "function", "type", "constraint", "index", "schema", "extension", "object"
]


class Need(NamedTuple):
    """What is needed. column: empty where it is the object as such."""

    kind: NeedKind
    name: str
    column: str = ""


@dataclass(kw_only=True, slots=True)
class Dependent:
    """Something that PostgreSQL does not let stand without what it needs.

    kind: as DROP names it, such as ``policy``; ``column``, ``default`` or ``generated column``
        for a column's type, default or expression; ``rule``, ``publication``, ``constraint`` …
    name: its own, of a function with the types of its arguments; a column's.
    table: the relation that it is a part of and goes with.
    """

    kind: str
    name: str
    table: str | None = None
    needs: list[Need] = field(default_factory=list)

    @property
    def described(self) -> str:
        """As PostgreSQL's messages say it: ``policy mine on docs``."""
        if self.kind in ("view", "materialized view", "table"):
            return f"{self.kind} {self.name}"
        if self.kind == "publication":
            return f"publication {self.name} of {self.table}"
        if self.table is None:
            return f"{self.kind} {self.name}"
        return f"{self.kind} {self.name} of {self.table}"
