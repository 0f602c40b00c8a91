"""Syntax that the server does not know yet."""

from collections.abc import Iterator

from migrator.lint.rule import Hit, Rule
from migrator.lint.scene import Scene
from migrator.postgres.statements import actions as a


def _too_new(action: a.Action, scene: Scene) -> Iterator[Hit]:
    found = _needs(action)
    if found is not None and scene.version < found[0] * 10_000:
        major, what = found
        yield Hit(
            severity="unsafe",
            message=f"{what} needs PostgreSQL {major}; {scene.version // 10_000} refuses it",
            names={"version": str(major)},
        )


def _needs(action: a.Action) -> tuple[int, str] | None:
    """The major version that knows the syntax, and its name."""
    if isinstance(action, a.AddColumn) and action.column.generated == "virtual":
        return 18, "a virtual generated column"
    if isinstance(action, a.AddConstraint) and action.constraint.kind == "not null":
        return 18, "a named NOT NULL constraint"
    if isinstance(action, a.AddConstraint) and not action.constraint.enforced:
        return 18, "NOT ENFORCED"
    if isinstance(action, a.AlterConstraint) and action.enforced is not None:
        return 18, "ALTER CONSTRAINT .. ENFORCED"
    if isinstance(action, a.ChangeGeneration) and action.change == "set":
        return 17, "SET EXPRESSION"
    if isinstance(action, a.DetachPartition) and action.concurrently:
        return 14, "DETACH PARTITION CONCURRENTLY"
    return None


SYNTAX_RULES = (
    Rule(
        id="needs-newer-server",
        title="Syntax of a newer server",
        kind="compat",
        on=(
            a.AddColumn,
            a.AddConstraint,
            a.AlterConstraint,
            a.ChangeGeneration,
            a.DetachPartition,
        ),
        check=_too_new,
        lock="none: the statement fails",
        why="The parser here is that of PostgreSQL 18; an older server refuses the statement.",
        safe_form="-- use the older form, or name the server with --pg-version {version}",
    ),
)
