"""CREATE, DROP and RENAME of tables, indexes and all other objects."""

from migrator.postgres.statements import actions as a
from migrator.postgres.statements.columns import new_column, new_constraint
from migrator.postgres.statements.references import references
from migrator.postgres.statements.tree import (
    Node,
    column_of,
    columns_in,
    dotted_name,
    expression,
    functions_in,
    relation_name,
    relations_in,
    strings,
    type_name,
    walk,
)
from migrator.snapshot.names import search_path
from migrator.snapshot.programs import RowEvent

CASCADE = "DROP_CASCADE"
OBJECT_KINDS: dict[str, a.ObjectKind] = {
    "OBJECT_TABLE": "table",
    "OBJECT_FOREIGN_TABLE": "table",
    "OBJECT_INDEX": "index",
    "OBJECT_VIEW": "view",
    "OBJECT_MATVIEW": "materialized view",
    "OBJECT_SEQUENCE": "sequence",
    "OBJECT_TYPE": "type",
    "OBJECT_DOMAIN": "domain",
    "OBJECT_FUNCTION": "function",
    "OBJECT_PROCEDURE": "function",
    "OBJECT_ROUTINE": "function",
    "OBJECT_AGGREGATE": "function",
    "OBJECT_SCHEMA": "schema",
    "OBJECT_EXTENSION": "extension",
    "OBJECT_TRIGGER": "trigger",
    "OBJECT_POLICY": "policy",
    "OBJECT_RULE": "rule",
    "OBJECT_PUBLICATION": "publication",
    "OBJECT_STATISTIC_EXT": "statistics",
}
# By their bits in pg_trigger.
EVENTS: tuple[tuple[int, RowEvent], ...] = ((4, "INSERT"), (16, "UPDATE"), (8, "DELETE"))
ON_A_TABLE = {"trigger", "policy", "rule"}
# Clauses of a query whose rows are not those of its table.
NOT_UPDATABLE = {
    *("groupClause", "havingClause", "distinctClause", "withClause"),
    *("limitCount", "limitOffset", "larg"),
}
AGGREGATE_MARKS = {"over", "agg_star", "agg_filter", "agg_order", "agg_distinct"}
AGGREGATES = {
    *("count", "sum", "avg", "min", "max", "bool_and", "bool_or", "every"),
    *("array_agg", "string_agg", "json_agg", "jsonb_agg", "json_object_agg", "jsonb_object_agg"),
}


def create_table(node: Node) -> a.Action:
    """CREATE TABLE, and CREATE TABLE .. PARTITION OF."""
    elements = node.get("tableElts", ())
    columns = [new_column(e["ColumnDef"]) for e in elements if "ColumnDef" in e]
    constraints = [new_constraint(e["Constraint"]) for e in elements if "Constraint" in e]
    likes = [e["TableLikeClause"] for e in elements if "TableLikeClause" in e]
    parents = [relation_name(p["RangeVar"]) for p in node.get("inhRelations", ())]
    bound = node.get("partbound")
    return a.CreateTable(
        table=relation_name(node["relation"]),
        columns=tuple(columns),
        constraints=tuple(c for c in constraints if c is not None),
        partition_of=parents[0] if bound is not None else None,
        is_default_partition=bool(bound and bound.get("is_default")),
        partitioned="partspec" in node,
        partition_key=_partition_key(node.get("partspec", {})),
        inherits=tuple(parents) if bound is None else (),
        like=tuple(relation_name(clause["relation"]) for clause in likes),
        if_not_exists=node.get("if_not_exists", False),
        temporary=node["relation"].get("relpersistence") == "t",
    )


def _partition_key(node: Node) -> tuple[str, ...]:
    elements = [item["PartitionElem"] for item in node.get("partParams", ())]
    plain = [element["name"] for element in elements if "name" in element]
    computed = columns_in([element["expr"] for element in elements if "expr" in element])
    return tuple(dict.fromkeys((*plain, *computed)))


