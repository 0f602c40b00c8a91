"""One revision or one SQL file as statements, each in its place."""

from dataclasses import dataclass, field
from typing import Literal

from migrator.postgres.statements import Statement


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """One statement in its place.

    index: 0-based in the script. line: in the script's file. transaction: a number that
    statements of one transaction share, below 0 where the text that they are sent in is all that
    makes it one; None outside of any. unbound: what of its text is taken
    for a parameter and has no value. parameterised: whether it is sent with values beside it.
    together: whether it is sent in one text with others.
    """

    index: int
    line: int
    end_line: int
    statement: Statement
    transaction: int | None
    unbound: tuple[str, ...] = ()
    parameterised: bool = False
    together: bool = False

    @property
    def alone_together(self) -> bool:
        """Whether it is in a transaction only because others are sent in the same text."""
        return self.together and self.transaction is not None and self.transaction < 0


@dataclass(frozen=True, kw_only=True, slots=True)
class RevisionFacts:
    """What a revision's Python says beside its SQL.

    source: the text of the file. foreign_imports: (line, module) of modules of the
    application. downgrade: what its downgrade() is: steps, nothing, or absent.
    """

    source: str
    downgrade: Literal["steps", "empty", "absent", "declared irreversible"] = "steps"
    downgrade_line: int = 1
    foreign_imports: tuple[tuple[int, str], ...] = ()
    backfill: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Script:
    """One revision or one SQL file, ready to be judged.

    opaque: (line, reason) for the parts that produced no SQL to judge. cautions: (line, what is to
    be known) for those that were judged as if they were otherwise.
    replayed: whether the statements are those that it sent to a scratch database.
    known_types: (table, column) to the type that an `op` call said the column has.
    version_table: (schema, name) of Alembic's own. longest_id: how many characters of a revision's
    id Alembic lets it take; None for any number.
    """

    file: str
    source: str
    steps: tuple[Step, ...]
    revision: str | None = None
    phase: Literal["expand", "contract"] = "expand"
    facts: RevisionFacts | None = None
    opaque: tuple[tuple[int, str], ...] = ()
    cautions: tuple[tuple[int, str], ...] = ()
    known_types: dict[tuple[str, str], str] = field(default_factory=dict)
    begins_unclosed: int | None = None
    version_table: tuple[str | None, str] = (None, "alembic_version")
    longest_id: int | None = None
    replayed: bool = False
