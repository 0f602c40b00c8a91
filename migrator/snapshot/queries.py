"""The catalog queries of `reader`, for PostgreSQL 13 and newer."""

# ruff: noqa: S608 - the parts are constants of this module

from migrator.snapshot.names import NAME, OURS, column_names, name_of

# reltuples is -1 until the first ANALYZE or VACUUM.
RELATIONS = f"""
SELECT {NAME} AS name, n.nspname AS schema, c.relkind AS kind,
       NULLIF(c.reltuples::bigint, -1) AS rows,
       pg_total_relation_size(c.oid) AS bytes, {name_of("i.inhparent")} AS parent,
       COALESCE(pg_get_expr(c.relpartbound, c.oid) = 'DEFAULT', false) AS is_default,
       -- Columns of the key, and those that its expressions read, depend on the table itself.
       ARRAY(SELECT a.attname::text FROM pg_depend d
             JOIN pg_attribute a ON a.attrelid = d.objid AND a.attnum = d.objsubid
             WHERE c.relkind = 'p' AND d.deptype = 'i' AND d.objsubid > 0 AND d.refobjsubid = 0
               AND d.classid = 'pg_class'::regclass AND d.objid = c.oid
               AND d.refclassid = 'pg_class'::regclass AND d.refobjid = c.oid
             ORDER BY a.attnum) AS partition_key,
       c.relreplident AS replica_identity,
       (SELECT ic.relname FROM pg_index x JOIN pg_class ic ON ic.oid = x.indexrelid
        WHERE x.indrelid = c.oid AND x.indisreplident) AS replica_index
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_inherits i ON i.inhrelid = c.oid AND i.inhseqno = 1
WHERE c.relkind IN ('r', 'p', 'v', 'm', 'S') AND {OURS}
ORDER BY 1
"""

COLUMNS = f"""
SELECT {NAME} AS relation, a.attname AS name, format_type(a.atttypid, a.atttypmod) AS type,
       a.attnotnull AS not_null, pg_get_expr(d.adbin, d.adrelid) AS default_text,
       a.attidentity <> '' AS identity, a.attgenerated <> '' AS generated,
       s.null_frac AS null_fraction
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
LEFT JOIN pg_stats s
  ON s.schemaname = n.nspname AND s.tablename = c.relname AND s.attname = a.attname
  AND NOT s.inherited
WHERE c.relkind IN ('r', 'p', 'v', 'm') AND {OURS}
ORDER BY c.oid, a.attnum
"""

CONSTRAINTS = f"""
SELECT {NAME} AS relation, o.conname AS name, o.contype AS kind,
       {column_names("o.conrelid", "o.conkey")} AS columns, o.convalidated AS validated,
       {name_of("NULLIF(o.confrelid, 0)")} AS referenced,
       {column_names("o.confrelid", "o.confkey")} AS referenced_columns,
       pg_get_constraintdef(o.oid) AS definition, o.conparentid <> 0 AS derived,
       o.condeferrable AS deferrable, o.condeferred AS deferred,
       o.confupdtype AS on_update, o.confdeltype AS on_delete
FROM pg_constraint o JOIN pg_class c ON c.oid = o.conrelid
JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE {OURS}
ORDER BY o.oid
"""

INDEXES = f"""
SELECT {NAME} AS relation, ic.relname AS name, x.indisunique AS is_unique,
       x.indisvalid AS valid, x.indpred IS NOT NULL AS partial,
       EXISTS (SELECT FROM unnest(x.indoption::int2[]) bits WHERE bits <> 0) AS reordered,
       CASE WHEN x.indexprs IS NULL
            THEN {column_names("x.indrelid", "x.indkey::int2[]")} END AS columns,
       CASE WHEN COALESCE(x.indexprs, x.indpred) IS NOT NULL THEN ARRAY(
           SELECT DISTINCT a.attname::text FROM pg_depend d
           JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
           WHERE d.classid = 'pg_class'::regclass AND d.objid = x.indexrelid
             AND d.refclassid = 'pg_class'::regclass AND d.refobjid = x.indrelid
       ) END AS uses, p.relname AS parent
FROM pg_index x JOIN pg_class ic ON ic.oid = x.indexrelid
LEFT JOIN pg_inherits i ON i.inhrelid = x.indexrelid
LEFT JOIN pg_class p ON p.oid = i.inhparent
JOIN pg_class c ON c.oid = x.indrelid JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE {OURS} AND c.relkind IN ('r', 'p', 'm')
ORDER BY ic.oid
"""

