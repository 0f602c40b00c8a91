"""Names as SQL writes them."""

from pglast.stream import maybe_double_quote_name

NAME_BYTES = 63


def identifier(name: str) -> str:
    """One name, in quotes where PostgreSQL needs them."""
    return maybe_double_quote_name(name)


def quoted(relation: str) -> str:
    """A relation as the linter names it, with or without its schema: ``app."Order"``."""
    return ".".join(identifier(part) for part in relation.split("."))


def object_name(table: str, columns: str, suffix: str) -> str:
    """The name that PostgreSQL makes for a constraint or an index: ``t_a_not_null``.

    columns: joined by underscores, empty for none. Where it would be longer than a name may be,
    the longer of table and columns is cut, and then the other along with it.
    """
    room = NAME_BYTES - len(suffix.encode()) - (2 if columns else 1)
    first, second = len(table.encode()), len(columns.encode())
    while first + second > room:
        if first > second:
            first -= 1
        else:
            second -= 1
    parts = (_cut(table, first), _cut(columns, second), suffix)
    return "_".join(part for part in parts if part)


def _cut(name: str, count: int) -> str:
    """The first bytes of a name, without half a letter."""
    return name.encode()[:count].decode(errors="ignore")
