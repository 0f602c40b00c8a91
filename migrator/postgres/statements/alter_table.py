"""ALTER TABLE: one action a subcommand."""

from collections.abc import Callable
from dataclasses import replace

from migrator.postgres.statements import actions as a
from migrator.postgres.statements.columns import new_column, new_constraint
from migrator.postgres.statements.tree import (
    Node,
    dotted_name,
    expression,
    relation_name,
    type_name,
    walk,
)
from migrator.snapshot.replica_identity import REPLICA_IDENTITIES

CASCADE = "DROP_CASCADE"
# Subcommands that change parameters only; the second half needs ACCESS EXCLUSIVE.
TUNING = {
    "AT_SetStatistics",
    "AT_SetOptions",
    "AT_ResetOptions",
    "AT_ClusterOn",
    "AT_DropCluster",
    "AT_SetRelOptions",
    "AT_ResetRelOptions",
}
EXCLUSIVE_TUNING = {
    *("AT_SetStorage", "AT_SetCompression"),
    *("AT_AddInherit", "AT_DropInherit", "AT_AddOf", "AT_DropOf"),
}
# Sub-commands of index, sequence, view and foreign table that ALTER TABLE's grammar shares.
TABLE_KINDS = {"OBJECT_TABLE", "OBJECT_FOREIGN_TABLE", "OBJECT_MATVIEW"}


def alter_table(node: Node) -> tuple[a.Action, ...]:
    """The actions of an AlterTableStmt node."""
    table = relation_name(node["relation"])
    if node["objtype"] not in TABLE_KINDS:
        return (_other_object(node, table),)
    commands = [item["AlterTableCmd"] for item in node.get("cmds", ())]
    actions = [_command(command, table, node.get("missing_ok", False)) for command in commands]
    if not node["relation"].get("inh", False):
        actions = [
            replace(x, only=True) if isinstance(x, a.AddConstraint | a.AddColumn) else x
            for x in actions
        ]
    return tuple(actions)


def _other_object(node: Node, name: str) -> a.Action:
    if node["objtype"] == "OBJECT_INDEX":
        return _index(node, name)
    if node["objtype"] == "OBJECT_TYPE":
        commands = [item["AlterTableCmd"] for item in node["cmds"]]
        return a.ChangeComposite(
            kind="type",
            name=name,
            change="ALTER TYPE",
            retypes=any(each["subtype"] == "AT_AlterColumnType" for each in commands),
            drops=tuple(each["name"] for each in commands if each["subtype"] == "AT_DropColumn"),
        )
    kind: a.ObjectKind = {"OBJECT_VIEW": "view", "OBJECT_SEQUENCE": "sequence"}.get(
        node["objtype"], "object"
    )  # pyright: ignore[reportAssignmentType]
    return a.ChangeObject(kind=kind, name=name, change=f"ALTER {kind.upper()}")


def _index(node: Node, name: str) -> a.Action:
    command = node["cmds"][0]["AlterTableCmd"]
    if command["subtype"] == "AT_SetTableSpace":
        return a.ChangeStorage(
            table=name, change="tablespace", target=command["name"], of_index=True
        )
    if command["subtype"] == "AT_AttachPartition":
        return a.Annotate()
    return a.ChangeObject(kind="index", name=name, change="ALTER INDEX")


def _command(command: Node, table: str, if_exists: bool) -> a.Action:
    subtype: str = command["subtype"]
    reader = READERS.get(subtype)
    if reader is not None:
        return reader(command, table, if_exists)
    if subtype in TUNING or subtype in EXCLUSIVE_TUNING:
        return a.TuneTable(table=table, if_exists=if_exists, exclusive=subtype in EXCLUSIVE_TUNING)
    return a.Opaque(
        what="ALTER TABLE", reason=f"the subcommand {subtype.removeprefix('AT_')} is not known"
    )


Reader = Callable[[Node, str, bool], a.Action]


def _add_column(c: Node, table: str, if_exists: bool) -> a.Action:
    return a.AddColumn(
        table=table,
        if_exists=if_exists,
        column=new_column(c["def"]["ColumnDef"]),
        if_not_exists=c.get("missing_ok", False),
    )


def _drop_column(c: Node, table: str, if_exists: bool) -> a.Action:
    return a.DropColumn(
        table=table,
        if_exists=if_exists,
        column=c["name"],
        cascade=c.get("behavior") == CASCADE,
        column_if_exists=c.get("missing_ok", False),
    )


def _column_type(c: Node, table: str, if_exists: bool) -> a.Action:
    definition = c["def"]["ColumnDef"]
    return a.AlterColumnType(
        table=table,
        if_exists=if_exists,
        column=c["name"],
        type=type_name(definition["typeName"]),
        using=expression(definition.get("raw_default")),
        collation=dotted_name(definition.get("collClause", {}).get("collname", [])) or None,
    )


def _column_default(c: Node, table: str, if_exists: bool) -> a.Action:
    default = expression(c.get("def"))
    return a.SetDefault(table=table, if_exists=if_exists, column=c["name"], default=default)


def _add_constraint(c: Node, table: str, if_exists: bool) -> a.Action:
    constraint = new_constraint(c["def"]["Constraint"])
    if constraint is None:
        return a.Opaque(what="ADD CONSTRAINT", reason="the kind of constraint is not known")
    return a.AddConstraint(table=table, if_exists=if_exists, constraint=constraint)


def _alter_constraint(c: Node, table: str, if_exists: bool) -> a.Action:
    change = c["def"]["ATAlterConstraint"]
    enforced = change.get("is_enforced", False) if change.get("alterEnforceability") else None
    return a.AlterConstraint(
        table=table, if_exists=if_exists, constraint=change["conname"], enforced=enforced
    )


