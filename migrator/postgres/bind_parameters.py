"""What SQLAlchemy's `text()`, and with it `op.execute`, takes for a bind parameter."""

import re

# A colon before a word, also inside a string.
BIND = re.compile(r"(?<![:\w\\]):(?=\w+(?!:))")


def escaped(sql: str) -> str:
    r"""The same SQL for `text()`, which reads ``\:`` as a colon that is none of its own."""
    return BIND.sub(r"\\:", sql)
