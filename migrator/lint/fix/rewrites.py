"""The mechanical rewrites, one function an operation of Alembic. Each returns new statements."""

from collections.abc import Sequence

from migrator.lint.fix.place import LeftAlone, Place, Statement
from migrator.postgres.identifiers import NAME_BYTES, identifier, object_name
from migrator.postgres.statements import actions as a

NAMES = ("constraint_name", "table_name", "source_table", "column_name", "schema", "source_schema")


def create_index(place: Place, _action: a.CreateIndex) -> Sequence[Statement]:
    """CONCURRENTLY, in an autocommit block, without IF NOT EXISTS."""
    return [place.outside(place.changed(true=["postgresql_concurrently"], remove="if_not_exists"))]


def drop_index(place: Place, _action: a.Drop) -> Sequence[Statement]:
    """CONCURRENTLY and IF EXISTS, in an autocommit block."""
    return [place.outside(place.changed(true=["postgresql_concurrently", "if_exists"]))]


def add_constraint(place: Place, action: a.AddConstraint) -> Sequence[Statement]:
    """NOT VALID for a check or a foreign key, then VALIDATE outside the transaction."""
    name = constraint_name(action)
    place.require_constant(*NAMES, positions=2)
    added = place.changed(true=["postgresql_not_valid"])
    return [added, place.validate(name)]


def add_unique(place: Place, action: a.AddConstraint) -> Sequence[Statement]:
    """A unique index built CONCURRENTLY, then the constraint made from it."""
    others = place.keywords - {*NAMES, "columns"}
    if others:  # deferrable and other options belong to the constraint, not to an index
        raise LeftAlone(f"{min(others)}= is not an option of an index")
    if not action.constraint.columns:
        raise LeftAlone("it names no columns")
    name = constraint_name(action)
    place.require_no_comment()
    place.require_constant(*NAMES, "columns", positions=3)
    literal, relation = place.literal, place.relation
    columns = ", ".join(map(literal, action.constraint.columns))
    schema = f", schema={literal(relation.schemaname)}" if relation.schemaname else ""
    index = place.op(
        f"create_index({literal(name)}, {literal(relation.relname)}, [{columns}], unique=True"
        f"{schema}, postgresql_concurrently=True)"
    )
    return [place.outside(index), use_index(place, name)]


def use_index(place: Place, name: str) -> Statement:
    """The statement that makes a unique constraint of the index of the same name."""
    key = identifier(name)
    sql = f"ALTER TABLE {place.table} ADD CONSTRAINT {key} UNIQUE USING INDEX {key}"
    return place.execute(sql)


def alter_column(place: Place, action: a.SetNotNull) -> Sequence[Statement]:
    """What else the call changes as a call of its own before; then as `set_not_null`."""
    place.require_no_comment()
    place.require_constant(*NAMES, "nullable", positions=2)
    if "new_column_name" in place.keywords:
        raise LeftAlone("it also gives the column another name")
    changes = place.keywords - {*NAMES, "nullable"}
    others = any(not name.startswith("existing_") for name in changes)
    rest = [place.changed(remove="nullable")] if others else []
    return [*rest, *set_not_null(place, action)]


def set_not_null(place: Place, action: a.SetNotNull) -> Sequence[Statement]:
    """A NOT VALID constraint, VALIDATE, and SET NOT NULL that has nothing left to read."""
    if not place.relation.inh:
        raise LeftAlone("ONLY one table of an inheritance is meant")
    table, column = place.table, identifier(action.column)
    if place.version >= 180000:
        constraint = object_name(place.relation.relname, action.column, "not_null")
        added = f"ALTER TABLE {table} ADD CONSTRAINT {identifier(constraint)} NOT NULL {column}"
        return [place.execute(f"{added} NOT VALID"), place.validate(constraint)]
    # Not as PostgreSQL 18 names what SET NOT NULL makes, which would get another name beside it.
    constraint = f"{action.column}_set"
    if len(constraint.encode()) > NAME_BYTES:  # shortened it may be that of another column
        raise LeftAlone(f"{constraint} is too long for the name of a constraint")
    name = identifier(constraint)
    added = f"ALTER TABLE {table} ADD CONSTRAINT {name} CHECK ({column} IS NOT NULL) NOT VALID"
    return [
        place.execute(added),
        place.validate(constraint),
        place.execute(f"ALTER TABLE {table} ALTER COLUMN {column} SET NOT NULL"),
        place.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}"),
    ]


def constraint_name(action: a.AddConstraint) -> str:
    """The constraint's name. Raises LeftAlone."""
    if action.constraint.name is None:  # PostgreSQL's own depends on which are taken
        raise LeftAlone("the constraint has no name")
    return action.constraint.name
