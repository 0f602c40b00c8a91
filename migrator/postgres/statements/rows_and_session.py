"""Statements on rows, on storage and on the session."""

from collections.abc import Iterator
from typing import Literal

from migrator.postgres.statements import actions as a
from migrator.postgres.statements.tree import (
    Node,
    column_of,
    dotted_name,
    functions_in,
    relation_name,
    relations_in,
    walk,
)

LOCK_MODES = (
    "",
    "ACCESS SHARE",
    "ROW SHARE",
    "ROW EXCLUSIVE",
    "SHARE UPDATE EXCLUSIVE",
    "SHARE",
    "SHARE ROW EXCLUSIVE",
    "EXCLUSIVE",
    "ACCESS EXCLUSIVE",
)
CHANGES: dict[str, Literal["UPDATE", "DELETE", "INSERT"]] = {
    "InsertStmt": "INSERT",
    "UpdateStmt": "UPDATE",
    "DeleteStmt": "DELETE",
    # It may do all three.
    "MergeStmt": "UPDATE",
}
BY_SOURCE = "MERGE_WHEN_NOT_MATCHED_BY_SOURCE"
QUERY_OF = {"RangeSubselect": "subquery", "CommonTableExpr": "ctequery"}
# FOR KEY SHARE only keeps a key from being changed.
WRITES_WAIT = ("LCS_FORSHARE", "LCS_FORNOKEYUPDATE", "LCS_FORUPDATE")
COMPARISONS = {"AEXPR_OP", "AEXPR_IN", "AEXPR_BETWEEN", "AEXPR_OP_ANY"}


def query(node: Node) -> tuple[a.Action, ...]:
    """SELECT; INTO makes a table, and a CTE may change rows."""
    changes = tuple(_nested_changes(node))
    if "intoClause" in node:
        into = node["intoClause"]["rel"]
        table = a.CreateTable(
            table=relation_name(into),
            like=relations_in(node.get("fromClause")),
            temporary=into.get("relpersistence") == "t",
            from_query=True,
        )
        return (table, *changes)
    found = a.Query(
        functions=functions_in(node),
        tables=relations_in(node),
        locks_rows=_locked_rows(node),
        bounded="limitCount" in node or _is_bounded(node),
    )
    return (found, *changes)


def _locked_rows(select: Node) -> tuple[str, ...]:
    """The tables of which a SELECT locks the rows that it finds against writes."""
    sources = select.get("fromClause", ())
    known = {
        fields.get("alias", {}).get("aliasname", fields["relname"]): relation_name(fields)
        for kind, fields in walk(sources)
        if kind == "RangeVar"
    }
    found: list[str] = []
    for item in select.get("lockingClause", ()):
        clause = item["LockingClause"]
        if clause["strength"] in WRITES_WAIT:
            named = [each["RangeVar"]["relname"] for each in clause.get("lockedRels", ())]
            found += [known[name] for name in named or known if name in known]
    return tuple(dict.fromkeys(found))


def change_rows(kind: str, node: Node) -> tuple[a.Action, ...]:
    """INSERT, UPDATE, DELETE and MERGE, with those in its CTEs."""
    return (_change(kind, node), *_nested_changes(node))


def copy(node: Node) -> tuple[a.Action, ...]:
    """COPY; FROM adds rows, TO only reads."""
    adds = node.get("is_from", False)
    rows: a.Action = a.Annotate()
    if adds and "relation" in node:
        table = relation_name(node["relation"])
        rows = a.ChangeRows(table=table, command="INSERT", from_query=True)
    if "filename" in node:  # of a file or a program on the server
        return (rows,)
    return rows, a.CopyOverConnection(words="FROM STDIN" if adds else "TO STDOUT")


def _nested_changes(node: Node) -> Iterator[a.Action]:
    for kind, fields in walk(node):
        if kind in CHANGES:
            yield _change(kind, fields)


def _change(kind: str, node: Node) -> a.Action:
    where = node.get("whereClause")
    targets = [item["ResTarget"] for item in node.get("targetList", node.get("cols", ()))]
    columns = [target.get("name") for target in targets]
    select = node.get("selectStmt", {}).get("SelectStmt", {})
    return a.ChangeRows(
        table=relation_name(node["relation"]),
        command=CHANGES[kind],
        filtered=kind == "MergeStmt"
        or where is not None
        or "usingClause" in node
        or "fromClause" in node,
        bounded=_merges_few(node) if kind == "MergeStmt" else _is_bounded(node),
        from_query=bool(select) and "valuesLists" not in select,
        columns=tuple(column for column in columns if column),
        defaulted=_defaulted(targets, select),
        reads=relations_in({k: v for k, v in node.items() if k != "relation"}),
    )


def _defaulted(targets: list[Node], select: Node) -> tuple[str, ...]:
    """The columns that get nothing but DEFAULT, in each row of VALUES."""
    rows = [row["List"]["items"] for row in select.get("valuesLists", ())]
    columns = zip(*(rows or [[target.get("val", {}) for target in targets]]), strict=False)
    return tuple(
        target["name"]
        for target, values in zip(targets, columns, strict=False)
        if "name" in target and all("SetToDefault" in value for value in values)
    )


def _is_bounded(change: Node) -> bool:
    """Whether WHERE picks rows by value, rather than by IS NULL, a constant or a table."""
    if "whereClause" not in change:
        return False
    sources = [change.get(k) for k in ("whereClause", "withClause", "fromClause", "usingClause")]
    if _are_few(sources):
        return True
    ends: set[tuple[str, bool]] = set()
    for kind, fields in walk(change["whereClause"]):
        if kind != "A_Expr" or fields.get("kind") not in COMPARISONS:
            continue
        operator = dotted_name(fields.get("name", []))
        left, right = (column_of(fields.get(side)) for side in ("lexpr", "rexpr"))
        if operator == "<>" or (left is None) == (right is None):
            continue
        if fields["kind"] != "AEXPR_OP" or operator[0] not in "<>":
            return True
        ends.add((left or right or "", (operator[0] == "<") is (right is None)))
    # A range with one end may be the whole table.
    return any((column, not upper) in ends for column, upper in ends)


