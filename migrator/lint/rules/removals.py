"""Columns, tables and other objects that are dropped or renamed under the application."""

from collections.abc import Iterator

from migrator.lint.finding import Severity
from migrator.lint.rule import Hit, Rule
from migrator.lint.scene import Scene
from migrator.lint.summary import actions as a
from migrator.snapshot import Table


def contract_only(scene: Scene) -> Severity:
    """What is right in a contract revision breaks the old application in any other."""
    return "info" if scene.contract else "unsafe"


def _drop_column(action: a.DropColumn, scene: Scene) -> Iterator[Hit]:
    if scene.is_new(action.table) or _added_here(action, scene):
        return
    yield Hit(
        severity=contract_only(scene),
        message=(
            f"the running application may still name {action.table}.{action.column} in SELECT and "
            "INSERT, which fail once it is gone"
        ),
        names={"table": action.table, "column": action.column},
    )


def _added_here(action: a.DropColumn, scene: Scene) -> bool:
    return any(
        isinstance(other, a.AddColumn)
        and (other.table, other.column.name) == (action.table, action.column)
        for other in scene.earlier()
    )


def _rename_column(action: a.RenameColumn, scene: Scene) -> Iterator[Hit]:
    if scene.is_new(action.table) or _view_keeps_column(action, scene):
        return
    yield Hit(
        severity="unsafe",
        message=(
            f"the running application's queries that name {action.table}.{action.column} fail the "
            "moment this commits"
        ),
        names={"table": action.table, "column": action.column, "new_name": action.new_name},
    )


def _names_of_table(table: str, scene: Scene) -> set[str]:
    """The names that the table had before in this transaction, and will get."""
    names = {table}
    for other in scene.whole_transaction():
        is_rename = isinstance(other, a.RenameTable | a.SetSchema)
        if is_rename and (other.table in names or other.new_name in names):
            names |= {other.table, other.new_name}
    return names


def _views_made(scene: Scene) -> Iterator[a.CreateObject]:
    for other in scene.whole_transaction():
        if isinstance(other, a.CreateObject) and other.kind == "view":
            yield other


def _stands_in(view: a.CreateObject, table: Table | None) -> bool:
    """Whether the running application can read and write the view as it does the table."""
    columns = set(table.columns) if table and "*" not in view.columns else set()
    return view.updatable and columns <= set(view.columns)


def _view_keeps_column(action: a.RenameColumn, scene: Scene) -> bool:
    names = _names_of_table(action.table, scene)
    return any(
        view.name in names
        and view.name not in view.reads
        and action.column in view.columns
        and _stands_in(view, scene.table(action.table))
        for view in _views_made(scene)
    )


def _rename_table(action: a.RenameTable | a.SetSchema, scene: Scene) -> Iterator[Hit]:
    if scene.is_new(action.table):
        return
    if any(
        view.name == action.table
        and _names_of_table(action.table, scene) & set(view.reads)
        and _stands_in(view, scene.table(action.table))
        for view in _views_made(scene)
    ):
        return
    renames = [r for r in scene.whole_transaction() if isinstance(r, a.RenameTable | a.SetSchema)]
    if any(other.table == action.new_name for other in renames):
        return  # it takes the place of that table, for which there is a finding
    successor = next((r.table for r in renames if r.new_name == action.table), None)
    if successor is not None:
        yield Hit(
            severity="caution",
            message=(
                f"{successor} takes the place of {action.table}: the running application needs "
                "the same columns in it, and the rows that it has written meanwhile"
            ),
            names={"table": action.table, "new": action.new_name},
        )
        return
    yield Hit(
        severity="unsafe",
        message=(
            f"the running application's queries on {action.table} fail the moment this commits; "
            "no view that can be written keeps the old name and columns in the same transaction"
        ),
        names={"table": action.table, "new": action.new_name},
        safe_form=_MOVED if isinstance(action, a.SetSchema) else None,
    )


