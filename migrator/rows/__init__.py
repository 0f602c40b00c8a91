"""Generated rows: for the tables of a scratch database, so that a schema change meets some.

Nothing here reads a table that holds a user's data, and nothing judges what the rows are for.
"""

from migrator.rows.generator import Refusal, RowGenerator
from migrator.rows.nulls import fill_nulls

__all__ = ["Refusal", "RowGenerator", "fill_nulls"]
