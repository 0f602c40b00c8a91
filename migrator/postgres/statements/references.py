"""The columns that a query, an expression or a body reads, as far as its text shows."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from migrator.postgres.statements.actions import Reference
from migrator.postgres.statements.tree import Node, relation_name

# Scopes from the innermost: the relation behind each name, None for a subquery or a function.
Scope = Mapping[str, str | None]
ALL_COLUMNS = "*"
NO_COLUMN = ""


class _Place(NamedTuple):
    """A part of the tree, and what is in scope there."""

    node: object
    scopes: tuple[Scope, ...]
    tables: frozenset[str]  # the names of the WITH queries, which hide relations


CHANGES = ("InsertStmt", "UpdateStmt", "DeleteStmt", "MergeStmt")


def references(
    node: object, scope: Scope | None = None, *, rows: Scope | None = None
) -> tuple[Reference, ...]:
    """What a tree reads, each once.

    scope: what is there without a FROM. rows: names, as NEW, whose columns are read by them alone.
    """
    found: dict[Reference, None] = {}
    pending = [_Place(node, (scope,) if scope is not None else (), frozenset())]
    while pending:
        place = pending.pop()
        if isinstance(place.node, list):
            pending += [place._replace(node=item) for item in place.node]
        elif isinstance(place.node, dict):
            for kind, fields in place.node.items():
                if kind == "SelectStmt":
                    pending += _query(fields, place, found)
                elif kind in CHANGES:
                    pending += _change(fields, place, found)
                elif kind == "ColumnRef":
                    found |= dict.fromkeys(_column(fields, place.scopes, rows or {}))
                else:
                    pending.append(place._replace(node=fields))
    return tuple(found)


def _query(fields: Node, place: _Place, found: dict[Reference, None]) -> Iterator[_Place]:
    tables = place.tables | _with_names(fields)
    scope: dict[str, str | None] = {}
    inner = place._replace(scopes=(scope, *place.scopes), tables=tables)
    yield from _sources(fields.get("fromClause", []), scope, inner, found)
    for key, value in fields.items():
        if key in ("larg", "rarg"):
            yield place._replace(node={"SelectStmt": value}, tables=tables)
        elif key == "withClause":
            yield place._replace(node=value, tables=tables)
        elif key not in ("fromClause", "intoClause"):
            yield inner._replace(node=value)


def _with_names(fields: Node) -> frozenset[str]:
    ctes = fields.get("withClause", {}).get("ctes", ())
    return frozenset(cte["CommonTableExpr"]["ctename"] for cte in ctes)


def _sources(
    node: object, scope: dict[str, str | None], inner: _Place, found: dict[Reference, None]
) -> Iterator[_Place]:
    """Fills the scope from a FROM clause; what is left to look at."""
    pending = [node]
    while pending:
        item = pending.pop()
        if isinstance(item, list):
            pending += item
            continue
        if not isinstance(item, dict):
            continue
        for kind, fields in item.items():
            if kind == "RangeVar":
                _add_relation(fields, scope, inner.tables, found)
            elif kind == "JoinExpr":
                pending += [fields.get("larg"), fields.get("rarg")]
                yield inner._replace(node=fields.get("quals"))
                for column in fields.get("usingClause", ()):
                    yield inner._replace(node={"ColumnRef": {"fields": [column]}})
            else:
                alias = fields.get("alias", {}).get("aliasname", "") if fields else ""
                scope[alias] = None
                yield inner._replace(node=fields)


def _add_relation(
    fields: Node,
    scope: dict[str, str | None],
    tables: frozenset[str],
    found: dict[Reference, None],
) -> str | None:
    alias = fields.get("alias", {}).get("aliasname", fields["relname"])
    if "schemaname" not in fields and fields["relname"] in tables:
        scope[alias] = None
        return None
    relation = relation_name(fields)
    scope[alias] = relation
    found[Reference(NO_COLUMN, ((relation,),))] = None
    return relation


def _change(fields: Node, place: _Place, found: dict[Reference, None]) -> Iterator[_Place]:
    """INSERT, UPDATE, DELETE or MERGE: what it reads, and the columns that it sets."""
    tables = place.tables | _with_names(fields)
    scope: dict[str, str | None] = {}
    inner = place._replace(scopes=(scope, *place.scopes), tables=tables)
    relation = _add_relation(fields["relation"], scope, frozenset(), found)
    sources = [fields.get(key) for key in ("fromClause", "usingClause", "sourceRelation")]
    yield from _sources([source for source in sources if source], scope, inner, found)
    for column in _columns_set(fields):
        found[Reference(column, ((relation,),))] = None
    for key, value in fields.items():
        if key == "withClause" or key == "selectStmt":
            yield place._replace(node=value, tables=tables)
        elif key not in ("relation", "fromClause", "usingClause", "sourceRelation", "cols"):
            yield inner._replace(node=value)


def _columns_set(fields: Node) -> Iterator[str]:
    targets = [*fields.get("cols", ())]
    if "selectStmt" in fields and not targets:
        yield ALL_COLUMNS
    if "cols" not in fields and "selectStmt" not in fields:
        targets += fields.get("targetList", ())
    for clause in fields.get("mergeWhenClauses", ()):
        targets += clause["MergeWhenClause"].get("targetList", ())
    conflict = fields.get("onConflictClause", {})
    targets += conflict.get("targetList", ())
    for target in targets:
        name = target.get("ResTarget", {}).get("name")
        if name:
            yield name
    for element in conflict.get("infer", {}).get("indexElems", ()):
        name = element["IndexElem"].get("name")
        if name:
            yield name


def _column(fields: Node, scopes: tuple[Scope, ...], rows: Scope) -> Iterator[Reference]:
    parts = fields.get("fields", [])
    names = [part["String"].get("sval", "") for part in parts if "String" in part]
    if "A_Star" in parts[-1]:
        names.append(ALL_COLUMNS)
    if len(names) == 1 and names[0] != ALL_COLUMNS:
        if scopes:
            yield Reference(names[0], tuple(tuple(scope.values()) for scope in scopes))
    elif len(names) == 1:
        for relation in scopes[0].values() if scopes else ():
            if relation is not None:
                yield Reference(ALL_COLUMNS, ((relation,),))
    else:
        behind = [scope[names[-2]] for scope in (*scopes, rows) if names[-2] in scope]
        if not behind and names[-1] != ALL_COLUMNS:
            yield Reference(names[-1], ())
        elif behind and behind[0] is not None:
            yield Reference(names[-1], ((behind[0],),))
