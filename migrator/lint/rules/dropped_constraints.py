"""Constraints that are dropped."""

from collections.abc import Iterable, Iterator

from migrator.lint.rule import Hit, Rule
from migrator.lint.rules.removals import contract_only
from migrator.lint.scene import Scene
from migrator.postgres.statements import actions as a
from migrator.snapshot import Constraint


def _is_spent_check(action: a.DropConstraint, scene: Scene) -> bool:
    """A CHECK that served SET NOT NULL, or one that this script added."""
    table = scene.table(action.table)
    known = table.constraints.get(action.constraint) if table else None
    if table is None or known is None or known.requires_not_null is None:
        return False
    column = table.columns.get(known.requires_not_null)
    set_here = any(
        isinstance(other, a.SetNotNull)
        and (other.table, other.column) == (action.table, known.requires_not_null)
        for other in scene.earlier()
    )
    return known.kind == "check" and (set_here or bool(column and column.not_null))


def _perhaps_spent(action: a.DropConstraint, scene: Scene) -> bool:
    """Whether it may be a CHECK that served the SET NOT NULL before it."""
    table = scene.table(action.table)
    if table is not None and (table.complete or action.constraint in table.constraints):
        return False
    return any(
        isinstance(other, a.SetNotNull) and other.table == action.table for other in scene.earlier()
    )


def _drop(action: a.DropConstraint, scene: Scene) -> Iterator[Hit]:
    if scene.is_new(action.table) or _is_spent_check(action, scene):
        return
    names = {"table": action.table, "constraint": action.constraint}
    if _comes_back(action, scene.later(same_transaction=True)):
        yield Hit(
            severity="info",
            message=f"{action.constraint} is replaced in the same transaction",
            names=names,
        )
        return
    severity = contract_only(scene)
    if severity == "unsafe" and _comes_back(action, scene.later()):
        yield Hit(
            severity="caution",
            message=(
                f"until {action.constraint} is added again, in another transaction, rows that it "
                "forbids can be stored"
            ),
            names=names,
        )
        return
    if severity == "unsafe" and _perhaps_spent(action, scene):
        severity = "caution"
    yield Hit(
        severity=severity,
        message=(
            f"the running application may rely on {action.constraint}; once dropped, wrong rows "
            "can be stored and the way back needs them repaired"
        ),
        names=names,
    )


def _comes_back(action: a.DropConstraint, later: Iterable[a.Action]) -> bool:
    return any(
        isinstance(other, a.AddConstraint)
        and (other.table, other.constraint.name) == (action.table, action.constraint)
        for other in later
    )


def _locks_others(action: a.DropConstraint | a.DropColumn, scene: Scene) -> Iterator[Hit]:
    if scene.is_new(action.table):
        return
    if isinstance(action, a.DropColumn):
        yield from _of_column(action, scene)
    elif not _is_spent_check(action, scene):
        yield from _drop_locks_parent(action, scene)
    if action.cascade:
        yield from _referencing(action, scene)


def _of_column(action: a.DropColumn, scene: Scene) -> Iterator[Hit]:
    """The foreign keys that a column is part of go with it."""
    table = scene.table(action.table)
    for key in table.foreign_keys() if table else ():
        if action.column in key.columns and key.references != action.table:
            yield Hit(
                severity="caution",
                message=(
                    f"dropping {action.column} drops the foreign key {key.name}, which takes "
                    f"ACCESS EXCLUSIVE on {key.references} as well as on {action.table}"
                ),
                names={"table": action.table, "constraint": key.name, "column": action.column},
                safe_form=_KEY_FIRST,
            )


def _referencing(action: a.DropConstraint | a.DropColumn, scene: Scene) -> Iterator[Hit]:
    """With CASCADE the foreign keys that need the column or the key are dropped too."""
    keys = [
        (other.name, key)
        for other, key in scene.catalog.referencing(action.table)
        if other.name != action.table and _needs(key, action, scene)
    ]
    others = dict.fromkeys(name for name, _ in keys)
    if others:
        yield Hit(
            severity="caution",
            message=(
                f"CASCADE drops the foreign keys of {', '.join(others)}, which takes ACCESS "
                f"EXCLUSIVE there as well as on {action.table}"
            ),
            names={"table": keys[0][0], "constraint": keys[0][1].name},
        )


def _needs(key: Constraint, action: a.DropConstraint | a.DropColumn, scene: Scene) -> bool:
    if isinstance(action, a.DropColumn):
        return action.column in key.referenced_columns
    table = scene.table(action.table)
    known = table.constraints.get(action.constraint) if table else None
    if known is None or known.kind not in ("primary key", "unique"):
        return False
    return set(known.columns) == set(key.referenced_columns)


def _drop_locks_parent(action: a.DropConstraint, scene: Scene) -> Iterator[Hit]:
    table = scene.table(action.table)
    known = table.constraints.get(action.constraint) if table else None
    names = {"table": action.table, "constraint": action.constraint}
    if known is not None and known.kind == "foreign key":
        yield Hit(
            severity="caution",
            message=(
                f"dropping the foreign key {action.constraint} takes ACCESS EXCLUSIVE on "
                f"{known.references} as well as on {action.table}"
            ),
            names=names,
        )
    elif known is None and (table is None or not table.complete):
        yield Hit(
            severity="caution",
            message=(
                f"if {action.constraint} is a foreign key, ACCESS EXCLUSIVE is taken on the table "
                "that it references too; a catalog would tell"
            ),
            names=names,
        )


_KEY_FIRST = (
    "-- alone in its transaction, with a short lock_timeout and retries\n"
    "-- (`python -m migrator upgrade` does both):\n"
    "ALTER TABLE {table} DROP CONSTRAINT {constraint};\n"
    "-- then\n"
    "ALTER TABLE {table} DROP COLUMN {column};"
)

DROPPED_CONSTRAINT_RULES = (
    Rule(
        id="drop-constraint",
        title="Dropped constraint",
        kind="compat",
        on=(a.DropConstraint,),
        check=_drop,
        lock="ACCESS EXCLUSIVE, brief",
        why="A guarantee that code relies on is lost.",
        safe_form=(
            '-- in a revision with phase = "contract":\n'
            "ALTER TABLE {table} DROP CONSTRAINT {constraint};"
        ),
    ),
    Rule(
        id="drop-foreign-key-locks-parent",
        title="Foreign key dropped, by itself or with what it needs",
        kind="lock",
        on=(a.DropConstraint, a.DropColumn),
        check=_locks_others,
        lock="ACCESS EXCLUSIVE on both tables",
        why="The foreign key's triggers on the referenced table go as well.",
        safe_form=(
            "-- alone in its transaction, with a short lock_timeout and retries\n"
            "-- (`python -m migrator upgrade` does both):\n"
            "ALTER TABLE {table} DROP CONSTRAINT {constraint};"
        ),
    ),
)
