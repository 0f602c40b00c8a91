"""What the linter says: one frozen dataclass a finding, in the shape of its JSON."""

from dataclasses import asdict, dataclass
from typing import Any, Literal

from migrator.postgres.effects import Lock

Kind = Literal["lock", "rewrite", "scan", "compat", "style", "opaque"]
Severity = Literal["unsafe", "caution", "info"]
SEVERITIES: tuple[Severity, ...] = ("unsafe", "caution", "info")


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """One judgement about one statement.

    file: as given on the command line, or the revision's path.
    line: 1-based, of the statement or of the `op` call that emits it.
    revision: the Alembic revision id, None for plain SQL.
    statement: 0-based index of the statement in its file or revision; None where the
        finding is about the whole revision.
    locks: all that the statement takes on relations that existed before.
    """

    file: str
    line: int
    revision: str | None
    statement: int | None
    rule: str
    kind: Kind
    severity: Severity
    locks: tuple[Lock, ...]
    message: str
    safe_form: str | None

    def as_json(self) -> dict[str, Any]:
        """The finding as plain data."""
        return asdict(self) | {"locks": [asdict(lock) for lock in self.locks]}
