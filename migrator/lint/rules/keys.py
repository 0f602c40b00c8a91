"""Unique and primary keys, and exclusions: constraints that have an index."""

from collections.abc import Iterator

from migrator.lint.rule import Hit, Rule
from migrator.lint.rules.constraint_names import constraint_names
from migrator.lint.rules.indexes import is_partitioned
from migrator.lint.safe_form import PARTITIONED
from migrator.lint.scene import Scene
from migrator.postgres.identifiers import identifier
from migrator.postgres.statements import actions as a
from migrator.snapshot import Index, Table


def _unique(action: a.AddConstraint, scene: Scene) -> Iterator[Hit]:
    constraint = action.constraint
    builds = constraint.kind == "unique" and constraint.using_index is None
    if builds and scene.effects.scans and not scene.is_new(action.table):
        yield Hit(
            severity="unsafe",
            message=f"a unique index on {action.table} is built under ACCESS EXCLUSIVE",
            names=constraint_names(action.table, constraint, scene),
            safe_form=_key_form(action, scene),
        )


def _key_form(action: a.AddConstraint, scene: Scene) -> str | None:
    """The form of a key that cannot be made from an index of the whole table."""
    if "WITHOUT OVERLAPS" in scene.step.statement.text.upper():
        return _NEW_TABLE
    if not is_partitioned(action.table, scene):
        return None
    not_null_first = _NOT_NULL_FIRST if action.constraint.kind == "primary key" else ""
    return PARTITIONED + not_null_first + _KEY_OF_PARTITIONS


def _primary_key(action: a.AddConstraint, scene: Scene) -> Iterator[Hit]:
    constraint = action.constraint
    if constraint.kind != "primary key" or scene.is_new(action.table) or not scene.effects.scans:
        return
    if constraint.using_index is None:
        message = f"a unique index on {action.table} is built under ACCESS EXCLUSIVE"
        if scene.effects.assumed:
            message += ", after a search for NULL"
        yield Hit(
            severity="unsafe",
            message=message,
            names=constraint_names(action.table, constraint, scene),
            safe_form=_key_form(action, scene),
        )
        return
    certain = not scene.effects.assumed
    yield Hit(
        severity="unsafe" if certain else "caution",
        message=(
            f"a primary key's columns must be NOT NULL: every row of {action.table} is searched "
            "for NULL under ACCESS EXCLUSIVE"
            + ("" if certain else ", unless they are NOT NULL already, which is not known here")
        ),
        names=constraint_names(action.table, constraint, scene),
    )


def _exclude(action: a.AddConstraint, scene: Scene) -> Iterator[Hit]:
    if action.constraint.kind == "exclude" and not scene.is_new(action.table):
        yield Hit(
            severity="unsafe",
            message=(
                f"the exclusion's index is built over {action.table} under ACCESS EXCLUSIVE; "
                "PostgreSQL has no online way, NOT VALID is refused"
            ),
            names=constraint_names(action.table, action.constraint, scene),
        )


def _using_index(action: a.AddConstraint, scene: Scene) -> Iterator[Hit]:
    constraint, index = action.constraint, action.constraint.using_index
    table = scene.table(action.table)
    if table is None or index is None:
        return
    if table.kind != "partitioned":
        yield from _unfit_index(action, index, table, scene)
        return
    known = table.indexes.get(index)
    columns = ", ".join(map(identifier, known.columns)) if known and known.columns else "…"
    schema, dot, _ = action.table.rpartition(".")
    name = constraint.name or index
    yield Hit(
        severity="unsafe",
        message=(
            f"PostgreSQL refuses this: {action.table} is partitioned, and a constraint of such a "
            "table is not made from an index"
        ),
        names=constraint_names(action.table, constraint, scene)
        | {"constraint": name, "index": schema + dot + name, "key": f"({columns})"},
    )


def _unfit_index(action: a.AddConstraint, index: str, table: Table, scene: Scene) -> Iterator[Hit]:
    owner = scene.catalog.table_of_index(index)
    if owner is None:
        return
    reason = _why_unfit(owner.indexes[index], owner, table)
    if reason:
        names = constraint_names(action.table, action.constraint, scene)
        columns = ", ".join(map(identifier, owner.indexes[index].columns)) or "…"
        yield Hit(
            severity="unsafe",
            message=f"PostgreSQL refuses this: {reason}",
            names=names
            | {"constraint": action.constraint.name or index, "key": f"({columns})"}
            | {"kind": action.constraint.kind.upper()},
            safe_form=_UNIQUE_FORM.replace("UNIQUE USING", "{kind} USING"),
        )


