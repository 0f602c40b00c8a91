"""Columns, tables and other objects that are dropped under the application."""

from collections.abc import Iterator, Set

from migrator.lint.finding import Severity
from migrator.lint.rule import Hit, Rule
from migrator.lint.scene import Scene
from migrator.postgres.dependents import dropped_relations, schema_of
from migrator.postgres.partition_bounds import default_partition
from migrator.postgres.statements import actions as a


def contract_only(scene: Scene) -> Severity:
    """What is right in a contract revision breaks the old application in any other."""
    return "info" if scene.contract else "unsafe"


def _drop_column(action: a.DropColumn | a.ChangeComposite, scene: Scene) -> Iterator[Hit]:
    if isinstance(action, a.ChangeComposite):
        yield from _drop_attributes(action, scene)
        return
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


def _drop_attributes(action: a.ChangeComposite, scene: Scene) -> Iterator[Hit]:
    for attribute in action.drops if not scene.is_new(action.name) else ():
        yield Hit(
            severity=contract_only(scene),
            message=(
                f"the running application may still name the attribute {attribute} of "
                f"{action.name}, whose values are lost in every column of that type"
            ),
            names={"table": action.name, "column": attribute},
            safe_form=_ATTRIBUTE_FORM,
        )


def _added_here(action: a.DropColumn, scene: Scene) -> bool:
    return any(
        isinstance(other, a.AddColumn)
        and (other.table, other.column.name) == (action.table, action.column)
        for other in scene.earlier()
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
    dropped = {*dropped_relations(action, scene.catalog)}
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
                        "table that they reference"
                        + (", and CASCADE on every table that references it" * action.cascade)
                        + "; a catalog would tell which"
                    ),
                    names={"table": name},
                )
            continue
        yield from _drop_referenced(name, action, dropped, scene)
        parents = {k.references for k in table.foreign_keys()} - dropped
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
                safe_form=_detach_form(parent.name, scene),
            )


def _detach_form(parent: str, scene: Scene) -> str:
    has_default = default_partition(parent, scene.catalog) is not None
    return _DETACH_BESIDE_DEFAULT if has_default else _DETACH_FIRST


def _drop_referenced(name: str, action: a.Drop, dropped: set[str], scene: Scene) -> Iterator[Hit]:
    """With CASCADE the foreign keys of other tables go too. Without it PostgreSQL refuses."""
    others = {table.name for table, _ in scene.catalog.referencing(name)} - dropped
    if action.cascade and not scene.is_new(*others):
        yield Hit(
            severity="unsafe",
            message=(
                f"DROP TABLE {name} CASCADE takes ACCESS EXCLUSIVE on {_listed(others)} too, whose "
                "foreign keys to it are dropped: reads and writes there wait until this commits"
            ),
            names={"table": name},
            safe_form=_KEYS_FIRST,
        )


def _drop_owner_of_tables(action: a.Drop, scene: Scene) -> Iterator[Hit]:
    if action.kind not in ("schema", "type", "domain") or not action.cascade:
        return
    if scene.is_new_object(action.kind, action.names[0]):
        return
    own = {name for name in action.names if action.kind == "schema"}
    others = {
        lock.relation
        for lock in scene.effects.locks
        if schema_of(lock.relation) not in own and not scene.is_new(lock.relation)
    }
    what = f"DROP {action.kind.upper()} {', '.join(action.names)} CASCADE"
    names = {"kind": action.kind.upper(), "name": action.names[0]}
    if others:
        yield Hit(
            severity="unsafe",
            message=(
                f"{what} takes ACCESS EXCLUSIVE on what depends on it, {_listed(others)}: reads "
                "and writes there wait until this commits"
            ),
            names=names,
        )
    elif not scene.catalog.complete:
        yield Hit(
            severity="caution",
            message=(
                f"{what} takes ACCESS EXCLUSIVE on every table that depends on it; a catalog would "
                "tell which"
            ),
            names=names,
        )


def _listed(names: Set[str | None]) -> str:
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


def _is_made_again(action: a.Drop, name: str, scene: Scene) -> bool:
    return any(
        isinstance(other, a.CreateObject) and (other.kind, other.name) == (action.kind, name)
        for other in scene.later(same_transaction=True)
    )


_ATTRIBUTE_FORM = (
    '-- once no release names it, in a revision with phase = "contract":\n'
    "ALTER TYPE {table} DROP ATTRIBUTE {column};"
)
_DETACH_FIRST = (
    "-- outside a transaction:\n"
    "ALTER TABLE {parent} DETACH PARTITION {table} CONCURRENTLY;\n"
    "-- then\n"
    "DROP TABLE {table};"
)

_KEYS_FIRST = (
    "-- each in a transaction of its own:\n"
    "ALTER TABLE <table> DROP CONSTRAINT <foreign key>;\n"
    "-- then\n"
    "DROP TABLE {table};"
)
_DETACH_BESIDE_DEFAULT = (
    "-- CONCURRENTLY is refused beside a default partition; so, with a short lock_timeout and\n"
    "-- retries (`python -m migrator upgrade` does both):\n"
    "ALTER TABLE {parent} DETACH PARTITION {table};\n"
    "-- then\n"
    "DROP TABLE {table};"
)

REMOVAL_RULES = (
    Rule(
        id="drop-column",
        title="Dropped column, or attribute of a composite type",
        kind="compat",
        on=(a.DropColumn, a.ChangeComposite),
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
        id="drop-table",
        title="Dropped table",
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
        id="drop-cascade-locks-tables",
        title="Schema, type or domain dropped with CASCADE",
        kind="lock",
        on=(a.Drop,),
        check=_drop_owner_of_tables,
        lock="ACCESS EXCLUSIVE on every table that depends on it",
        why=(
            "Columns of a type, and foreign keys to or from the tables of a schema, are dropped "
            "with it, several tables at a time and in no order that the application shares."
        ),
        safe_form=(
            "-- each in a transaction of its own:\n"
            "ALTER TABLE <table> DROP CONSTRAINT <foreign key>;\n"
            "ALTER TABLE <table> DROP COLUMN <column>;\n"
            "-- then, which refuses where something was left:\n"
            "DROP {kind} {name};"
        ),
    ),
    Rule(
        id="drop-object",
        title="Dropped view, function, type, sequence, schema or extension",
        kind="compat",
        on=(a.Drop,),
        check=_drop_object,
        lock="ACCESS EXCLUSIVE on a relation",
        why="The running application may use it.",
        safe_form='-- in a revision with phase = "contract":\nDROP {kind} {name};',
    ),
)
