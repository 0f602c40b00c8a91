"""What a rule says of an object that PostgreSQL does not leave without what it needs."""

from collections.abc import Iterator

from migrator.lint.rule import Hit
from migrator.lint.scene import Scene
from migrator.postgres.statements import actions as a
from migrator.snapshot.dependent import Dependent

AnyColumnChange = a.DropColumn | a.RenameColumn | a.AlterColumnType

# The order that works, by the kind of what is in the way; {command} is the refused statement.
_ORDERS = {
    "policy": (
        "-- in one transaction, so that no row is open to all meanwhile:\n"
        "DROP POLICY {object} ON {relation};\n"
        "{command};\n"
        "CREATE POLICY {object} ON {relation} …;"
    ),
    "trigger": (
        "-- in one transaction, so that no write misses it:\n"
        "DROP TRIGGER {object} ON {relation};\n"
        "{command};\n"
        "CREATE TRIGGER {object} … ON {relation} …;"
    ),
    "rule": (
        "-- in one transaction, so that no query misses it:\n"
        "DROP RULE {object} ON {relation};\n"
        "{command};\n"
        "CREATE RULE {object} AS … TO {relation} …;"
    ),
    "generated column": (
        "-- once nothing uses it; made anew, a stored one writes every row:\n"
        "ALTER TABLE {relation} DROP COLUMN {object};\n"
        "{command};"
    ),
    "function": (
        "-- first made anew without it; or in one transaction:\n"
        "DROP FUNCTION {definition};\n"
        "{command};\n"
        "CREATE FUNCTION {definition} …;"
    ),
    "procedure": (
        "-- first made anew without it; or in one transaction:\n"
        "DROP PROCEDURE {definition};\n"
        "{command};\n"
        "CREATE PROCEDURE {definition} …;"
    ),
    "publication": (
        "-- in one transaction; then ALTER SUBSCRIPTION … REFRESH PUBLICATION at the subscribers:\n"
        "ALTER PUBLICATION {object} DROP TABLE {relation};\n"
        "{command};\n"
        "ALTER PUBLICATION {object} ADD TABLE {relation} …;"
    ),
    "default": (
        "-- first, with another default or none; a sequence is kept by ALTER SEQUENCE … OWNED BY\n"
        "ALTER TABLE {relation} ALTER COLUMN {object} DROP DEFAULT;\n"
        "{command};"
    ),
    "constraint": (
        "-- first, in a transaction of its own:\nALTER TABLE {relation} DROP CONSTRAINT {object};"
    ),
    "index": "-- first, outside a transaction:\nDROP INDEX CONCURRENTLY {object};",
    "column": (
        "-- first, once nothing uses it:\nALTER TABLE {relation} DROP COLUMN {object};\n{command};"
    ),
    "view": "-- first, or made anew without it:\nDROP VIEW {relation};",
    "materialized view": "-- first, or made anew without it:\nDROP MATERIALIZED VIEW {relation};",
}
_OTHERWISE = "-- first drop or change {definition}; then\n{command};"


def needed_by(dependent: Dependent, needed: str, scene: Scene) -> Hit:
    """The finding that PostgreSQL refuses, what is in the way, and the order that works."""
    return Hit(
        severity="unsafe",
        message=f"PostgreSQL refuses this: {dependent.described} needs {needed}",
        names={
            "object": dependent.name,
            "relation": dependent.table or dependent.name,
            "definition": dependent.name if dependent.kind in _ORDERS else dependent.described,
            "command": scene.step.statement.text,
        },
        safe_form=_ORDERS.get(dependent.kind, _OTHERWISE),
    )


def partition_key(action: a.DropColumn | a.AlterColumnType, scene: Scene) -> Iterator[Hit]:
    """A column of a partition key stays as it is, CASCADE or not."""
    for name in (action.table, *(c.name for c in scene.catalog.children(action.table))):
        table = scene.table(name)
        if table is not None and action.column in table.partition_key:
            yield Hit(
                severity="unsafe",
                message=(
                    f"PostgreSQL refuses this: {action.column} is part of the partition key of "
                    f"{name}"
                ),
                names={"table": action.table},
                safe_form=(
                    "-- a new table, partitioned as it shall be: copy in batches, keep both in "
                    "step\n-- with a trigger, then swap the names:\n"
                    "CREATE TABLE {table}_new (…) PARTITION BY …;"
                ),
            )
            return


def inherited(action: AnyColumnChange, change: str, scene: Scene) -> Iterator[Hit]:
    """A column of a partition, or of an inheriting table, changes with that of its parent."""
    table = scene.table(action.table)
    parent = scene.table(table.parent) if table and table.parent else None
    if parent is not None and action.column in parent.columns:
        yield Hit(
            severity="unsafe",
            message=(
                f"PostgreSQL refuses this: {action.table} inherits {action.column} from "
                f"{parent.name}"
            ),
            names={"table": parent.name, "change": change},
            safe_form="-- {change} it in the parent, which does so in all its parts:\n"
            "ALTER TABLE {table} …;",
        )
