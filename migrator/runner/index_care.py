"""Concurrent index work that may have been interrupted, made repeatable.

An interrupted CREATE INDEX CONCURRENTLY leaves an invalid index that costs every write and
serves no query, and makes the next attempt fail, or with IF NOT EXISTS do nothing at all.
"""

# ruff: noqa: S608 - the part is a constant of this module

import logging
import time
from dataclasses import dataclass

from psycopg import sql
from psycopg.rows import TupleRow

from migrator.postgres.statements import actions as a
from migrator.runner.concurrent_care import ConcurrentCare

logger = logging.getLogger(__name__)

POLL_SECONDS = 0.2

# Databases made from one template have the same oids.
_SHOWN = """
SELECT x.indisvalid, t.relname, ns.nspname, ix.relname,
       (SELECT pid FROM pg_stat_progress_create_index
        WHERE datname = current_database() AND index_relid = ix.oid)
"""

_STATE = f"""
{_SHOWN}
FROM pg_class ix JOIN pg_namespace ns ON ns.oid = ix.relnamespace
JOIN pg_index x ON x.indexrelid = ix.oid JOIN pg_class t ON t.oid = x.indrelid
WHERE ix.relname = %s AND ix.relnamespace = (
  SELECT relnamespace FROM pg_class WHERE oid = to_regclass(%s))
"""

# Of an index without a name PostgreSQL makes one up, and a number behind it if that is taken.
_UNNAMED = f"""
{_SHOWN}
FROM pg_index x JOIN pg_class t ON t.oid = x.indrelid
JOIN pg_class ix ON ix.oid = x.indexrelid JOIN pg_namespace ns ON ns.oid = ix.relnamespace
WHERE x.indrelid = to_regclass(%(table)s) AND ix.relname ~ '_idx[0-9]*$'
  AND x.indisunique = %(unique)s AND (x.indpred IS NOT NULL) = %(partial)s
  AND x.indnatts = %(width)s AND %(columns)s::text[] = ARRAY(
    SELECT a.attname::text FROM unnest(x.indkey) WITH ORDINALITY k (number, place)
    JOIN pg_attribute a ON a.attrelid = x.indrelid AND a.attnum = k.number
    WHERE k.place <= x.indnkeyatts ORDER BY k.place)
ORDER BY x.indexrelid
"""

# REINDEX CONCURRENTLY works on copies named so, with a number if it was interrupted before.
_LEFTOVERS = """
SELECT ns.nspname, ix.relname
FROM pg_index x JOIN pg_class ix ON ix.oid = x.indexrelid
JOIN pg_namespace ns ON ns.oid = ix.relnamespace
WHERE NOT x.indisvalid AND ix.relname ~ '_cc(new|old)[0-9]*$'
  AND to_regclass(%(relation)s) IN (
    x.indrelid, (SELECT o.indexrelid FROM pg_index o
                 WHERE o.indrelid = x.indrelid AND o.indexrelid = to_regclass(%(relation)s)))
"""


class IndexCare(ConcurrentCare):
    """Drops invalid indexes before the next attempt, and after a failed one."""

    def before(self, action: a.Action, *, started: bool) -> bool:
        match action:
            case a.CreateIndex(concurrently=True):
                return self._before_create(action, started=started)
            case a.Drop(kind="index", concurrently=True, names=names):
                return started and not any(self._exists(name) for name in names)
            case a.Reindex(concurrently=True):
                self._drop_leftovers(action)
        return False

    def is_there(self, action: a.Action) -> bool:
        if not isinstance(action, a.CreateIndex) or action.index is None:
            return False
        return self._state(action.index, action.table) is not None

    def after_failure(self, action: a.Action) -> None:
        if isinstance(action, a.CreateIndex) and action.concurrently:
            for state in self._states(action):
                if not state.valid and state.builder is None:
                    self._drop(state.schema, state.name)

    def _before_create(self, action: a.CreateIndex, *, started: bool) -> bool:
        if action.index is None and not started:
            return False
        made = False
        for state in self._settled(action):
            if state.valid:
                # Of expressions and WHERE the columns do not tell whether they are the same.
                alike = action.index is not None or action.is_plain
                made |= started and alike and state.table == action.table.rpartition(".")[2]
            else:
                self.say(f"dropping the invalid index {state.name} that an earlier attempt left")
                self._drop(state.schema, state.name)
        return made

    def _drop_leftovers(self, action: a.Reindex) -> None:
        if action.target is None or action.scope not in ("index", "table"):
            return
        found = self.connection.execute(
            _LEFTOVERS, {"relation": self.catalog.quoted(action.target)}
        ).fetchall()
        for schema, name in found:
            self.say(f"dropping {name}, which an interrupted REINDEX left")
            self._drop(schema, name)

    def _drop(self, schema: str, name: str) -> None:
        statement = sql.SQL("DROP INDEX CONCURRENTLY IF EXISTS {}")
        self.run(statement.format(sql.Identifier(schema, name)))

    def _exists(self, name: str) -> bool:
        row = self.connection.execute(
            "SELECT to_regclass(%s)", [self.catalog.quoted(name)]
        ).fetchone()
        return row is not None and row[0] is not None

    def _settled(self, action: a.CreateIndex) -> "list[_IndexState]":
        """The states once nobody builds any of them: one that is not done yet is not valid."""
        told = False
        while builder := next((s for s in self._states(action) if s.builder is not None), None):
            if not told:
                told = True
                self.say(f"waiting for pid {builder.builder}, which builds {builder.name} already")
            time.sleep(POLL_SECONDS)
        return self._states(action)

    def _states(self, action: a.CreateIndex) -> "list[_IndexState]":
        """The index of that name; of a statement without one, those that it may have made."""
        if action.index is not None:
            state = self._state(action.index, action.table)
            return [state] if state is not None else []
        wanted = {
            "table": self.catalog.quoted(action.table),
            "unique": action.unique,
            "partial": action.partial,
            "width": action.width,
            "columns": list(action.columns),
        }
        rows = self.connection.execute(_UNNAMED, wanted).fetchall()
        return [_IndexState.read(row) for row in rows]

    def _state(self, index: str, table: str) -> "_IndexState | None":
        """An index lives in its table's schema, so the table finds it."""
        name = index.rpartition(".")[2]
        row = self.connection.execute(_STATE, [name, self.catalog.quoted(table)]).fetchone()
        return _IndexState.read(row) if row is not None else None


@dataclass(frozen=True, kw_only=True)
class _IndexState:
    """builder: the session that is at work on it; None if there is none that may be seen."""

    valid: bool
    table: str
    schema: str
    name: str
    builder: int | None

    @classmethod
    def read(cls, row: TupleRow) -> "_IndexState":
        """Of a row of the queries above."""
        return cls(valid=row[0], table=row[1], schema=row[2], name=row[3], builder=row[4])