def _rename_object(action: a.RenameObject, scene: Scene) -> Iterator[Hit]:
    if action.kind in ("index", "trigger", "policy", "rule", "statistics"):
        return
    if scene.is_new_object(action.kind, action.name):
        return
    yield Hit(
        severity="unsafe",
        message=f"whatever names the {action.kind} {action.name} fails the moment this commits",
        names={"table": action.name, "new": action.new_name},
    )


def _drop_table(action: a.Drop, scene: Scene) -> Iterator[Hit]:
    if action.kind != "table":
        return
    for table in action.names:
        if not scene.is_new(table):
            yield Hit(
                severity=contract_only(scene),
                message=f"the running application's queries on {table} fail, and its rows are gone",
                names={"table": table},
            )


def _drop_table_parents(action: a.Drop, scene: Scene) -> Iterator[Hit]:
    if action.kind != "table":
        return
    for name in action.names:
        table = scene.table(name)
        if scene.is_new(name):
            continue
        if table is None:
            if not scene.catalog.complete:
                yield Hit(
                    severity="caution",
                    message=(
                        f"if {name} has foreign keys, DROP TABLE takes ACCESS EXCLUSIVE on every "
                        "table that they reference; a catalog would tell which"
                    ),
                    names={"table": name},
                )
            continue
        parents = {k.references for k in table.foreign_keys() if k.references != name}
        if parents:
            yield Hit(
                severity="unsafe",
                message=(
                    f"DROP TABLE {name} takes ACCESS EXCLUSIVE on {_listed(parents)} too, which "
                    "its foreign keys reference: reads and writes there wait until this commits"
                ),
                names={"table": name},
            )
        parent = scene.table(table.parent) if table.parent else None
        if parent and parent.kind == "partitioned" and not scene.is_new(parent.name):
            yield Hit(
                severity="unsafe",
                message=(
                    f"DROP TABLE {name} takes ACCESS EXCLUSIVE on {parent.name} too, of which it "
                    "is a partition: reads and writes there wait until this commits"
                ),
                names={"table": name, "parent": parent.name},
                safe_form=_DETACH_FIRST,
            )


def _listed(names: set[str | None]) -> str:
    return ", ".join(sorted(name for name in names if name))


def _drop_object(action: a.Drop, scene: Scene) -> Iterator[Hit]:
    kinds = ("view", "materialized view", "function", "type", "domain", "sequence", "schema")
    if action.kind not in (*kinds, "extension", "object"):
        return
    for name in action.names:
        if scene.is_new_object(action.kind, name):
            continue
        if _is_made_again(action, name, scene):
            yield Hit(
                severity="info" if scene.contract else "caution",
                message=f"old and new code both use the new {action.kind} {name}",
                names={"kind": action.kind.upper(), "name": name},
            )
        else:
            yield Hit(
                severity=contract_only(scene),
                message=f"whatever still uses the {action.kind} {name} fails once it is gone",
                names={"kind": action.kind.upper(), "name": name},
            )


_MOVED = (
    "BEGIN;\n"
    "ALTER TABLE {table} SET SCHEMA {new:schema};\n"
    "CREATE VIEW {table} AS SELECT * FROM {new};\n"
    "COMMIT;"
)


def _is_made_again(action: a.Drop, name: str, scene: Scene) -> bool:
    return any(
        isinstance(other, a.CreateObject) and (other.kind, other.name) == (action.kind, name)
        for other in scene.later(same_transaction=True)
    )


_DETACH_FIRST = (
    "-- outside a transaction:\n"
    "ALTER TABLE {parent} DETACH PARTITION {table} CONCURRENTLY;\n"
    "-- then\n"
    "DROP TABLE {table};"
)

