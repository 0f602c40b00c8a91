"""Names, types and expressions read off the JSON form of PostgreSQL's parse tree."""

import re
from collections.abc import Iterator
from typing import Any

from migrator.postgres.statements.actions import Expression
from migrator.snapshot.names import search_path

Node = dict[str, Any]

# The parser's internal names, as format_type would write them.
TYPE_NAMES = {
    "int2": "smallint",
    "int4": "integer",
    "int8": "bigint",
    "float4": "real",
    "float8": "double precision",
    "bool": "boolean",
    "varchar": "character varying",
    "bpchar": "character",
    "varbit": "bit varying",
    "timestamptz": "timestamp with time zone",
    "timestamp": "timestamp without time zone",
    "timetz": "time with time zone",
    "time": "time without time zone",
    "decimal": "numeric",
}
SERIAL_TYPES = {
    "serial": "integer",
    "serial4": "integer",
    "bigserial": "bigint",
    "serial8": "bigint",
    "smallserial": "smallint",
    "serial2": "smallint",
}
# By the modifier, a bit for each field as in PostgreSQL's INTERVAL_MASK; 32767 is all fields.
INTERVAL_FIELDS = {
    "4": "year",
    "2": "month",
    "8": "day",
    "1024": "hour",
    "2048": "minute",
    "4096": "second",
    "6": "year to month",
    "1032": "day to hour",
    "3080": "day to minute",
    "7176": "day to second",
    "3072": "hour to minute",
    "7168": "hour to second",
    "6144": "minute to second",
}
NAME_PART = re.compile(r'"((?:[^"]|"")+)"|([^\s".]+)')
SYSTEM_SCHEMA = "pg_catalog"


def relation_name(node: Node) -> str:
    """The name of a RangeVar."""
    return search_path().name(node.get("schemaname"), node["relname"])


def dotted_name(parts: list[Node]) -> str:
    """The name that a list of String nodes spells, bare in pg_catalog."""
    names = [part["String"].get("sval", "") for part in parts if "String" in part]
    if len(names) > 1 and names[0] == SYSTEM_SCHEMA:
        names = names[1:]
    if len(names) > 1:
        return search_path().name(names[0], ".".join(names[1:]))
    return ".".join(names)


def strings(parts: list[Node] | None) -> tuple[str, ...]:
    """The values of a list of String nodes."""
    return tuple(part["String"].get("sval", "") for part in parts or () if "String" in part)


def type_name(node: Node) -> str:
    """A type as format_type writes it: ``character varying(255)``, ``numeric(10,2)[]``."""
    name = dotted_name(node.get("names", []))
    name = SERIAL_TYPES.get(name, TYPE_NAMES.get(name, name))
    modifiers = [_integer(modifier) for modifier in node.get("typmods", ())]
    if name == "interval" and modifiers:
        fields = INTERVAL_FIELDS.get(modifiers[0], "")
        name, modifiers = f"interval {fields}".rstrip(), modifiers[1:]
    if name == "numeric" and len(modifiers) == 1:
        modifiers.append("0")
    # bpchar without a length is written `bpchar`; CHAR alone comes with the modifier 1.
    if modifiers:
        inside = f"({','.join(modifiers)})"
        first, _, rest = name.partition(" with")
        is_time = name.startswith("time")
        name = f"{first}{inside} with{rest}" if is_time and rest else name + inside
    return name + "[]" * len(node.get("arrayBounds", ()))


def is_serial(node: Node) -> bool:
    """Whether a TypeName is one of the serial pseudo-types."""
    return dotted_name(node.get("names", [])) in SERIAL_TYPES


def _integer(node: Node) -> str:
    constant = node.get("A_Const", {})
    return str(constant.get("ival", {}).get("ival", 0)) if "ival" in constant else "?"


def walk(node: object) -> Iterator[tuple[str, Node]]:
    """Every named node below, as (kind, fields), without recursion limits."""
    pending = [node]
    while pending:
        current = pending.pop()
        if isinstance(current, list):
            pending.extend(current)
        elif isinstance(current, dict):
            for key, value in current.items():
                if isinstance(value, dict):
                    if key[:1].isupper():
                        yield key, value
                    pending.append(value)
                elif isinstance(value, list):
                    pending.append(value)


def column_of(node: Node | None) -> str | None:
    """The column's name where the node is a plain reference to one."""
    fields = (node or {}).get("ColumnRef", {}).get("fields", [])
    if not fields or "String" not in fields[-1]:
        return None
    return fields[-1]["String"].get("sval", "")


def functions_in(node: object) -> tuple[str, ...]:
    """The functions that a tree calls, lower case, each once."""
    names = [
        dotted_name(fields["funcname"]).lower() for kind, fields in walk(node) if kind == "FuncCall"
    ]
    return tuple(dict.fromkeys(names))


def columns_in(node: object) -> tuple[str, ...]:
    """The columns that a tree reads, each once."""
    names = [column_of({kind: fields}) for kind, fields in walk(node) if kind == "ColumnRef"]
    return tuple(dict.fromkeys(name for name in names if name is not None))


def relations_in(node: object) -> tuple[str, ...]:
    """The relations that a tree reads, each once."""
    names = [relation_name(fields) for kind, fields in walk(node) if kind == "RangeVar"]
    return tuple(dict.fromkeys(names))


def expression(node: Node | None) -> Expression | None:
    """The summary of an expression's tree."""
    if node is None:
        return None
    required = (_not_null_column(part) for part in _joined_by_and(node))
    cast = node.get("TypeCast")
    return Expression(
        functions=functions_in(node),
        columns=columns_in(node),
        not_null_column=_not_null_column(node),
        not_null_columns=tuple(column for column in required if column is not None),
        is_column=column_of(node),
        cast_of=column_of(cast["arg"]) if cast else None,
        cast_to=type_name(cast["typeName"]) if cast else None,
        has_subquery=any(kind in ("SubLink", "SelectStmt") for kind, _ in walk(node)),
        sequences=sequences_in(node),
        is_null=bool(_without_casts(node).get("A_Const", {}).get("isnull")),
    )


def sequences_in(node: object) -> tuple[str, ...]:
    """The sequences that a tree draws from, by the names in each ``nextval('name')``."""
    found = []
    for kind, fields in walk(node):
        if kind == "FuncCall" and strings(fields["funcname"])[-1].lower() == "nextval":
            argument = _without_casts(fields.get("args", [{}])[0])
            written = argument.get("A_Const", {}).get("sval", {}).get("sval")
            if written:
                found.append(written_name(written))
    return tuple(found)


def written_name(text: str) -> str:
    """The relation that a text names as SQL would: ``app."Order"``."""
    parts = [
        match[1].replace('""', '"') if match[1] else match[2].lower()
        for match in NAME_PART.finditer(text)
    ]
    return search_path().name(parts[-2] if len(parts) > 1 else None, parts[-1]) if parts else text


def _not_null_column(node: Node) -> str | None:
    test = node.get("NullTest")
    return column_of(test["arg"]) if test and test["nulltesttype"] == "IS_NOT_NULL" else None


def _joined_by_and(node: Node) -> Iterator[Node]:
    """The conditions that must all hold for an expression to hold."""
    pending = [node]
    while pending:
        part = pending.pop()
        both = part.get("BoolExpr")
        if both is not None and both["boolop"] == "AND_EXPR":
            pending += both["args"]
        else:
            yield part


def _without_casts(node: Node) -> Node:
    while "TypeCast" in node:
        node = node["TypeCast"]["arg"]
    return node
