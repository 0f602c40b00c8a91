"""Constraints that are dropped."""

from collections.abc import Iterator

from migrator.lint.rule import Hit, Rule
from migrator.lint.rules.removals import contract_only
from migrator.lint.scene import Scene
from migrator.lint.summary import actions as a


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


def _drop(action: a.DropConstraint, scene: Scene) -> Iterator[Hit]:
    if scene.is_new(action.table) or _is_spent_check(action, scene):
        return
    yield Hit(
        severity=contract_only(scene),
        message=(
            f"the running application may rely on {action.constraint}; once dropped, wrong rows "
            "can be stored and the way back needs them repaired"
        ),
        names={"table": action.table, "constraint": action.constraint},
    )


def _drop_locks_parent(action: a.DropConstraint, scene: Scene) -> Iterator[Hit]:
    if scene.is_new(action.table) or _is_spent_check(action, scene):
        return
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


DROPPED_CONSTRAINT_RULES = (
    Rule(
        id="drop-constraint",
        title="Dropped constraint",
        rows=(30,),
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
        title="Dropped foreign key",
        rows=(30,),
        kind="lock",
        on=(a.DropConstraint,),
        check=_drop_locks_parent,
        lock="ACCESS EXCLUSIVE on both tables",
        why="The foreign key's triggers on the referenced table go as well.",
        safe_form=(
            "-- alone in its transaction, with a short lock_timeout and retries\n"
            "-- (`python -m migrator upgrade` does both):\n"
            "ALTER TABLE {table} DROP CONSTRAINT {constraint};"
        ),
    ),
)