REMOVAL_RULES = (
    Rule(
        id="drop-column",
        title="Dropped column",
        rows=(12,),
        kind="compat",
        on=(a.DropColumn,),
        check=_drop_column,
        lock="ACCESS EXCLUSIVE, brief",
        why="Code that still maps the column selects and inserts it by name.",
        safe_form=(
            "-- release N: stop mapping the column; make it optional:\n"
            "ALTER TABLE {table} ALTER COLUMN {column} DROP NOT NULL;\n"
            '-- release N+1, in a revision with phase = "contract", after dropping its indexes\n'
            "-- CONCURRENTLY:\n"
            "ALTER TABLE {table} DROP COLUMN {column};"
        ),
    ),
    Rule(
        id="rename-column",
        title="Renamed column",
        rows=(13,),
        kind="compat",
        on=(a.RenameColumn,),
        check=_rename_column,
        lock="ACCESS EXCLUSIVE, brief",
        why="Old and new code need different names at the same time.",
        safe_form=(
            "-- in one transaction: the table moves behind a view that shows both names\n"
            "ALTER TABLE {table} RENAME TO {table:bare}_data;\n"
            "ALTER TABLE {table}_data RENAME COLUMN {column} TO {new_name};\n"
            "CREATE VIEW {table} AS SELECT *, {new_name} AS {column} FROM {table}_data;\n"
            "-- or: add {new_name}, keep both in step with a trigger, backfill, drop {column} later"
        ),
    ),
    Rule(
        id="rename-table",
        title="Renamed or moved table",
        rows=(44,),
        kind="compat",
        on=(a.RenameTable, a.SetSchema),
        check=_rename_table,
        lock="ACCESS EXCLUSIVE, brief",
        why="Every query of the running application names the table.",
        safe_form=(
            "BEGIN;\n"
            "ALTER TABLE {table} RENAME TO {new:bare};\n"
            "CREATE VIEW {table} AS SELECT * FROM {new};\n"
            "COMMIT;"
        ),
    ),
    Rule(
        id="rename-object",
        title="Renamed view, sequence, type, function or schema",
        rows=(44,),
        kind="compat",
        on=(a.RenameObject,),
        check=_rename_object,
        lock="ACCESS EXCLUSIVE, brief",
        why="Code, defaults and functions name it.",
        safe_form="-- create {new} beside {table}; drop {table} in a contract revision",
    ),
    Rule(
        id="drop-table",
        title="Dropped table",
        rows=(43,),
        kind="compat",
        on=(a.Drop,),
        check=_drop_table,
        lock="ACCESS EXCLUSIVE",
        why="Old code still reads it, and rolling back cannot bring the rows back.",
        safe_form=(
            "-- once no release uses it, rename it out of the way:\n"
            "ALTER TABLE {table} RENAME TO {table:bare}_dropped;\n"
            '-- and some days later, in a revision with phase = "contract":\n'
            "DROP TABLE {table}_dropped;"
        ),
    ),
    Rule(
        id="drop-table-locks-parents",
        title="Dropped table with foreign keys, or dropped partition",
        rows=(43,),
        kind="lock",
        on=(a.Drop,),
        check=_drop_table_parents,
        lock="ACCESS EXCLUSIVE on the table, on every table it references and on its parent",
        why=(
            "The foreign keys' triggers on the referenced tables are dropped with it, and the "
            "parent's list of partitions changes."
        ),
        safe_form=(
            "-- each in a transaction of its own:\n"
            "ALTER TABLE {table} DROP CONSTRAINT <foreign key>;\n"
            "-- then\n"
            "DROP TABLE {table};"
        ),
    ),
    Rule(
        id="drop-object",
        title="Dropped view, function, type, sequence, schema or extension",
        rows=(52,),
        kind="compat",
        on=(a.Drop,),
        check=_drop_object,
        lock="ACCESS EXCLUSIVE on a relation",
        why="The running application may use it.",
        safe_form='-- in a revision with phase = "contract":\nDROP {kind} {name};',
    ),
)