PUBLISHED = f"""
SELECT DISTINCT {NAME} AS name
FROM pg_publication_tables t JOIN pg_publication p ON p.pubname = t.pubname
JOIN pg_namespace n ON n.nspname = t.schemaname
JOIN pg_class c ON c.relnamespace = n.oid AND c.relname = t.tablename
WHERE p.pubupdate OR p.pubdelete
"""

# The bits of tgtype: INSERT 4, DELETE 8, UPDATE 16.
TRIGGERS = f"""
SELECT {NAME} AS relation, t.tgname AS name, t.tgtype AS bits, t.tgenabled <> 'D' AS enabled,
       t.tgdeferrable AS deferrable, t.tginitdeferred AS deferred,
       {column_names("t.tgrelid", "t.tgattr::int2[]")} AS columns,
       CASE WHEN pg_function_is_visible(p.oid) THEN '' ELSE pn.nspname || '.' END || p.proname
         AS function
FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_proc p ON p.oid = t.tgfoid JOIN pg_namespace pn ON pn.oid = p.pronamespace
WHERE NOT t.tgisinternal AND {OURS}
ORDER BY t.oid
"""

# Owned by a column: dependent on it by itself (a), or as its identity (i).
SEQUENCES = f"""
SELECT {NAME} AS name, format_type(s.seqtypid, NULL) AS type, d.deptype = 'i' AS identity,
       {name_of("d.refobjid")} AS owner, a.attname AS owner_column
FROM pg_sequence s JOIN pg_class c ON c.oid = s.seqrelid
JOIN pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_depend d ON d.classid = 'pg_class'::regclass AND d.objid = c.oid
  AND d.refclassid = 'pg_class'::regclass AND d.refobjsubid > 0 AND d.deptype IN ('a', 'i')
LEFT JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
WHERE {OURS}
ORDER BY 1
"""

VIEW_READS = f"""
SELECT DISTINCT {NAME} AS view, {name_of("d.refobjid")} AS relation,
       COALESCE(a.attname, '') AS column_name
FROM pg_rewrite r JOIN pg_class c ON c.oid = r.ev_class
JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_depend d ON d.classid = 'pg_rewrite'::regclass AND d.objid = r.oid
  AND d.refclassid = 'pg_class'::regclass AND d.refobjid <> c.oid
LEFT JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = NULLIF(d.refobjsubid, 0)
WHERE c.relkind IN ('v', 'm') AND {OURS}
ORDER BY 1, 2, 3
"""

# Only the tree of the default names its functions, of PostgreSQL's own ones as well.
_CALLED = "':(?:funcid|opfuncid) (\\d+)'"
TYPES = f"""
SELECT CASE WHEN pg_type_is_visible(t.oid) THEN t.typname ELSE n.nspname || '.' || t.typname END
         AS name,
       t.typtype AS kind,
       t.typnotnull OR EXISTS (SELECT FROM pg_constraint k WHERE k.contypid = t.oid) AS constrained,
       format_type(t.typbasetype, t.typtypmod) AS base,
       t.typdefaultbin IS NOT NULL AS has_default,
       ARRAY(SELECT DISTINCT p.proname::text
             FROM regexp_matches(t.typdefaultbin::text, {_CALLED}, 'g') called
             JOIN pg_proc p ON p.oid = called[1]::oid ORDER BY 1) AS default_functions
FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace
WHERE t.typtype IN ('d', 'e') AND {OURS}
ORDER BY 1
"""

# The body is empty where PostgreSQL keeps it parsed.
FUNCTIONS = f"""
SELECT CASE WHEN pg_function_is_visible(p.oid) THEN '' ELSE n.nspname || '.' END || p.proname
         AS name,
       p.proname AS bare, oidvectortypes(p.proargtypes) AS arguments, p.prokind AS kind,
       p.provolatile = 'v' AS volatile, l.lanname AS language, p.prosrc AS body,
       CASE WHEN p.prokind IN ('f', 'p')
            THEN '(' || pg_get_function_arguments(p.oid) || ')'
                 || coalesce(' RETURNS ' || pg_get_function_result(p.oid), '') END AS header,
       (SELECT substr(setting, 13) FROM unnest(p.proconfig) setting
        WHERE setting LIKE 'search\\_path=%') AS search_path,
       EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid
                 AND d.deptype = 'e') AS of_extension
FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
JOIN pg_language l ON l.oid = p.prolang
WHERE {OURS} AND NOT EXISTS (
    SELECT FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid
      AND d.deptype = 'e' AND p.prokind <> 'f')
ORDER BY 1, 3
"""
