"""NOT NULL, defaults, identity and generation of columns that exist."""

from collections.abc import Iterator

from migrator.lint.rule import Hit, Rule
from migrator.lint.rules.constraints import validates
from migrator.lint.rules.removals import contract_only
from migrator.lint.scene import Scene
from migrator.postgres.default_names import default_name
from migrator.postgres.identifiers import object_name
from migrator.postgres.statements import actions as a


def _names(action: a.SetNotNull | a.DropNotNull | a.SetDefault) -> dict[str, str]:
    return {"table": action.table, "column": action.column}


def _set_not_null(action: a.SetNotNull, scene: Scene) -> Iterator[Hit]:
    if scene.is_new(action.table) or not scene.effects.scans:
        return
    table = scene.table(action.table)
    doubt = ""
    spared = _perhaps_spared(action, scene)
    if spared is not None:
        doubt = f", unless {spared} is a CHECK ({action.column} IS NOT NULL)"
    elif table is None or not table.complete:
        doubt = "; a validated CHECK would spare that, but none is known here"
    yield Hit(
        severity="unsafe" if spared is None else "caution",
        message=(
            f"every row of {action.table} is searched for NULL in {action.column} under "
            f"ACCESS EXCLUSIVE{doubt}"
        ),
        names=_names(action) | {"constraint": _own_name(action)},
        safe_form=NOT_NULL_18 if scene.version >= 180000 else NOT_NULL_12,
    )


def _own_name(action: a.SetNotNull) -> str:
    """As PostgreSQL 18 names what SET NOT NULL makes."""
    return object_name(action.table.rpartition(".")[2], action.column, "not_null")


def _perhaps_spared(action: a.SetNotNull, scene: Scene) -> str | None:
    """A constraint that is not known, validated before it or dropped after it."""
    table = scene.table(action.table)
    if table is not None and table.complete:
        return None
    validated = [o for o in scene.earlier() if isinstance(o, a.ValidateConstraint)]
    dropped = [o for o in scene.later() if isinstance(o, a.DropConstraint)]
    for other in (*validated, *dropped):
        if other.table == action.table and not (table and other.constraint in table.constraints):
            return other.constraint
    return None


def _required(action: a.AddConstraint) -> tuple[str, ...]:
    """The columns that a NOT VALID constraint forbids to be NULL."""
    constraint = action.constraint
    return constraint.not_null_columns if constraint.not_valid else ()


def _before_backfill(action: a.AddConstraint, scene: Scene) -> Iterator[Hit]:
    for column in _required(action):
        yield from _unfilled(action, column, scene)


def _unfilled(action: a.AddConstraint, column: str, scene: Scene) -> Iterator[Hit]:
    if scene.is_new(action.table):
        return
    name = action.constraint.name or default_name(action.table, action.constraint)
    names = {"table": action.table, "column": column, "constraint": name}
    consequence = (
        "NOT VALID spares old rows only until they are touched: any UPDATE of a row whose "
        f"{column} is still NULL fails, whatever it sets"
    )
    if any(_fills(other, action.table, column) for other in scene.later()):
        yield Hit(
            severity="unsafe",
            message=f"the backfill of {column} comes after this constraint. {consequence}",
            names=names,
        )
        return
    if _is_filled(action.table, column, scene):
        return
    known = scene.column(action.table, column)
    if known is not None and (known.added_without_value or (known.null_fraction or 0) > 0):
        table = scene.table(action.table)
        may_fill = table is not None and bool(table.triggers)
        doubt = ", unless a trigger of the table fills it" if may_fill else ""
        yield Hit(
            severity="caution" if may_fill else "unsafe",
            message=f"rows of {action.table} still hold NULL in {column}. {consequence}{doubt}",
            names=names,
        )
    elif known is None or known.null_fraction is None:
        validated = any(
            isinstance(other, a.ValidateConstraint) and validates(other, action)
            for other in scene.later()
        )
        # Whoever validates right after it relies on rows that are filled already.
        if not validated:
            yield Hit(
                severity="caution",
                message=f"nothing here shows that {column} is filled. {consequence}",
                names=names,
            )


def _fills(action: a.Action, table: str, column: str) -> bool:
    return (
        isinstance(action, a.ChangeRows)
        and action.command == "UPDATE"
        and action.table == table
        and column in action.columns
    )


def _is_filled(table: str, column: str, scene: Scene) -> bool:
    if scene.script.facts is not None and scene.script.facts.backfill:
        return True
    if any(_fills(other, table, column) for other in scene.earlier()):
        return True
    known = scene.column(table, column)
    if known is not None and (known.not_null or known.null_fraction == 0.0):
        return True
    # A row trigger that fills the column makes every UPDATE of an old row pass.
    return any(
        isinstance(other, a.CreateTrigger) and other.table == table and other.before_write
        for other in scene.earlier()
    )


def _drop_not_null(action: a.DropNotNull, scene: Scene) -> Iterator[Hit]:
    if not scene.is_new(action.table):
        yield Hit(
            severity="caution",
            message=f"readers of {action.table}.{action.column} may meet NULL from now on",
            names=_names(action),
        )


