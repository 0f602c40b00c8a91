"""SQL reduced to what the rules ask about: one small frozen dataclass an action.

The parser's own tree stops here: nothing outside this package sees it.
"""

from migrator.postgres.statements.statement import (
    Statement,
    summarise,
    unsendable_character,
)

__all__ = ["Statement", "summarise", "unsendable_character"]