def _attach(c: Node, table: str, if_exists: bool) -> a.Action:
    part = c["def"]["PartitionCmd"]
    bound: Node = part.get("bound", {})
    constants = [fields for kind, fields in walk(bound) if kind == "A_Const"]
    return a.AttachPartition(
        table=table,
        if_exists=if_exists,
        partition=relation_name(part["name"]),
        is_default=bound.get("is_default", False),
        has_null=any(c.get("isnull") for c in constants),
    )


def _detach(c: Node, table: str, if_exists: bool) -> a.Action:
    part = c["def"]["PartitionCmd"]
    return a.DetachPartition(
        table=table,
        if_exists=if_exists,
        partition=relation_name(part["name"]),
        concurrently=part.get("concurrent", False),
    )


def _finalize(c: Node, table: str, if_exists: bool) -> a.Action:
    part = relation_name(c["def"]["PartitionCmd"]["name"])
    return a.DetachPartition(table=table, if_exists=if_exists, partition=part, finalize=True)


def _replica_identity(command: Node, table: str, if_exists: bool) -> a.Action:
    given = command["def"]["ReplicaIdentityStmt"]
    return a.ChangeReplicaIdentity(
        table=table,
        if_exists=if_exists,
        identity=REPLICA_IDENTITIES[given["identity_type"]],
        index=given.get("name"),
    )


READERS: dict[str, Reader] = {
    "AT_AddColumn": _add_column,
    "AT_DropColumn": _drop_column,
    "AT_AlterColumnType": _column_type,
    "AT_ColumnDefault": _column_default,
    "AT_AddConstraint": _add_constraint,
    "AT_AlterConstraint": _alter_constraint,
    "AT_AttachPartition": _attach,
    "AT_DetachPartition": _detach,
    "AT_SetNotNull": lambda c, t, e: a.SetNotNull(table=t, if_exists=e, column=c["name"]),
    "AT_DropNotNull": lambda c, t, e: a.DropNotNull(table=t, if_exists=e, column=c["name"]),
    "AT_ValidateConstraint": lambda c, t, e: a.ValidateConstraint(
        table=t, if_exists=e, constraint=c["name"]
    ),
    "AT_DropConstraint": lambda c, t, e: a.DropConstraint(
        table=t, if_exists=e, constraint=c["name"], cascade=c.get("behavior") == CASCADE
    ),
    "AT_AddIdentity": lambda c, t, e: a.ChangeIdentity(
        table=t, if_exists=e, column=c["name"], change="add"
    ),
    "AT_SetIdentity": lambda c, t, e: a.ChangeIdentity(
        table=t, if_exists=e, column=c["name"], change="set"
    ),
    "AT_DropIdentity": lambda c, t, e: a.ChangeIdentity(
        table=t, if_exists=e, column=c["name"], change="drop"
    ),
    "AT_SetExpression": lambda c, t, e: a.ChangeGeneration(
        table=t, if_exists=e, column=c["name"], change="set"
    ),
    "AT_DropExpression": lambda c, t, e: a.ChangeGeneration(
        table=t, if_exists=e, column=c["name"], change="drop"
    ),
    "AT_SetTableSpace": lambda c, t, e: a.ChangeStorage(
        table=t, if_exists=e, change="tablespace", target=c["name"]
    ),
    "AT_SetLogged": lambda c, t, e: a.ChangeStorage(table=t, if_exists=e, change="logged"),
    "AT_SetUnLogged": lambda c, t, e: a.ChangeStorage(table=t, if_exists=e, change="unlogged"),
    "AT_SetAccessMethod": lambda c, t, e: a.ChangeStorage(
        table=t, if_exists=e, change="access method", target=c.get("name")
    ),
    "AT_EnableRowSecurity": lambda c, t, e: a.ChangeRowSecurity(
        table=t, if_exists=e, change="enable"
    ),
    "AT_DisableRowSecurity": lambda c, t, e: a.ChangeRowSecurity(
        table=t, if_exists=e, change="disable"
    ),
    "AT_ForceRowSecurity": lambda c, t, e: a.ChangeRowSecurity(
        table=t, if_exists=e, change="force"
    ),
    "AT_NoForceRowSecurity": lambda c, t, e: a.ChangeRowSecurity(
        table=t, if_exists=e, change="no force"
    ),
    "AT_ChangeOwner": lambda c, t, e: a.ChangeOwner(
        table=t, if_exists=e, owner=c["newowner"].get("rolename", "the current user")
    ),
    "AT_ReplicaIdentity": _replica_identity,
    "AT_DetachPartitionFinalize": _finalize,
}
for _suffix in ("", "All", "User"):
    READERS[f"AT_EnableTrig{_suffix}"] = lambda c, t, e: a.ChangeTriggers(
        table=t, if_exists=e, enable=True, trigger=c.get("name")
    )
    READERS[f"AT_DisableTrig{_suffix}"] = lambda c, t, e: a.ChangeTriggers(
        table=t, if_exists=e, enable=False, trigger=c.get("name")
    )
for _state in ("Enable", "EnableAlways", "EnableReplica", "Disable"):
    READERS[f"AT_{_state}Rule"] = lambda c, t, e: a.ChangePolicy(
        table=t, if_exists=e, kind="rule", policy=c["name"], change="alter"
    )
READERS["AT_EnableAlwaysTrig"] = READERS["AT_EnableTrig"]
READERS["AT_EnableReplicaTrig"] = READERS["AT_EnableTrig"]
