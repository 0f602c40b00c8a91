"""Names as SQL writes them."""

from pglast.stream import maybe_double_quote_name


def identifier(name: str) -> str:
    """One name, in quotes where PostgreSQL needs them."""
    return maybe_double_quote_name(name)


def quoted(relation: str) -> str:
    """A relation as the linter names it, with or without its schema: ``app."Order"``."""
    return ".".join(identifier(part) for part in relation.split("."))
