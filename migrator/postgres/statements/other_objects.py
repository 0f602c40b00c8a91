"""The remaining commands: types, policies, functions, owners, publications, comments."""

from collections.abc import Callable
from typing import Literal

from migrator.postgres.statements import actions as a
from migrator.postgres.statements.definitions import OBJECT_KINDS
from migrator.postgres.statements.functions import create_function
from migrator.postgres.statements.references import references
from migrator.postgres.statements.tree import (
    Node,
    dotted_name,
    expression,
    functions_in,
    relation_name,
    relations_in,
    strings,
    type_name,
)

PUBLICATION_ACTIONS: dict[str, Literal["set", "drop"]] = {
    "AP_SetObjects": "set",
    "AP_DropObjects": "drop",
}
NO_OWNER = ("", "")
Reader = Callable[[Node], a.Action | tuple[a.Action, ...]]


def _alter_enum(node: Node) -> a.Action:
    return a.ChangeEnum(
        type=dotted_name(node["typeName"]),
        value=node["newVal"],
        old_value=node.get("oldVal"),
        if_not_exists=node.get("skipIfNewValExists", False),
    )


def _alter_domain(node: Node) -> a.Action:
    # Subtypes: C adds a constraint, O sets NOT NULL, V validates, T is the default; the others
    # take away.
    constraint = node.get("def", {}).get("Constraint", {})
    sets_default = node["subtype"] == "T"
    return a.ChangeDomain(
        domain=dotted_name(node["typeName"]),
        adds_constraint=node["subtype"] in ("C", "O"),
        not_valid=constraint.get("skip_validation", False),
        validates=node["subtype"] == "V",
        sets_default=sets_default,
        default=expression(node.get("def")) if sets_default else None,
    )


def _policy(change: Literal["create", "alter"]) -> Reader:
    def read(node: Node) -> a.Action:
        table = relation_name(node["table"])
        conditions = [node[key] for key in ("qual", "with_check") if key in node]
        return a.ChangePolicy(
            table=table,
            policy=node["policy_name"],
            change=change,
            references=references(conditions, {table.rpartition(".")[2]: table}),
            functions=functions_in(conditions),
        )

    return read


def _named(kind: a.ObjectKind, key: str) -> Reader:
    def read(node: Node) -> a.Action:
        value = node.get(key, "")
        if isinstance(value, list):
            value = dotted_name(value)
        elif isinstance(value, dict):
            value = relation_name(value)
        return a.CreateObject(
            kind=kind,
            name=value,
            replace=node.get("replace", False),
            if_not_exists=node.get("if_not_exists", False),
        )

    return read


def _create_schema(node: Node) -> a.Action:
    return a.CreateObject(
        kind="schema",
        name=node.get("schemaname", ""),
        if_not_exists=node.get("if_not_exists", False),
    )


def _alter_owner(node: Node) -> a.Action:
    kind = OBJECT_KINDS.get(node["objectType"], "object")
    return a.ChangeObject(kind=kind, name=_object_name(node["object"]), change="OWNER TO")


def _object_name(item: Node) -> str:
    if "String" in item:
        return item["String"].get("sval", "")
    if "List" in item:
        return dotted_name(item["List"]["items"])
    if "ObjectWithArgs" in item:
        return dotted_name(item["ObjectWithArgs"]["objname"])
    return dotted_name(item.get("TypeName", {}).get("names", []))


def _create_sequence(node: Node) -> a.Action:
    kind, owner = _sequence_options(node)
    return a.CreateObject(
        kind="sequence",
        name=relation_name(node["sequence"]),
        base=kind or "bigint",
        owner=owner if owner != NO_OWNER else None,
        if_not_exists=node.get("if_not_exists", False),
    )


def _alter_sequence(node: Node) -> a.Action:
    kind, owner = _sequence_options(node)
    return a.ChangeSequence(
        kind="sequence",
        name=relation_name(node["sequence"]),
        change="ALTER SEQUENCE",
        type=kind,
        owner=owner,
    )