def create_table_as(node: Node) -> a.Action:
    """CREATE TABLE AS and CREATE MATERIALIZED VIEW."""
    name = relation_name(node["into"]["rel"])
    reads = relations_in(node["query"])
    with_data = not node["into"].get("skipData", False)
    if_not_exists = node.get("if_not_exists", False)
    if node.get("objtype") == "OBJECT_MATVIEW":
        return a.CreateObject(
            kind="materialized view",
            name=name,
            columns=strings(node["into"].get("colNames")),
            reads=reads,
            references=references(node["query"]),
            functions=functions_in(node["query"]),
            with_data=with_data,
            if_not_exists=if_not_exists,
        )
    temporary = node["into"]["rel"].get("relpersistence") == "t"
    return a.CreateTable(
        table=name,
        like=reads,
        if_not_exists=if_not_exists,
        temporary=temporary,
        from_query=True,
        with_data=with_data,
    )


def create_index(node: Node) -> a.Action:
    """CREATE INDEX."""
    elements = [item["IndexElem"] for item in node.get("indexParams", ())]
    included = node.get("indexIncludingParams", ())
    columns = tuple(e["name"] for e in elements if "name" in e)
    computed = [e["expr"] for e in elements if "expr" in e]
    if "whereClause" in node:
        computed.append(node["whereClause"])
    return a.CreateIndex(
        table=relation_name(node["relation"]),
        index=node.get("idxname"),
        columns=columns,
        uses=(*columns, *columns_in(computed)) if computed else (),
        functions=(*functions_in(computed), *_moments_in(computed)),
        width=len(elements) + len(included),
        unique=node.get("unique", False),
        concurrently=node.get("concurrent", False),
        if_not_exists=node.get("if_not_exists", False),
        only=not node["relation"].get("inh", False),
        partial="whereClause" in node,
        reordered=any(
            e.get("ordering") == "SORTBY_DESC" or e.get("nulls_ordering") == "SORTBY_NULLS_FIRST"
            for e in elements
        ),
    )


def _moments_in(node: object) -> tuple[str, ...]:
    """CURRENT_DATE, CURRENT_USER and their kin, as functions that do the same."""
    kinds = [fields["op"] for kind, fields in walk(node) if kind == "SQLValueFunction"]
    return tuple("current_user" if kind.endswith(("USER", "ROLE")) else "now" for kind in kinds)


def create_view(node: Node) -> a.Action:
    """CREATE VIEW with the names of its columns, as far as they can be read off."""
    query = node["query"].get("SelectStmt", {})
    aliases = strings(node.get("aliases"))
    targets = [item["ResTarget"] for item in query.get("targetList", ())]
    found = [t.get("name") or column_of(t.get("val")) for t in targets]
    # `*` has no name of its own: the view then shows every column there is.
    unknown = ["*"] if aliases and not found else found[len(aliases) :]
    names = (*aliases, *(name or "*" for name in unknown))
    return a.CreateObject(
        kind="view",
        name=relation_name(node["view"]),
        replace=node.get("replace", False),
        columns=names,
        reads=relations_in(query),
        references=references(node["query"]),
        functions=functions_in(query),
        updatable=_is_updatable(query),
    )


def _is_updatable(query: Node) -> bool:
    """Whether a view of the query passes writes on: one relation, each row as it is."""
    sources = query.get("fromClause", ())
    of_one = len(sources) == 1 and "RangeVar" in sources[0]
    calls = [fields for kind, fields in walk(query.get("targetList")) if kind == "FuncCall"]
    aggregates = any(
        dotted_name(call["funcname"]).lower() in AGGREGATES or AGGREGATE_MARKS & call.keys()
        for call in calls
    )
    return of_one and not aggregates and not (NOT_UPDATABLE & query.keys())


def create_trigger(node: Node) -> a.Action:
    """CREATE TRIGGER; `timing` 2 is BEFORE in pg_trigger's bit mask."""
    table = relation_name(node["relation"])
    return a.CreateTrigger(
        table=table,
        trigger=node["trigname"],
        before_write=node.get("row", False) and node.get("timing") == 2,
        function=dotted_name(node["funcname"]),
        events=tuple(event for bit, event in EVENTS if node.get("events", 0) & bit),
        columns=strings(node.get("columns")),
        references=references(node.get("whenClause"), rows={"new": table, "old": table}),
        functions=functions_in(node.get("whenClause")),
        deferrable=node.get("deferrable", False),
        deferred=node.get("initdeferred", False),
    )


