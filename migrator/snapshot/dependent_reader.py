"""Reads from pg_depend what keeps PostgreSQL from dropping or changing something else."""

# ruff: noqa: S608 - the parts are constants of this package

from typing import Any

import psycopg

from migrator.snapshot.dependent import Dependent, Need
from migrator.snapshot.names import name_in_schema, name_of

# What initdb makes has smaller oids.
_FIRST_OID = "16384"

# A dependency is normal (n) where it must be dropped first; of those that are automatic (a) or
# internal (i) at the same time, as of a CHECK on its columns, the dependent goes silently. Columns
# of views, foreign keys and inheritance are in the catalog's tables already.
_QUERY = f"""
WITH needed AS (
    SELECT DISTINCT d.classid, d.objid, d.objsubid, d.refclassid, d.refobjid, d.refobjsubid
    FROM pg_depend d
    WHERE d.deptype = 'n'
      AND d.classid NOT IN ('pg_amop'::regclass, 'pg_amproc'::regclass)
      AND d.objid >= {_FIRST_OID} AND d.refobjid >= {_FIRST_OID}
      AND NOT EXISTS (
        SELECT FROM pg_depend s
        WHERE (s.classid, s.objid, s.objsubid) = (d.classid, d.objid, d.objsubid)
          AND (s.refclassid, s.refobjid, s.refobjsubid) = (d.refclassid, d.refobjid, d.refobjsubid)
          AND s.deptype <> 'n')
      AND NOT EXISTS (
        SELECT FROM pg_depend m
        WHERE m.classid = d.classid AND m.objid = d.objid AND m.deptype = 'e')
)
SELECT coalesce(
         CASE WHEN w.oid IS NOT NULL AND w.rulename <> '_RETURN' THEN 'rule'
              WHEN w.oid IS NOT NULL AND wc.relkind = 'm' THEN 'materialized view'
              WHEN w.oid IS NOT NULL THEN 'view'
              WHEN p.oid IS NOT NULL THEN 'policy'
              WHEN t.oid IS NOT NULL THEN 'trigger'
              WHEN ga.attgenerated <> '' THEN 'generated column'
              WHEN g.oid IS NOT NULL THEN 'default'
              WHEN k.oid IS NOT NULL THEN 'constraint'
              WHEN a.attgenerated <> '' AND d.refclassid <> 'pg_type'::regclass
                THEN 'generated column'
              WHEN a.attnum IS NOT NULL THEN 'column'
              WHEN x.indexrelid IS NOT NULL THEN 'index'
              WHEN l.oid IS NOT NULL THEN 'publication' END,
         i.type) AS kind,
       coalesce(w.rulename, p.polname, t.tgname, ga.attname, k.conname, a.attname,
                l.pubname, {name_of("f.oid")},
                CASE WHEN o.oid IS NOT NULL
                     THEN {name_in_schema("function", "o", "pro")}
                          || '(' || oidvectortypes(o.proargtypes) || ')' END,
                CASE WHEN yd.oid IS NOT NULL
                     THEN {name_in_schema("type", "yd", "typ")} END,
                i.identity) AS name,
       {
    name_of(
        "coalesce(w.ev_class, p.polrelid, t.tgrelid, g.adrelid, NULLIF(k.conrelid, 0), "
        "a.attrelid, x.indrelid, pr.prrelid, se.stxrelid)"
    )
} AS relation,
       CASE WHEN rk.oid IS NOT NULL THEN 'constraint'
            WHEN rc.relkind IN ('i', 'I') THEN 'index'
            WHEN rc.oid IS NOT NULL THEN 'relation'
            WHEN ro.oid IS NOT NULL THEN 'function'
            WHEN yc.relkind IN ('r', 'p', 'v', 'm', 'f') THEN 'relation'
            WHEN y.oid IS NOT NULL THEN 'type'
            WHEN rn.oid IS NOT NULL THEN 'schema'
            WHEN re.oid IS NOT NULL THEN 'extension'
            ELSE 'object' END AS need,
       coalesce({name_of("coalesce(rk.conrelid, rc.oid, yc.oid)")}, {name_of("rx.indexrelid")},
                CASE WHEN ro.oid IS NOT NULL
                     THEN {name_in_schema("function", "ro", "pro")}
                          || '(' || oidvectortypes(ro.proargtypes) || ')' END,
                CASE WHEN y.oid IS NOT NULL
                     THEN {name_in_schema("type", "y", "typ")} END,
                rn.nspname, re.extname,
                pg_describe_object(d.refclassid, d.refobjid, d.refobjsubid)) AS needed,
       coalesce(ra.attname, rk.conname, '') AS needed_column,
       me.extname AS of_extension
FROM needed d
CROSS JOIN LATERAL pg_identify_object(d.classid, d.objid, d.objsubid) i
LEFT JOIN pg_rewrite w ON d.classid = 'pg_rewrite'::regclass AND w.oid = d.objid
LEFT JOIN pg_class wc ON wc.oid = w.ev_class
LEFT JOIN pg_policy p ON d.classid = 'pg_policy'::regclass AND p.oid = d.objid
LEFT JOIN pg_trigger t ON d.classid = 'pg_trigger'::regclass AND t.oid = d.objid
LEFT JOIN pg_attrdef g ON d.classid = 'pg_attrdef'::regclass AND g.oid = d.objid
LEFT JOIN pg_attribute ga ON ga.attrelid = g.adrelid AND ga.attnum = g.adnum
LEFT JOIN pg_constraint k ON d.classid = 'pg_constraint'::regclass AND k.oid = d.objid
LEFT JOIN pg_attribute a ON d.classid = 'pg_class'::regclass AND d.objsubid > 0
  AND a.attrelid = d.objid AND a.attnum = d.objsubid
LEFT JOIN pg_class f ON d.classid = 'pg_class'::regclass AND d.objsubid = 0 AND f.oid = d.objid
LEFT JOIN pg_index x ON x.indexrelid = f.oid
LEFT JOIN pg_proc o ON d.classid = 'pg_proc'::regclass AND o.oid = d.objid
LEFT JOIN pg_type yd ON d.classid = 'pg_type'::regclass AND yd.oid = d.objid
LEFT JOIN pg_publication_rel pr
  ON d.classid = 'pg_publication_rel'::regclass AND pr.oid = d.objid
LEFT JOIN pg_publication l ON l.oid = pr.prpubid
LEFT JOIN pg_statistic_ext se
  ON d.classid = 'pg_statistic_ext'::regclass AND se.oid = d.objid
LEFT JOIN pg_class rc ON d.refclassid = 'pg_class'::regclass AND rc.oid = d.refobjid
LEFT JOIN pg_index rx ON rx.indexrelid = rc.oid
LEFT JOIN pg_attribute ra ON ra.attrelid = rc.oid AND ra.attnum = NULLIF(d.refobjsubid, 0)
LEFT JOIN pg_constraint rk ON d.refclassid = 'pg_constraint'::regclass AND rk.oid = d.refobjid
LEFT JOIN pg_proc ro ON d.refclassid = 'pg_proc'::regclass AND ro.oid = d.refobjid
LEFT JOIN pg_type yt ON d.refclassid = 'pg_type'::regclass AND yt.oid = d.refobjid
LEFT JOIN pg_type y
  ON y.oid = CASE WHEN yt.typcategory = 'A' THEN yt.typelem ELSE yt.oid END
LEFT JOIN pg_class yc ON yc.oid = NULLIF(y.typrelid, 0) AND yc.relkind <> 'c'
LEFT JOIN pg_namespace rn ON d.refclassid = 'pg_namespace'::regclass AND rn.oid = d.refobjid
LEFT JOIN pg_extension re ON d.refclassid = 'pg_extension'::regclass AND re.oid = d.refobjid
LEFT JOIN pg_depend md
  ON md.classid = d.refclassid AND md.objid = d.refobjid AND md.deptype = 'e'
LEFT JOIN pg_extension me ON me.oid = md.refobjid
WHERE (w.rulename = '_RETURN' AND rc.relkind NOT IN ('i', 'I')) IS NOT TRUE
  AND (k.contype = 'f' AND rc.relkind IN ('r', 'p')) IS NOT TRUE
  AND (f.relkind IN ('r', 'p', 'f') AND rc.relkind IN ('r', 'p', 'f')) IS NOT TRUE
  AND t.tgisinternal IS NOT TRUE
ORDER BY 3, 1, 2, 4, 5, 6
"""


def read_dependents(cursor: "psycopg.Cursor[Any]") -> list[Dependent]:
    """All that is normally dependent on something else that the application has made."""
    found: dict[tuple[str, str, str | None], Dependent] = {}
    for row in _rows(cursor):
        kind, name, relation = row.kind, row.name, row.relation
        if kind in ("view", "materialized view"):
            name = relation
        key = (kind, name, relation)
        dependent = found.setdefault(key, Dependent(kind=kind, name=name, table=relation))
        needs = [Need(row.need, row.needed, row.needed_column)]
        if row.of_extension is not None:
            needs.append(Need("extension", row.of_extension))
        dependent.needs += [need for need in needs if need not in dependent.needs]
    return list(found.values())


def _rows(cursor: "psycopg.Cursor[Any]") -> list[Any]:
    """Each join is a look-up by oid: to seek a better order takes longer than the query itself."""
    (before,) = cursor.execute("SHOW join_collapse_limit").fetchall()[0]
    cursor.execute("SELECT set_config('join_collapse_limit', '1', false)")
    rows = cursor.execute(_QUERY).fetchall()
    cursor.execute("SELECT set_config('join_collapse_limit', %s, false)", [before])
    return rows
