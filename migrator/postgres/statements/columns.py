"""Column and constraint definitions of CREATE TABLE and ALTER TABLE."""

from itertools import zip_longest
from typing import Literal

from migrator.postgres.statements.actions import NewColumn, NewConstraint, Span
from migrator.postgres.statements.tree import (
    Node,
    dotted_name,
    expression,
    is_serial,
    relation_name,
    strings,
    type_name,
)
from migrator.snapshot.catalog import ConstraintKind, KeyAction

KINDS: dict[str, ConstraintKind] = {
    "CONSTR_CHECK": "check",
    "CONSTR_FOREIGN": "foreign key",
    "CONSTR_UNIQUE": "unique",
    "CONSTR_PRIMARY": "primary key",
    "CONSTR_EXCLUSION": "exclude",
    "CONSTR_NOTNULL": "not null",
}
KEY_ACTIONS: dict[str, KeyAction] = {
    "r": "restrict",
    "c": "cascade",
    "n": "set null",
    "d": "set default",
}
# DEFERRABLE and the like belong to the constraint before them.
ATTRIBUTE = "CONSTR_ATTR_"
ATTRIBUTES: dict[str, Node] = {
    "CONSTR_ATTR_DEFERRABLE": {"deferrable": True},
    "CONSTR_ATTR_DEFERRED": {"deferrable": True, "initdeferred": True},
}


def new_constraint(
    node: Node, column: str | None = None, span: Span | None = None
) -> NewConstraint | None:
    """A Constraint node, or None for what is no constraint (DEFAULT, DEFERRABLE …).

    column: the column it was written after, if it was, and then `span`.
    """
    kind = KINDS.get(node["contype"])
    if kind is None:
        return None
    keys = strings(node.get("fk_attrs")) or strings(node.get("keys"))
    if kind == "exclude":
        elements = [item["List"]["items"][0]["IndexElem"] for item in node["exclusions"]]
        keys = tuple(element["name"] for element in elements if "name" in element)
    check = expression(node.get("raw_expr"))
    if kind == "check" and check is not None:
        keys = check.columns
    return NewConstraint(
        name=node.get("conname"),
        kind=kind,
        columns=keys or ((column,) if column else ()),
        not_valid=node.get("skip_validation", False),
        enforced=node.get("is_enforced", False) or kind not in ("check", "foreign key"),
        no_inherit=node.get("is_no_inherit", False),
        references=relation_name(node["pktable"]) if "pktable" in node else None,
        referenced_columns=strings(node.get("pk_attrs")),
        using_index=node.get("indexname"),
        deferrable=node.get("deferrable", False),
        deferred=node.get("initdeferred", False),
        on_update=KEY_ACTIONS.get(node.get("fk_upd_action", ""), "no action"),
        on_delete=KEY_ACTIONS.get(node.get("fk_del_action", ""), "no action"),
        expression=check,
        span=span or Span(node.get("location", 0)),
    )


def new_column(node: Node) -> NewColumn:
    """A ColumnDef node."""
    written = [item["Constraint"] for item in node.get("constraints", ())]
    by_kind = {constraint["contype"]: constraint for constraint in written}
    name: str = node["colname"]
    type_node = node.get("typeName", {"names": []})
    primary = "CONSTR_PRIMARY" in by_kind
    default = by_kind.get("CONSTR_DEFAULT", {})
    generated: Node = by_kind.get("CONSTR_GENERATED", {})
    collation: Node = node.get("collClause", {})
    spans = _spans(written, collation)
    constraints = (
        new_constraint(c, name, spans.get(c["location"])) for c in _with_attributes(written)
    )
    serial = is_serial(type_node)
    return NewColumn(
        name=name,
        type=type_name(type_node),
        not_null="CONSTR_NOTNULL" in by_kind or primary or serial,
        collation=dotted_name(collation.get("collname", [])) or None,
        default=expression(default.get("raw_expr")),
        default_span=spans.get(default.get("location"), Span()),
        serial=serial,
        identity="CONSTR_IDENTITY" in by_kind,
        generated=_generated(generated) if generated else None,
        generation=expression(generated.get("raw_expr")),
        constraints=tuple(c for c in constraints if c is not None and c.kind != "not null"),
    )


def _with_attributes(written: list[Node]) -> list[Node]:
    """The clauses, each with what is said after it of when it is checked."""
    found: list[Node] = []
    for clause in written:
        attribute = ATTRIBUTES.get(clause["contype"])
        if attribute is not None and found:
            found[-1] = found[-1] | attribute
        else:
            found.append(clause)
    return found


def _spans(written: list[Node], collation: Node) -> dict[int | None, Span]:
    """Where the clauses of a column are written, by their start."""
    starts: list[int] = [c["location"] for c in written if not c["contype"].startswith(ATTRIBUTE)]
    if collation:
        starts.append(collation["location"])
    starts.sort()
    return {start: Span(start, end) for start, end in zip_longest(starts, starts[1:])}


def _generated(node: Node) -> Literal["stored", "virtual"]:
    return "stored" if node.get("generated_kind") == "s" else "virtual"
