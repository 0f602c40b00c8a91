"""The names that PostgreSQL chooses itself."""

from migrator.postgres.identifiers import object_name
from migrator.postgres.statements import actions as a


def name_of(table: str, new: a.NewConstraint) -> str:
    """The constraint's name, as written or as PostgreSQL chooses it."""
    return new.name or default_name(table, new)


def default_name(table: str, new: a.NewConstraint) -> str:
    """The name of a constraint that has none written."""
    bare = table.rpartition(".")[2]
    # A check names its column only where there is one.
    of_several = new.kind == "check" and len(new.columns) > 1
    joined = "" if of_several else "_".join(new.columns)
    suffix = {
        "check": "check",
        "foreign key": "fkey",
        "unique": "key",
        "primary key": "pkey",
        "exclude": "excl",
        "not null": "not_null",
    }[new.kind]
    return object_name(bare, "" if new.kind == "primary key" else joined, suffix)


def sequence_name(table: str, column: str) -> str:
    """That of a serial or identity column's sequence."""
    schema, dot, bare = table.rpartition(".")
    return f"{schema}{dot}{object_name(bare, column, 'seq')}"
