"""Foreign keys."""

from collections.abc import Iterator

from migrator.lint.rule import Hit, Rule
from migrator.lint.rules.constraint_names import constraint_names
from migrator.lint.rules.indexes import PARTITIONED_INDEX, is_partitioned
from migrator.lint.safe_form import PARTITIONED
from migrator.lint.scene import Scene
from migrator.postgres.dependents import dropped_relations
from migrator.postgres.identifiers import identifier
from migrator.postgres.statements import actions as a
from migrator.project.progress import new_references


def _add(action: a.AddConstraint, scene: Scene) -> Iterator[Hit]:
    key = action.constraint
    if key.kind != "foreign key" or scene.is_new(action.table) or not scene.effects.scans:
        return
    yield Hit(
        severity="unsafe",
        message=(
            f"writes to {action.table} and to {key.references} wait (SHARE ROW EXCLUSIVE on both) "
            f"while every row of {action.table} is looked up"
        ),
        names=constraint_names(action.table, action.constraint, scene),
        safe_form=form_for(action.table, scene),
    )


def form_for(table: str, scene: Scene, before: str = "") -> str | None:
    """The form where NOT VALID is refused, as on a partitioned table before PostgreSQL 18."""
    refused = scene.version < 180000 and is_partitioned(table, scene)
    return PARTITIONED + before + _EACH_PARTITION if refused else None


def _in_new_table(action: a.CreateTable, scene: Scene) -> Iterator[Hit]:
    parents = [k.references for k in action.foreign_keys() if k.references]
    for parent in dict.fromkeys(parents):
        if parent != action.table and not scene.is_new(parent):
            key = next(k for k in action.foreign_keys() if k.references == parent)
            yield Hit(
                severity="caution",
                message=(
                    f"REFERENCES takes SHARE ROW EXCLUSIVE on {parent}: its writes wait until "
                    "this transaction ends, however new the referencing table is"
                ),
                names=constraint_names(action.table, key, scene),
            )


def _new_table_references(action: a.CreateTable | a.AddConstraint, scene: Scene) -> Iterator[Hit]:
    if isinstance(action, a.CreateTable):
        return _in_new_table(action, scene)
    return _added_to_new_table(action, scene)


def _added_to_new_table(action: a.AddConstraint, scene: Scene) -> Iterator[Hit]:
    parent = action.constraint.references
    if parent is None or scene.is_new(parent) or not scene.is_new(action.table):
        return
    made_here = any(
        isinstance(other, a.CreateTable) and other.table == action.table
        for other in scene.earlier(same_transaction=True)
    )
    if made_here:
        yield Hit(
            severity="caution",
            message=(
                f"SHARE ROW EXCLUSIVE on {parent}: its writes wait until the transaction that also "
                f"creates {action.table} ends"
            ),
            names=constraint_names(action.table, action.constraint, scene),
        )


def _several(action: a.Action, scene: Scene) -> Iterator[Hit]:
    own = [(table, parent) for table, parent in new_references(action) if not scene.is_new(parent)]
    if not own:
        return
    parents = scene.referenced | {parent for _, parent in own}
    if len(parents) > 1:
        yield Hit(
            severity="caution",
            message=(
                "one transaction takes SHARE ROW EXCLUSIVE on "
                + ", ".join(sorted(parents))
                + ": a transaction that writes them in another order deadlocks with it"
            ),
            names={"table": own[0][0]},
        )


def _several_dropped(action: a.Drop, scene: Scene) -> Iterator[Hit]:
    if action.kind != "table":
        return
    dropped = dropped_relations(action, scene.catalog)
    for name in action.names:
        table = scene.table(name)
        keys = table.foreign_keys() if table and not scene.is_new(name) else []
        referenced = {key.references for key in keys if key.references}
        parents = sorted(referenced.difference(dropped))
        if len(parents) > 1:
            yield Hit(
                severity="unsafe",
                message=(
                    f"DROP TABLE {name} takes ACCESS EXCLUSIVE on {', '.join(parents)} in no "
                    "order that the application shares: deadlocks"
                ),
                names={"table": name},
                safe_form=(
                    "-- one transaction for each foreign key:\n"
                    "ALTER TABLE {table} DROP CONSTRAINT <foreign key>;\n"
                    "-- then\nDROP TABLE {table};"
                ),
            )


