"""Through which table the rows of a leaf are changed."""

from collections.abc import Iterable
from dataclasses import dataclass

from psycopg import sql

from migrator.backfill.definition import Backfill
from migrator.backfill.table_name import parse_table_name
from migrator.backfill.target import Leaf


@dataclass(frozen=True, kw_only=True)
class Scope:
    """The leaf itself, or the table that it is a partition of, narrowed to the leaf.

    table: as UPDATE names it. called: the same under the name that the backfill's expressions know
        its table by. within: true for the leaf's rows only.
    """

    table: sql.Composable
    called: sql.Composable
    within: sql.Composable


def scope_of(backfill: Backfill, leaf: Leaf, columns: Iterable[str]) -> Scope:
    """For a change of these columns.

    PostgreSQL moves a row to another partition only where the partitioned table is named.
    """
    name = parse_table_name(backfill.table)[-1]
    if leaf.root is not None and not leaf.partition_columns.isdisjoint(columns):
        table: sql.Composable = sql.Identifier(*leaf.root)
        is_called_so = leaf.root[-1] == name
        within = sql.SQL("tableoid = {}::oid").format(sql.Literal(leaf.oid))
    else:
        table = sql.SQL("ONLY {}").format(leaf.identifier)
        is_called_so = leaf.name == name
        within = sql.SQL("true")
    # Not renamed without need: its schema could not be named any more.
    called = table if is_called_so else sql.SQL("{} AS {}").format(table, sql.Identifier(name))
    return Scope(table=table, called=called, within=within)
