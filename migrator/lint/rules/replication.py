"""Tables whose UPDATEs and DELETEs fail, as they are published and nothing tells a row."""

from collections.abc import Iterator

from migrator.lint.rule import Hit, Rule
from migrator.lint.scene import Scene
from migrator.postgres.dependents import schema_of
from migrator.postgres.statements import actions as a
from migrator.snapshot import Table

Loss = a.ChangeReplicaIdentity | a.DropConstraint | a.DropColumn | a.Drop


def _published(action: a.ChangePublication, scene: Scene) -> Iterator[Hit]:
    if action.action == "drop" or not action.of_changes or scene.catalog.doubtful:
        return
    listed = {*action.tables}
    for name in action.tables:
        listed |= {part.name for part in scene.catalog.children(name)}
    for table in scene.catalog.tables.values():
        named = table.name in listed or schema_of(table.name) in action.schemas
        if not named and not action.all_tables:
            continue
        if table.kind == "table" and table.is_certain and not table.has_replica_identity():
            yield _fails(table, "it is published from this commit on")


def _unidentified(action: Loss, scene: Scene) -> Iterator[Hit]:
    if any(isinstance(each, a.Drop) and each.kind == "publication" for each in scene.earlier()):
        return
    for table in _of(action, scene):
        if table.published and _takes_identity(action, table) and not _given_again(table, scene):
            yield _fails(table, "it is published")


def _fails(table: Table, published: str) -> Hit:
    return Hit(
        severity="unsafe",
        message=(
            f"the running application's UPDATEs and DELETEs of {table.name} fail: {published}, and "
            "has neither a primary key nor another replica identity"
        ),
        names={"table": table.name},
    )


def _of(action: Loss, scene: Scene) -> Iterator[Table]:
    if isinstance(action, a.Drop):
        if action.kind == "index":
            tables = [scene.catalog.table_of_index(index) for index in action.names]
            yield from (table for table in tables if table is not None)
        return
    table = scene.table(action.table)
    if table is not None:
        yield table


def _takes_identity(action: Loss, table: Table) -> bool:
    key, index = table.primary_key, table.replica_index
    by_key = table.replica_identity == "default" and key is not None
    match action:
        case a.ChangeReplicaIdentity(identity=identity):
            return identity == "nothing" or (identity == "default" and key is None)
        case a.DropConstraint(constraint=name):
            return (by_key and key is not None and key.name == name) or index == name
        case a.Drop(names=names):
            return index in names
        case a.DropColumn(column=column):
            known = table.indexes.get(index or "")
            return (by_key and column in table.primary_key_columns) or (
                known is not None and column in known.columns
            )


def _given_again(table: Table, scene: Scene) -> bool:
    """Whether a later action of the transaction gives it another identity."""
    return any(
        isinstance(later, a.ChangeReplicaIdentity)
        or (isinstance(later, a.AddConstraint) and later.constraint.kind == "primary key")
        for later in scene.later(same_transaction=True)
        if isinstance(later, a.OfTable) and later.table == table.name
    )


def _identity_refused(action: a.ChangeReplicaIdentity, scene: Scene) -> Iterator[Hit]:
    table, owner = scene.table(action.table), scene.catalog.table_of_index(action.index or "")
    if table is None or owner is None or action.index is None:
        return
    index = owner.indexes[action.index]
    constraint = table.constraints.get(index.name)
    nullable = [c for c in index.columns if c in table.columns and not table.columns[c].not_null]
    reasons = {
        f"the index {index.name} is one of {owner.name}": owner.name != table.name,
        f"the index {index.name} is not unique": not index.unique,
        f"the index {index.name} is not valid": not index.valid,
        f"the index {index.name} holds only the rows of its WHERE": index.partial,
        f"the index {index.name} holds an expression": bool(index.uses) and not index.partial,
        f"the constraint {index.name} is deferrable": constraint is not None
        and constraint.deferrable,
        f"{table.name}.{nullable[0] if nullable else ''} may be NULL": bool(nullable)
        and table.is_certain,
    }
    reason = next((text for text, holds in reasons.items() if holds), None)
    if reason:
        yield Hit(
            severity="unsafe",
            message=f"PostgreSQL refuses this: {reason}",
            names={"table": table.name},
        )


_FORM = (
    "-- first a unique index of columns that are NOT NULL; outside a transaction:\n"
    "CREATE UNIQUE INDEX CONCURRENTLY … ON {table} (…);\n"
    "ALTER TABLE {table} REPLICA IDENTITY USING INDEX …;"
)

REPLICATION_RULES = (
    Rule(
        id="published-without-identity",
        title="Table published without a primary key or replica identity",
        kind="compat",
        on=(a.ChangePublication,),
        check=_published,
        lock="SHARE UPDATE EXCLUSIVE, brief",
        why="Who receives a changed row has to be told which one it is.",
        safe_form=f"{_FORM}\n-- then publish it",
    ),
    Rule(
        id="lost-replica-identity",
        title="Published table that loses its replica identity",
        kind="compat",
        on=(a.ChangeReplicaIdentity, a.DropConstraint, a.DropColumn, a.Drop),
        check=_unidentified,
        lock="ACCESS EXCLUSIVE, brief",
        why="Who receives a changed row has to be told which one it is.",
        safe_form=_FORM,
    ),
    Rule(
        id="replica-identity-refused",
        title="REPLICA IDENTITY of an index that does not tell each row",
        kind="compat",
        on=(a.ChangeReplicaIdentity,),
        check=_identity_refused,
        lock="none: the statement fails",
        why="It takes a unique index of the table's rows and columns as they are, all NOT NULL.",
        safe_form=_FORM,
    ),
)