def _sequence_options(node: Node) -> tuple[str | None, tuple[str, str] | None]:
    """The type and the owner that are written."""
    options = {
        o["DefElem"]["defname"]: o["DefElem"].get("arg", {}) for o in node.get("options", ())
    }
    kind = type_name(options["as"]["TypeName"]) if "as" in options else None
    if "owned_by" not in options:
        return kind, None
    parts = options["owned_by"]["List"]["items"]
    if len(parts) < 2:
        return kind, NO_OWNER
    return kind, (dotted_name(parts[:-1]), strings(parts[-1:])[0])


def _publication(change: str) -> Reader:
    def read(node: Node) -> a.Action:
        specs = [item["PublicationObjSpec"] for item in node.get("pubobjects", ())]
        tables = [spec["pubtable"] for spec in specs if "pubtable" in spec]
        names = [relation_name(table["relation"]) for table in tables]
        found = [
            reference
            for table, name in zip(tables, names, strict=True)
            for reference in (
                *(a.Reference(column, ((name,),)) for column in strings(table.get("columns"))),
                *references(table.get("whereClause"), {name: name}),
            )
        ]
        return a.ChangePublication(
            kind="publication",
            name=node["pubname"],
            change=change,
            tables=tuple(names),
            schemas=tuple(spec["name"] for spec in specs if "name" in spec),
            all_tables=node.get("for_all_tables", False),
            of_changes=_publishes_changes(node.get("options", ())),
            action=PUBLICATION_ACTIONS.get(node.get("action", ""), "add"),
            references=tuple(found),
        )

    return read


def _publishes_changes(options: list[Node]) -> bool:
    """Whether UPDATEs or DELETEs are published, as they are by default."""
    for item in options:
        option = item["DefElem"]
        if option["defname"] == "publish":
            listed = option["arg"].get("String", {}).get("sval", "").lower()
            return "update" in listed or "delete" in listed
    return True


def _comment(node: Node) -> a.Action:
    name = _object_name(node["object"])
    if node["objtype"] in ("OBJECT_TABLE", "OBJECT_VIEW", "OBJECT_MATVIEW"):
        return a.Annotate(table=name)
    if node["objtype"] in ("OBJECT_COLUMN", "OBJECT_TABCONSTRAINT"):
        return a.Annotate(table=name.rpartition(".")[0])
    return a.Annotate()


def _create_statistics(node: Node) -> a.Action:
    tables = relations_in(node.get("relations"))
    return a.CreateStatistics(table=tables[0]) if tables else a.Annotate()


def _create_rule(node: Node) -> a.Action:
    table = relation_name(node["relation"])
    parts = [node.get("whereClause"), node.get("actions")]
    return a.ChangePolicy(
        table=table,
        policy=node["rulename"],
        change="create",
        kind="rule",
        references=references(parts, rows={"new": table, "old": table}),
        functions=functions_in(parts),
    )


def _set_constraints(node: Node) -> a.Action:
    named = tuple(item["RangeVar"]["relname"] for item in node.get("constraints", ()))
    return a.SetConstraints(constraints=named or None, deferred=node.get("deferred", False))


def _execute(node: Node) -> a.Action:
    return a.Opaque(
        what=f"EXECUTE {node.get('name', '')}", reason="the prepared statement is elsewhere"
    )


def _move_all(node: Node) -> a.Action:
    return a.ChangeStorage(
        table=f"every table in the tablespace {node['orig_tablespacename']}",
        change="tablespace",
        target=node["new_tablespacename"],
    )


def _change(kind: a.ObjectKind, what: str) -> Reader:
    return lambda node: a.ChangeObject(kind=kind, name="", change=what)


def _drop_owned(node: Node) -> a.Action:
    return a.Opaque(what="DROP OWNED", reason="it does not say which objects are the role's")


def _harmless(node: Node) -> a.Action:
    return a.Annotate()


