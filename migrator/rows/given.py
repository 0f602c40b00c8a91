"""What a table gives a row by itself, and what it takes from other tables."""

from migrator.snapshot import Column, Constraint, Table


def keys_of(table: Table) -> list[Constraint]:
    """The foreign keys that a row must satisfy: not those that PostgreSQL made out of these."""
    return [key for key in table.foreign_keys() if not key.derived]


def given(table: Table, column: Column) -> bool:
    """Whether a column is best left to the table: it is generated or has a default.

    A constant default is no value for more than one row of a column that is unique by itself.
    """
    if column.identity or column.generated:
        return True
    if column.default is None:
        return False
    return "(" in column.default or not any(
        index.unique and index.columns == (column.name,) for index in table.indexes.values()
    )