def _why_unfit(index: Index, owner: Table, table: Table) -> str:
    """Why a constraint of a table is not made from the index; empty where it is."""
    if owner.name != table.name:
        return f"the index {index.name} is one of {owner.name}"
    if index.name in table.constraints:
        return f"the index {index.name} belongs to the constraint of its name"
    if not index.unique:
        return f"the index {index.name} is not unique"
    if not index.valid:
        return f"the index {index.name} is not valid: a build of it has failed"
    if index.partial:
        return f"the index {index.name} holds only the rows of its WHERE"
    if index.uses:
        return f"the index {index.name} holds an expression"
    if index.reordered:
        return f"the index {index.name} has a column DESC or NULLS FIRST"
    return ""


_UNIQUE_FORM = (
    "-- outside a transaction (`with op.get_context().autocommit_block():`):\n"
    "CREATE UNIQUE INDEX CONCURRENTLY {constraint} ON {table} {key};\n"
    "-- then\n"
    "ALTER TABLE {table} ADD CONSTRAINT {constraint} UNIQUE USING INDEX {constraint}{deferral};"
)
_NOT_NULL_FIRST = "-- first make {columns} NOT NULL the safe way\n"
_KEY_OF_PARTITIONS = (
    "ALTER TABLE ONLY {table} ADD CONSTRAINT {constraint}\n"
    "  {definition};\n"
    "-- for each partition, the index outside a transaction:\n"
    "CREATE UNIQUE INDEX CONCURRENTLY {constraint}_<partition> ON <partition> {key};\n"
    "ALTER TABLE <partition> ADD CONSTRAINT {constraint}_<partition>\n"
    "  {kind} USING INDEX {constraint}_<partition>{deferral};\n"
    "ALTER INDEX {index} ATTACH PARTITION {index}_<partition>;"
)
_NEW_TABLE = (
    "CREATE TABLE {table}_new (LIKE {table} INCLUDING ALL, {definition});\n"
    "-- copy in batches, keep both in step with a trigger, then swap the names"
)

KEY_RULES = (
    Rule(
        id="add-unique",
        title="UNIQUE constraint that builds its index",
        kind="lock",
        on=(a.AddConstraint,),
        check=_unique,
        lock="ACCESS EXCLUSIVE while an index is built",
        why="Reads and writes wait for the whole build.",
        safe_form=_UNIQUE_FORM,
    ),
    Rule(
        id="add-primary-key",
        title="PRIMARY KEY that builds its index or reads the table",
        kind="lock",
        on=(a.AddConstraint,),
        check=_primary_key,
        lock="ACCESS EXCLUSIVE while an index is built",
        why="Reads and writes wait for the build, and for a search for NULL.",
        safe_form=(
            "-- first make {columns} NOT NULL the safe way; outside a transaction:\n"
            "CREATE UNIQUE INDEX CONCURRENTLY {constraint} ON {table} {key};\n"
            "-- then\n"
            "ALTER TABLE {table} ADD CONSTRAINT {constraint}\n"
            "  PRIMARY KEY USING INDEX {constraint}{deferral};"
        ),
    ),
    Rule(
        id="add-exclude",
        title="EXCLUDE constraint",
        kind="lock",
        on=(a.AddConstraint,),
        check=_exclude,
        lock="ACCESS EXCLUSIVE while an index is built",
        why="An exclusion cannot be made from an index, nor added NOT VALID.",
        safe_form=_NEW_TABLE,
    ),
    Rule(
        id="using-index-refused",
        title="USING INDEX of an index that a constraint is not made from",
        kind="lock",
        on=(a.AddConstraint,),
        check=_using_index,
        lock="none: the statement fails",
        why="It takes a unique index of the table's rows and columns as they are, not partitioned.",
        safe_form=PARTITIONED + _KEY_OF_PARTITIONS.replace("{definition}", "{kind} {key}"),
    ),
)