def _merges_few(merge: Node) -> bool:
    clauses = [item["MergeWhenClause"] for item in merge.get("mergeWhenClauses", ())]
    by_source = any(clause["matchKind"] == BY_SOURCE for clause in clauses)
    return not by_source and _are_few([merge["sourceRelation"], merge.get("withClause")])


def _are_few(sources: list[Node | None]) -> bool:
    """Whether the rows come from a query with LIMIT or from VALUES."""
    for kind, fields in walk(sources):
        if kind == "SelectStmt" and "limitCount" in fields:
            return True
        rows = fields.get(QUERY_OF.get(kind, ""), {})
        if "valuesLists" in rows.get("SelectStmt", {}):
            return True
    return False


def truncate(node: Node) -> a.Action:
    """TRUNCATE."""
    tables = tuple(relation_name(item["RangeVar"]) for item in node["relations"])
    return a.Truncate(tables=tables, cascade=node.get("behavior") == "DROP_CASCADE")


def lock_table(node: Node) -> a.Action:
    """LOCK TABLE."""
    tables = tuple(relation_name(item["RangeVar"]) for item in node["relations"])
    return a.LockTable(tables=tables, mode=LOCK_MODES[node["mode"]])


def option(node: Node, key: str, name: str) -> bool:
    """Whether an option of a list such as ``(ANALYZE, VERBOSE off)`` is on."""
    for item in node.get(key, ()):
        option = item["DefElem"]
        if option["defname"] == name:
            argument = option.get("arg")
            return argument is None or _text(argument) not in ("false", "off", "0")
    return False


def _text(node: Node) -> str:
    for _, fields in walk(node):
        for key in ("sval", "boolval", "ival", "fval"):
            if key in fields:
                value = fields[key]
                return str(value.get(key, 0) if isinstance(value, dict) else value).lower()
    return ""


def vacuum(node: Node) -> tuple[a.Action, ...]:
    """VACUUM and ANALYZE."""
    rels = [item["VacuumRelation"] for item in node.get("rels", ())]
    tables = tuple(relation_name(rel["relation"]) for rel in rels if "relation" in rel)
    if node.get("is_vacuumcmd") and option(node, "options", "full"):
        return tuple(a.RewriteTable(command="VACUUM FULL", table=t) for t in tables or (None,))
    return (a.Maintain(tables=tables, vacuum=node.get("is_vacuumcmd", False)),)


def cluster(node: Node) -> a.Action:
    """CLUSTER of one table or of all that were clustered before."""
    relation = node.get("relation")
    return a.RewriteTable(command="CLUSTER", table=relation_name(relation) if relation else None)


def reindex(node: Node) -> a.Action:
    """REINDEX."""
    scope = node["kind"].removeprefix("REINDEX_OBJECT_").lower()
    relation = node.get("relation")
    return a.Reindex(
        scope=scope,
        target=relation_name(relation) if relation else node.get("name"),
        concurrently=option(node, "params", "concurrently"),
    )


def refresh(node: Node) -> a.Action:
    """REFRESH MATERIALIZED VIEW."""
    return a.Refresh(
        view=relation_name(node["relation"]),
        concurrently=node.get("concurrent", False),
        with_data=not node.get("skipData", False),
    )


def setting(node: Node) -> a.Action:
    """SET and RESET; ALL resets every setting."""
    values = []
    for item in node.get("args", ()):
        constant = item.get("A_Const", {})
        integer = constant.get("ival", {}).get("ival", 0)
        fraction = constant.get("fval", {}).get("fval")
        text = constant.get("sval", {}).get("sval", fraction)
        values.append(text if text is not None else str(integer))
    is_set = node["kind"] in ("VAR_SET_VALUE", "VAR_SET_MULTI") and bool(values)
    return a.Setting(
        name=node.get("name", "all").lower(),
        value=", ".join(values) if is_set else None,
        local=node.get("is_local", False),
    )


def transaction(node: Node) -> a.Action:
    """BEGIN, COMMIT and their kin."""
    kind: str = node["kind"].removeprefix("TRANS_STMT_")
    if kind in ("BEGIN", "START"):
        return a.TransactionControl(command="begin")
    if kind in ("COMMIT", "PREPARE", "COMMIT_PREPARED"):
        return a.TransactionControl(
            command="commit", chain=node.get("chain", False), prepares=kind == "PREPARE"
        )
    if kind in ("ROLLBACK", "ROLLBACK_PREPARED"):
        return a.TransactionControl(command="rollback", chain=node.get("chain", False))
    name = node.get("savepoint_name") if kind in ("SAVEPOINT", "ROLLBACK_TO") else None
    return a.TransactionControl(command="savepoint", savepoint=name, undoes=kind == "ROLLBACK_TO")


def call(node: Node) -> a.Action:
    """CALL of a procedure, which may even commit."""
    names = functions_in({"FuncCall": node["funccall"]})
    return a.Opaque(
        what=f"CALL {names[0] if names else ''}".strip(),
        reason="what the procedure runs is not part of the statement",
        procedure=names[0] if names else None,
    )


def grant(node: Node) -> a.Action:
    """GRANT and REVOKE."""
    if node.get("is_grant"):
        return a.Annotate()
    objects = relations_in(node.get("objects"))
    name = ", ".join(objects) or "the object"
    return a.ChangeObject(kind="object", name=name, change="REVOKE")
