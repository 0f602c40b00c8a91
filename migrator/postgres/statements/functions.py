"""CREATE FUNCTION and CREATE PROCEDURE."""

import json
from typing import NamedTuple

from pglast.error import Error as PglastError
from pglast.parser import parse_sql_json

from migrator.postgres.identifiers import identifier
from migrator.postgres.statements import actions as a
from migrator.postgres.statements.references import references
from migrator.postgres.statements.tree import Node, dotted_name, functions_in, strings, type_name

# Modes of parameters that a caller gives; no mode is one of them.
GIVEN = ("FUNC_PARAM_DEFAULT", "FUNC_PARAM_IN", "FUNC_PARAM_INOUT", "FUNC_PARAM_VARIADIC")
TABLE_COLUMN = "FUNC_PARAM_TABLE"
RETURNED = ("FUNC_PARAM_OUT", "FUNC_PARAM_INOUT", TABLE_COLUMN)
MODES = {"FUNC_PARAM_OUT": "OUT ", "FUNC_PARAM_INOUT": "INOUT ", "FUNC_PARAM_VARIADIC": "VARIADIC "}


class Interface(NamedTuple):
    """What callers of a function see.

    names: of its parameters, empty for one without. returns: as SQL, without lengths; empty for
    a procedure and where it is another column's type.
    """

    names: tuple[str, ...]
    returns: str


def interface(header: str) -> Interface | None:
    """What a header, ``(a integer) RETURNS text``, says; None where it cannot be read."""
    try:
        tree = json.loads(parse_sql_json(f"CREATE FUNCTION f{header} LANGUAGE sql AS ''"))
    except PglastError:
        return None
    node = tree["stmts"][0]["stmt"]["CreateFunctionStmt"]
    parameters = [item["FunctionParameter"] for item in node.get("parameters", ())]
    return Interface(
        names=tuple(p.get("name", "") for p in parameters if p.get("mode") != TABLE_COLUMN),
        returns=_returns(parameters, node.get("returnType")),
    )


def _returns(parameters: list[Node], returned: Node | None) -> str:
    """What comes back: the columns of a table, the OUT parameters, or a type."""
    columns = [p for p in parameters if p.get("mode") in RETURNED]
    if any("pct_type" in p["argType"] for p in columns) or "pct_type" in (returned or {}):
        return ""
    many = "SETOF " if (returned or {}).get("setof") else ""
    if not columns:
        return many + type_name(_without_length(returned)) if returned else ""
    written = ", ".join(_parameter(p | {"argType": _without_length(p["argType"])}) for p in columns)
    if any(p.get("mode") == TABLE_COLUMN for p in columns):
        return f"TABLE ({written})"
    return f"{many}({written})"


def _without_length(node: Node) -> Node:
    return {key: value for key, value in node.items() if key != "typmods"}


def create_function(node: Node) -> a.Action:
    """A function with its body as text, or what a body reads that is parsed at once."""
    options = {
        item["DefElem"]["defname"]: item["DefElem"].get("arg", {})
        for item in node.get("options", ())
    }
    volatility = options.get("volatility", {}).get("String", {}).get("sval", "")
    parameters = [item["FunctionParameter"] for item in node.get("parameters", ())]
    returns = node.get("returnType")
    texts = strings(options.get("as", {}).get("List", {}).get("items"))
    parsed = node.get("sql_body")
    language = options.get("language", {}).get("String", {}).get("sval", "sql")
    given = [p for p in parameters if p.get("mode", GIVEN[0]) in GIVEN]
    return a.CreateObject(
        kind="function",
        name=dotted_name(node["funcname"]),
        replace=node.get("replace", False),
        volatile=volatility not in ("stable", "immutable"),
        arguments=tuple(type_name(p["argType"]) for p in given),
        types=tuple(type_name(t) for t in (*(p["argType"] for p in parameters), returns) if t),
        header=_header(parameters, returns),
        language=language.lower(),
        body=texts[0] if texts and parsed is None else None,
        search_path=_search_path(node),
        references=references(parsed) if parsed else (),
        functions=functions_in(parsed) if parsed else (),
    )


def _header(parameters: list[Node], returns: Node | None) -> str:
    """``(a integer) RETURNS SETOF text``."""
    columns = [p for p in parameters if p.get("mode") == TABLE_COLUMN]
    others = [p for p in parameters if p not in columns]
    written = ", ".join(MODES.get(p.get("mode", ""), "") + _parameter(p) for p in others)
    if columns:
        return f"({written}) RETURNS TABLE ({', '.join(map(_parameter, columns))})"
    if returns is None:
        return f"({written})"
    many = "SETOF " if returns.get("setof") else ""
    return f"({written}) RETURNS {many}{type_name(returns)}"


def _parameter(node: Node) -> str:
    name = identifier(node["name"]) + " " if "name" in node else ""
    return name + type_name(node["argType"])


def _search_path(node: Node) -> tuple[str, ...]:
    for item in node.get("options", ()):
        setting = item["DefElem"].get("arg", {}).get("VariableSetStmt", {})
        if setting.get("name") == "search_path":
            values = (arg.get("A_Const", {}).get("sval", {}) for arg in setting.get("args", ()))
            return tuple(value["sval"] for value in values if "sval" in value)
    return ()