def _without_index(action: a.CreateTable | a.AddConstraint, scene: Scene) -> Iterator[Hit]:
    if isinstance(action, a.AddConstraint):
        keys = [action.constraint] if action.constraint.kind == "foreign key" else []
        table = scene.table(action.table)
        if table is None or not table.complete:
            return
        indexed = [index.columns for index in table.indexes.values()]
    else:
        keys = list(action.foreign_keys())
        indexed = _indexed_in(action)
    indexed += scene.new_indexes.get(action.table, [])
    for key in keys:
        if key.columns and not any(_leads(columns, key.columns) for columns in indexed):
            columns = ", ".join(map(identifier, key.columns))
            schema, dot, bare = action.table.rpartition(".")
            yield Hit(
                severity="caution",
                message=(
                    f"no index of {action.table} starts with {', '.join(key.columns)}: each DELETE "
                    f"or key UPDATE in {key.references} reads the whole table"
                ),
                names={
                    "table": action.table,
                    "columns": columns,
                    "definition": f"({columns})",
                    "index": schema + dot + "_".join((bare, *key.columns, "idx")),
                    "unique": "",
                },
                safe_form=_index_form(action, scene),
            )


def _index_form(action: a.CreateTable | a.AddConstraint, scene: Scene) -> str | None:
    """The form where CONCURRENTLY is refused: on a partitioned table, also a new one."""
    if isinstance(action, a.CreateTable):
        return "CREATE INDEX ON {table} ({columns});" if action.partitioned else None
    return PARTITIONED_INDEX if is_partitioned(action.table, scene) else None


def _indexed_in(action: a.CreateTable) -> list[tuple[str, ...]]:
    inline = [c for column in action.columns for c in column.constraints]
    return [
        c.columns for c in (*inline, *action.constraints) if c.kind in ("unique", "primary key")
    ]


def _leads(index: tuple[str, ...], key: tuple[str, ...]) -> bool:
    return set(index[: len(key)]) == set(key)


_EACH_PARTITION = (
    "-- for each partition, each in a transaction of its own:\n"
    "ALTER TABLE <partition> ADD CONSTRAINT {constraint}\n"
    "  {definition} NOT VALID;\n"
    "ALTER TABLE <partition> VALIDATE CONSTRAINT {constraint};\n"
    "-- then {table} takes them over and reads nothing:\n"
    "ALTER TABLE {table} ADD CONSTRAINT {constraint}\n"
    "  {definition};"
)

FOREIGN_KEY_RULES = (
    Rule(
        id="add-foreign-key",
        title="FOREIGN KEY that is checked at once",
        kind="scan",
        on=(a.AddConstraint,),
        check=_add,
        lock="SHARE ROW EXCLUSIVE on both tables during a scan",
        why="Writes to both tables wait while every row is looked up.",
        safe_form=(
            "ALTER TABLE {table} ADD CONSTRAINT {constraint}\n"
            "  {definition} NOT VALID;\n"
            "-- in another transaction:\n"
            "ALTER TABLE {table} VALIDATE CONSTRAINT {constraint};"
        ),
    ),
    Rule(
        id="create-table-references",
        title="New table that references a table in use",
        kind="lock",
        on=(a.CreateTable, a.AddConstraint),
        check=_new_table_references,
        lock="SHARE ROW EXCLUSIVE on the referenced table",
        why=(
            "Triggers are added to the referenced table, whose writes wait for as long as the "
            "transaction that also creates the new table, its indexes and the rest."
        ),
        safe_form=(
            "-- create {table} without the foreign key; then, alone in a transaction:\n"
            "ALTER TABLE {table} ADD CONSTRAINT {constraint}\n"
            "  {definition} NOT VALID;\n"
            "-- and in another one:\n"
            "ALTER TABLE {table} VALIDATE CONSTRAINT {constraint};"
        ),
    ),
    Rule(
        id="several-foreign-keys",
        title="Several foreign keys in one transaction",
        kind="lock",
        on=(a.AddConstraint, a.CreateTable, a.AddColumn),
        check=_several,
        lock="SHARE ROW EXCLUSIVE on several tables",
        why="Whoever locks the same tables in another order waits for it, and it for them.",
        safe_form="-- one transaction for each foreign key of {table}",
    ),
    Rule(
        id="drop-table-several-foreign-keys",
        title="Dropped table with several foreign keys",
        kind="lock",
        on=(a.Drop,),
        check=_several_dropped,
        lock="ACCESS EXCLUSIVE on several tables",
        why="Whoever locks the same tables in another order waits for it, and it for them.",
        safe_form="-- drop the foreign keys of {table} one transaction each, then the table",
    ),
    Rule(
        id="foreign-key-without-index",
        title="Foreign key without an index",
        kind="scan",
        on=(a.AddConstraint, a.CreateTable),
        check=_without_index,
        lock="none of its own",
        why="Deleting or changing a referenced row searches the referencing table.",
        safe_form="CREATE INDEX CONCURRENTLY ON {table} ({columns});",
    ),
)
