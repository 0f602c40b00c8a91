"""SQL text in which SQLAlchemy sees no bind parameter.

``op.execute`` takes a colon before a word for a parameter, also in a string such as '{"v":2}'.
"""

from pglast.parser import scan

from migrator.postgres.bind_parameters import BIND


def bind_free(expression: str) -> str:
    """The same SQL, in which no colon stands before a word where it need not.

    A string is cut in two after the colon, which SQL reads as one where a line break is between
    them. Text in dollar quotes and quoted names cannot be helped.
    """
    parts: list[str] = []
    end = 0
    for token in scan(expression):
        parts.append(expression[end : token.start])
        end = token.end + 1
        parts.append(_without_bind(token.name, expression[token.start : end]))
    return "".join(parts) + expression[end:]


def _without_bind(kind: str, text: str) -> str:
    if kind == "ASCII_58":  # the colon of an array's slice
        return ": "
    return BIND.sub(":'\n'", text) if kind == "SCONST" and text.endswith("'") else text