def drop(node: Node) -> a.Action:
    """DROP of any kind of object."""
    kind = OBJECT_KINDS.get(node["removeType"], "object")
    names, tables, arguments = [], [], []
    for item in node["objects"]:
        parts = _object_parts(item)
        if kind in ON_A_TABLE:
            tables.append(dotted_name(parts[:-1]))
            parts = parts[-1:]
        names.append(dotted_name(parts))
        if kind == "function":
            arguments.append(_argument_types(item))
    return a.Drop(
        kind=kind,
        names=tuple(names),
        tables=tuple(tables),
        arguments=tuple(arguments),
        if_exists=node.get("missing_ok", False),
        cascade=node.get("behavior") == CASCADE,
        concurrently=node.get("concurrent", False),
    )


def _argument_types(item: Node) -> tuple[str, ...] | None:
    written = item.get("ObjectWithArgs", {})
    if written.get("args_unspecified"):
        return None
    return tuple(type_name(each["TypeName"]) for each in written.get("objargs", ()))


def _object_parts(item: Node) -> list[Node]:
    if "List" in item:
        return item["List"]["items"]
    if "ObjectWithArgs" in item:
        return item["ObjectWithArgs"]["objname"]
    if "TypeName" in item:
        return item["TypeName"]["names"]
    return [item]


def rename(node: Node) -> a.Action:
    """RENAME of a table, column, constraint or another object."""
    new: str = node["newname"]
    kind: str = node["renameType"]
    if "relation" not in node:
        # A schema, a role or a database is named by a plain string.
        item = node.get("object")
        name = dotted_name(_object_parts(item)) if item else node.get("subname", "")
        return a.RenameObject(kind=OBJECT_KINDS.get(kind, "object"), name=name, new_name=new)
    table = relation_name(node["relation"])
    if_exists = node.get("missing_ok", False)
    if kind == "OBJECT_COLUMN":
        return a.RenameColumn(
            table=table, if_exists=if_exists, column=node["subname"], new_name=new
        )
    if kind == "OBJECT_TABCONSTRAINT":
        return a.RenameConstraint(
            table=table, if_exists=if_exists, constraint=node["subname"], new_name=new
        )
    if kind in ("OBJECT_TRIGGER", "OBJECT_POLICY", "OBJECT_RULE"):
        return a.RenameObject(
            kind=OBJECT_KINDS[kind], name=f"{node['subname']} on {table}", new_name=new
        )
    schema, dot, _ = table.rpartition(".")
    if kind == "OBJECT_TABLE":
        return a.RenameTable(table=table, if_exists=if_exists, new_name=schema + dot + new)
    return a.RenameObject(
        kind=OBJECT_KINDS.get(kind, "object"), name=table, new_name=schema + dot + new
    )


def set_schema(node: Node) -> a.Action:
    """SET SCHEMA of a table or of another object."""
    schema: str = node["newschema"]
    kind = OBJECT_KINDS.get(node["objectType"], "object")
    if "relation" not in node:
        name = dotted_name(_object_parts(node["object"]))
        return a.RenameObject(kind=kind, name=name, new_name=f"{schema}.{name}")
    table = relation_name(node["relation"])
    bare = table.rpartition(".")[2]
    new = search_path().name(schema, bare)
    if kind == "table":
        return a.SetSchema(table=table, if_exists=node.get("missing_ok", False), new_name=new)
    return a.RenameObject(kind=kind, name=table, new_name=new)


def create_domain(node: Node) -> a.Action:
    """CREATE DOMAIN; DEFAULT is not a constraint."""
    clauses = [item["Constraint"] for item in node.get("constraints", ())]
    by_kind = {clause["contype"]: clause for clause in clauses}
    return a.CreateObject(
        kind="domain",
        name=dotted_name(node["domainname"]),
        constrained=bool(by_kind.keys() & {"CONSTR_CHECK", "CONSTR_NOTNULL"}),
        base=type_name(node["typeName"]),
        default=expression(by_kind.get("CONSTR_DEFAULT", {}).get("raw_expr")),
    )
