"""The triggers and rules that an UPDATE of a table sets off."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import psycopg

# Of tgtype: 1 for each row, 2 before, 16 on update. Not PostgreSQL's own, which check foreign
# keys, and not our own, which leaves a backfill's writes alone.
_FIRED = """
SELECT t.tgname::text, p.oid::regproc::text, t.tgtype & 2 = 2, t.tgtype & 1 = 1,
       t.tgqual IS NOT NULL,
       array(SELECT a.attname::text FROM unnest(t.tgattr::int2[]) WITH ORDINALITY k(number, place)
             JOIN pg_attribute a ON a.attrelid = t.tgrelid AND a.attnum = k.number ORDER BY place)
FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid
WHERE t.tgrelid = ANY (%(oids)s::oid[]) AND t.tgtype & 16 = 16 AND NOT t.tgisinternal
  AND t.tgenabled::text = ANY (CASE current_setting('session_replication_role')
                               WHEN 'replica' THEN ARRAY['R', 'A'] ELSE ARRAY['O', 'A'] END)
  AND p.prosrc NOT LIKE '%%groundwork_row record := NEW%%'
ORDER BY t.tgtype & 2 = 0, t.tgname
"""
_RULES = """
SELECT DISTINCT rulename::text FROM pg_rewrite
WHERE ev_class = ANY (%(oids)s::oid[]) AND ev_type = '2' ORDER BY 1
"""


@dataclass(frozen=True, kw_only=True)
class UpdateTrigger:
    """One trigger, whichever of the tables it is on.

    columns: only an UPDATE that sets one of them fires it; empty for any. conditional: its WHEN
    decides as well.
    """

    name: str
    function: str
    before: bool
    each_row: bool
    conditional: bool
    columns: tuple[str, ...] = ()

    def __str__(self) -> str:
        """As a sentence about a backfill's batches."""
        of = f" OF {', '.join(self.columns)}" if self.columns else ""
        when = ", where its WHEN holds" if self.conditional else ""
        what = "row that is filled" if self.each_row else "batch"
        return (
            f"the trigger {self.name} fires {'BEFORE' if self.before else 'AFTER'} UPDATE{of} and "
            f"runs {self.function}() for each {what}{when}"
        )


def read_update_triggers(
    connection: "psycopg.Connection[Any]", oids: Collection[int], changed: Collection[str] | None
) -> list[UpdateTrigger]:
    """Those of the tables that fire in this session, the ones before the change first.

    changed: the columns that are set; None where that is not known.
    """
    rows = connection.execute(_FIRED, {"oids": list(oids)}).fetchall()
    found = [
        UpdateTrigger(
            name=name,
            function=function,
            before=before,
            each_row=each_row,
            conditional=conditional,
            columns=tuple(columns),
        )
        for name, function, before, each_row, conditional, columns in rows
    ]
    return [
        trigger
        for trigger in dict.fromkeys(found)
        if changed is None or not trigger.columns or set(trigger.columns) & set(changed)
    ]


def read_update_rules(connection: "psycopg.Connection[Any]", oids: Collection[int]) -> list[str]:
    """The names of the rules of the tables that rewrite an UPDATE."""
    return [name for (name,) in connection.execute(_RULES, {"oids": list(oids)}).fetchall()]
