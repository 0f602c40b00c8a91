"""What the safe forms of constraints, wherever they are written, are filled with."""

from migrator.lint.scene import Scene
from migrator.postgres.default_names import default_name
from migrator.postgres.identifiers import identifier, quoted
from migrator.postgres.statements import actions as a
from migrator.postgres.statements.as_written import constraint_definition, key_index


def constraint_names(table: str, constraint: a.NewConstraint, scene: Scene) -> dict[str, str]:
    """Placeholders for a constraint of the statement at hand.

    definition: the constraint as written, without its name. key: of a unique constraint or a
    primary key, its index as after the table's name; deferral: its DEFERRABLE. index: that
    index with its schema.
    """
    name = constraint.name or default_name(table, constraint)
    schema, dot, _ = table.rpartition(".")
    columns = ", ".join(map(identifier, constraint.columns)) or "…"
    definition = constraint_definition(scene.step.statement, constraint)
    written = key_index(constraint, definition) if definition else None
    key, deferral = written or (f"({columns})", "")
    return {
        "table": table,
        "constraint": name,
        "index": schema + dot + name,
        "kind": constraint.kind.upper(),
        "columns": columns,
        "definition": definition or _generic(constraint, columns),
        "key": key,
        "deferral": deferral,
    }


def _generic(constraint: a.NewConstraint, columns: str) -> str:
    """The definition as far as the summary knows it, for a statement inside of a DO block."""
    if constraint.kind == "foreign key":
        return f"FOREIGN KEY ({columns}) REFERENCES {quoted(constraint.references or '…')}"
    if constraint.kind == "not null":
        return f"NOT NULL {columns}"
    is_check = constraint.kind == "check"
    return f"{constraint.kind.upper()} ({'…' if is_check else columns})"