def _default(action: a.SetDefault, scene: Scene) -> Iterator[Hit]:
    added = next(
        (
            other.column
            for other in scene.earlier()
            if isinstance(other, a.AddColumn)
            and (other.table, other.column.name) == (action.table, action.column)
        ),
        None,
    )
    if scene.is_new(action.table) or (added is not None and action.default is not None):
        return
    if action.default is not None:
        yield Hit(
            severity="caution",
            message=(
                f"the running application's INSERTs that leave out {action.table}.{action.column} "
                "store another value from now on"
            ),
            names=_names(action),
        )
        return
    yield from _dropped_default(action, scene, added)


def _dropped_default(
    action: a.SetDefault, scene: Scene, added: a.NewColumn | None
) -> Iterator[Hit]:
    known = scene.column(action.table, action.column)
    if added is not None and not added.not_null:
        return
    required = known is None or known.not_null
    where = "in the same release that adds it" if added is not None else "here"
    yield Hit(
        severity=contract_only(scene) if required else "caution",
        message=(
            f"the default of {action.table}.{action.column} is dropped {where}: the running "
            "application's INSERTs that leave the column out "
            + (
                "fail on NOT NULL"
                if known and known.not_null
                else "store NULL, or fail if it is NOT NULL"
            )
        ),
        names=_names(action),
    )


def _identity(action: a.ChangeIdentity | a.ChangeGeneration, scene: Scene) -> Iterator[Hit]:
    if not scene.is_new(action.table):
        yield Hit(
            severity="unsafe",
            message=(
                f"{action.table}.{action.column} gets its values another way from now on: INSERTs "
                "of the running application fail or store other values"
            ),
            names={"table": action.table, "column": action.column},
        )


NOT_NULL_12 = (
    "-- each in a transaction of its own:\n"
    "ALTER TABLE {table} ADD CONSTRAINT {column}_set CHECK ({column} IS NOT NULL) NOT VALID;\n"
    "ALTER TABLE {table} VALIDATE CONSTRAINT {column}_set;\n"
    "ALTER TABLE {table} ALTER COLUMN {column} SET NOT NULL;\n"
    "ALTER TABLE {table} DROP CONSTRAINT {column}_set;"
)
NOT_NULL_18 = (
    "-- each in a transaction of its own:\n"
    "ALTER TABLE {table} ADD CONSTRAINT {constraint} NOT NULL {column} NOT VALID;\n"
    "ALTER TABLE {table} VALIDATE CONSTRAINT {constraint};"
)

COLUMN_PROPERTY_RULES = (
    Rule(
        id="set-not-null",
        title="SET NOT NULL that reads the table",
        kind="scan",
        on=(a.SetNotNull,),
        check=_set_not_null,
        lock="ACCESS EXCLUSIVE during a scan",
        why="Reads and writes wait while every row is searched for NULL.",
        safe_form=NOT_NULL_12,
    ),
    Rule(
        id="not-null-before-backfill",
        title="NOT NULL check before the rows are filled",
        kind="compat",
        on=(a.AddConstraint,),
        check=_before_backfill,
        lock="ACCESS EXCLUSIVE, brief",
        why=(
            "A NOT VALID constraint is not tested on rows that lie still, but it is on every row "
            "that an UPDATE writes, so that unrelated updates of unfilled rows fail."
        ),
        safe_form=(
            "-- 1. let a BEFORE INSERT OR UPDATE trigger fill {column}, or release code that does\n"
            "-- 2. run the backfill to its end\n"
            "-- 3. only then, in a later revision:\n"
            "ALTER TABLE {table} ADD CONSTRAINT {constraint}\n"
            "  CHECK ({column} IS NOT NULL) NOT VALID;"
        ),
    ),
    Rule(
        id="drop-not-null",
        title="DROP NOT NULL",
        kind="compat",
        on=(a.DropNotNull,),
        check=_drop_not_null,
        lock="ACCESS EXCLUSIVE, brief",
        why="Code that never expected NULL meets it.",
        safe_form="-- release readers that accept NULL in {table}.{column} first",
    ),
    Rule(
        id="change-default",
        title="SET DEFAULT or DROP DEFAULT",
        kind="compat",
        on=(a.SetDefault,),
        check=_default,
        lock="ACCESS EXCLUSIVE, brief",
        why="Writers that leave the column out store something else, or fail.",
        safe_form=(
            "-- set a default before the code that relies on it; drop it after the last code that\n"
            '-- relies on it is gone, in a revision with phase = "contract":\n'
            "ALTER TABLE {table} ALTER COLUMN {column} DROP DEFAULT;"
        ),
    ),
    Rule(
        id="change-identity",
        title="Changed identity or generation expression",
        kind="compat",
        on=(a.ChangeIdentity, a.ChangeGeneration),
        check=_identity,
        lock="ACCESS EXCLUSIVE",
        why="Explicit values are refused, missing ones are no longer filled, or values change.",
        safe_form=(
            "-- add a new column with the wanted generation, move readers and writers to it,\n"
            "-- then drop {table}.{column} in a contract revision"
        ),
    ),
)
