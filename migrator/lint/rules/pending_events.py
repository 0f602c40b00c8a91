"""Tables that are altered while deferred checks of their rows are still to be done."""

from collections.abc import Iterator

from migrator.lint.rule import Hit, Rule
from migrator.lint.scene import Scene
from migrator.postgres.statements import actions as a

# All of ALTER TABLE but RENAME and SET SCHEMA; CREATE TRIGGER and DROP INDEX are not refused.
OF_ONE_TABLE = (
    *(a.AddColumn, a.DropColumn, a.AlterColumnType, a.SetNotNull, a.DropNotNull, a.SetDefault),
    *(a.ChangeIdentity, a.ChangeGeneration, a.AddConstraint, a.ValidateConstraint),
    *(a.DropConstraint, a.AlterConstraint, a.ChangeStorage, a.ChangeTriggers),
    *(a.ChangeRowSecurity, a.ChangeOwner, a.ChangeReplicaIdentity, a.TuneTable, a.CreateIndex),
)
OF_SEVERAL = (a.AttachPartition, a.DetachPartition, a.Truncate, a.Drop, a.RewriteTable)


def _refused(action: a.Action, scene: Scene) -> Iterator[Hit]:
    if not scene.pending:
        return
    for name in _tables(action, scene):
        event = scene.pending.get(name)
        if event is None:
            continue
        doubt = "" if event.certain else " if a value was there already,"
        yield Hit(
            severity="unsafe" if event.certain else "caution",
            message=(
                f"PostgreSQL refuses this (55006, pending trigger events):{doubt} {event.name} has "
                f"yet to check what this transaction has changed, and has put that off for {name}"
            ),
            names={"table": name},
        )
        return


def _tables(action: a.Action, scene: Scene) -> Iterator[str]:
    """The tables that the statement must have for itself."""
    if isinstance(action, a.Drop):
        named = list(action.names if action.kind == "table" else ())
    elif isinstance(action, a.Truncate):
        named = _with_referencing(action, scene)
    elif isinstance(action, a.RewriteTable):
        named = [action.table] if action.table is not None else []
    elif isinstance(action, a.OfTable):
        named = [action.table]
    else:
        named = []
    if isinstance(action, a.AttachPartition | a.DetachPartition):
        named.append(action.partition)
    for name in named:
        yield name
        yield from (child.name for child in scene.catalog.children(name))


def _with_referencing(action: a.Truncate, scene: Scene) -> list[str]:
    names = list(action.tables)
    for name in names if action.cascade else ():
        others = (table.name for table, _ in scene.catalog.referencing(name))
        names += [other for other in others if other not in names]
    return names


PENDING_EVENT_RULES = (
    Rule(
        id="pending-trigger-events",
        title="Table altered after a change of rows that a deferred constraint has yet to check",
        kind="compat",
        on=(*OF_ONE_TABLE, *OF_SEVERAL),
        check=_refused,
        lock="none: the statement fails",
        why=(
            "What is DEFERRED is checked at the end of the transaction, by the rows as they were "
            "stored. Until then the table cannot be altered, truncated, dropped or indexed."
        ),
        safe_form=(
            "-- before it; checks at once what was put off:\n"
            "SET CONSTRAINTS ALL IMMEDIATE;\n"
            "-- or change the rows of {table} in a transaction, a revision, of their own"
        ),
    ),
)
