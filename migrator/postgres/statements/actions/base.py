"""What all actions have in common, and the parts that they share."""

from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from migrator.snapshot.catalog import ConstraintKind, KeyAction

ObjectKind = Literal[
    "table",
    "index",
    "view",
    "materialized view",
    "sequence",
    "type",
    "domain",
    "function",
    "schema",
    "extension",
    "trigger",
    "policy",
    "rule",
    "publication",
    "statistics",
    "object",
]
# One name stands for one of these in a schema, as every table has a type of its name.
NAMED_AS_TYPES: frozenset[ObjectKind] = frozenset(
    {"table", "index", "view", "materialized view", "sequence", "type", "domain", "object"}
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Action:
    """The base of all actions."""


class Reference(NamedTuple):
    """A column by its name, and where it may be found.

    column: ``*`` for every one of the relation, empty for the relation as such.
    scopes: the sources of the query, then those of the queries around it; None for one that is
        no relation. Empty for a part of something that no query has as its source.
    """

    column: str
    scopes: tuple[tuple[str | None, ...], ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Expression:
    """What matters of a SQL expression.

    functions: the functions it calls, in lower case; columns: the columns it reads.
    not_null_column: c where the whole expression is ``c IS NOT NULL``.
    not_null_columns: each c of such a test that the expression is, or joins by AND.
    is_column, cast_of: c where the expression is only ``c``, or only ``c::some type``.
    cast_to: that type. sequences: those that a nextval() in it draws from.
    """

    functions: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    not_null_column: str | None = None
    not_null_columns: tuple[str, ...] = ()
    is_column: str | None = None
    cast_of: str | None = None
    cast_to: str | None = None
    has_subquery: bool = False
    is_null: bool = False
    sequences: tuple[str, ...] = ()


class Span(NamedTuple):
    """Offsets in bytes in the text that was parsed; end is None where it ends by itself."""

    start: int = 0
    end: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class NewConstraint:
    """A table or column constraint as written, at `span`. `using_index` names an existing one."""

    name: str | None
    kind: ConstraintKind
    columns: tuple[str, ...] = ()
    not_valid: bool = False
    enforced: bool = True
    no_inherit: bool = False
    references: str | None = None
    referenced_columns: tuple[str, ...] = ()
    using_index: str | None = None
    deferrable: bool = False
    deferred: bool = False
    on_update: KeyAction = "no action"
    on_delete: KeyAction = "no action"
    expression: Expression | None = None
    span: Span = field(default=Span(), compare=False, repr=False)

    @property
    def not_null_column(self) -> str | None:
        """The column that this constraint forbids to be NULL, if that is all it does."""
        if self.kind == "not null":
            return self.columns[0]
        return self.expression.not_null_column if self.expression else None

    @property
    def not_null_columns(self) -> tuple[str, ...]:
        """The columns that this constraint forbids to be NULL, whatever else it does."""
        if self.kind == "not null":
            return self.columns
        return self.expression.not_null_columns if self.expression else ()


@dataclass(frozen=True, kw_only=True, slots=True)
class NewColumn:
    """A column as written in ADD COLUMN or CREATE TABLE.

    default_span: where its DEFAULT is written, this word included.
    """

    name: str
    type: str
    not_null: bool = False
    collation: str | None = None
    default: Expression | None = None
    default_span: Span = field(default=Span(), compare=False, repr=False)
    serial: bool = False
    identity: bool = False
    generated: Literal["stored", "virtual"] | None = None
    generation: Expression | None = None
    constraints: tuple[NewConstraint, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class OfTable(Action):
    """An action on one table that exists; `if_exists` as written for the table."""

    table: str
    if_exists: bool = False