OTHER_READERS: dict[str, Reader] = {
    "AlterEnumStmt": _alter_enum,
    "AlterDomainStmt": _alter_domain,
    "CreatePolicyStmt": _policy("create"),
    "AlterPolicyStmt": _policy("alter"),
    "CreateFunctionStmt": create_function,
    "AlterFunctionStmt": _change("function", "ALTER FUNCTION"),
    "CreateSeqStmt": _create_sequence,
    "CreateEnumStmt": _named("type", "typeName"),
    "CreateRangeStmt": _named("type", "typeName"),
    "CompositeTypeStmt": _named("type", "typevar"),
    "AlterTypeStmt": _change("type", "ALTER TYPE"),
    "DefineStmt": _harmless,
    "CreateExtensionStmt": _named("extension", "extname"),
    "AlterExtensionStmt": _change("extension", "ALTER EXTENSION"),
    "CreateSchemaStmt": _create_schema,
    "AlterOwnerStmt": _alter_owner,
    "AlterSeqStmt": _alter_sequence,
    "CreatePublicationStmt": _publication("CREATE PUBLICATION"),
    "AlterPublicationStmt": _publication("ALTER PUBLICATION"),
    "CommentStmt": _comment,
    "SecLabelStmt": _harmless,
    "GrantRoleStmt": _harmless,
    "CreateRoleStmt": _harmless,
    "AlterRoleStmt": _change("object", "ALTER ROLE"),
    "DropRoleStmt": _change("object", "DROP ROLE"),
    "DropOwnedStmt": _drop_owned,
    "ReassignOwnedStmt": _change("object", "REASSIGN OWNED"),
    "AlterDefaultPrivilegesStmt": _harmless,
    "CreateStatsStmt": _create_statistics,
    "AlterStatsStmt": _harmless,
    "RuleStmt": _create_rule,
    "CreateCastStmt": _harmless,
    "CreateOpClassStmt": _harmless,
    "CreateOpFamilyStmt": _harmless,
    "ExecuteStmt": _execute,
    "AlterTableMoveAllStmt": _move_all,
    "VariableShowStmt": _harmless,
    "NotifyStmt": _harmless,
    "ListenStmt": _harmless,
    "UnlistenStmt": _harmless,
    "PrepareStmt": _harmless,
    "DeallocateStmt": _harmless,
    "FetchStmt": _harmless,
    "ClosePortalStmt": _harmless,
    "CreateUserMappingStmt": _harmless,
    "AlterUserMappingStmt": _change("object", "ALTER USER MAPPING"),
    "DropUserMappingStmt": _change("object", "DROP USER MAPPING"),
    "CreateForeignServerStmt": _harmless,
    "AlterForeignServerStmt": _change("object", "ALTER SERVER"),
    "CreateFdwStmt": _harmless,
    "AlterFdwStmt": _change("object", "ALTER FOREIGN DATA WRAPPER"),
    "ImportForeignSchemaStmt": _harmless,
    "CreateAmStmt": _harmless,
    "CreateConversionStmt": _harmless,
    "CreateTransformStmt": _harmless,
    "CreatePLangStmt": _harmless,
    "AlterObjectDependsStmt": _harmless,
    "AlterExtensionContentsStmt": _harmless,
    "AlterOpFamilyStmt": _change("object", "ALTER OPERATOR FAMILY"),
    "AlterOperatorStmt": _change("object", "ALTER OPERATOR"),
    "AlterTSConfigurationStmt": _change("object", "ALTER TEXT SEARCH CONFIGURATION"),
    "AlterTSDictionaryStmt": _change("object", "ALTER TEXT SEARCH DICTIONARY"),
    "CreateEventTrigStmt": _change("object", "CREATE EVENT TRIGGER"),
    "AlterEventTrigStmt": _change("object", "ALTER EVENT TRIGGER"),
    "AlterCollationStmt": _harmless,
    "CheckPointStmt": _harmless,
    "ConstraintsSetStmt": _set_constraints,
    "AlterDatabaseSetStmt": _change("object", "ALTER DATABASE .. SET"),
    "AlterRoleSetStmt": _change("object", "ALTER ROLE .. SET"),
    "AlterDatabaseRefreshCollStmt": _harmless,
}
