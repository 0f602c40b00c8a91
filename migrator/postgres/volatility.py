"""Which default expressions force PostgreSQL to write every row."""

from collections.abc import Iterable
from typing import Literal

from migrator.snapshot import Catalog

# PostgreSQL's own volatile functions that make sense as a default.
VOLATILE = {
    "clock_timestamp",
    "timeofday",
    "random",
    "random_normal",
    "gen_random_uuid",
    "uuidv4",
    "uuidv7",
    "nextval",
    "currval",
    "lastval",
    "setval",
    "pg_sleep",
    "pg_sleep_for",
    "pg_sleep_until",
    "array_sample",
    "array_shuffle",
    "current_query",
    "set_config",
    "setseed",
    "txid_status",
    "gen_random_bytes",
    "gen_salt",
    "uuid_generate_v1",
    "uuid_generate_v1mc",
    "uuid_generate_v4",
}
# Stable or immutable: evaluated once for all rows that exist.
NOT_VOLATILE = {
    "now",
    "transaction_timestamp",
    "txid_current",
    "pg_current_xact_id",
    "statement_timestamp",
    "current_setting",
    "current_database",
    "current_schema",
    "version",
    "lower",
    "upper",
    "initcap",
    "format",
    "concat",
    "concat_ws",
    "md5",
    "sha256",
    "encode",
    "decode",
    "to_char",
    "to_date",
    "to_timestamp",
    "to_json",
    "to_jsonb",
    "to_tsvector",
    "json_build_object",
    "json_build_array",
    "jsonb_build_object",
    "jsonb_build_array",
    "json_object",
    "jsonb_object",
    "array_fill",
    "date_trunc",
    "timezone",
    "age",
    "make_date",
    "make_interval",
    "make_timestamp",
    "make_timestamptz",
    "coalesce",
    "greatest",
    "least",
    "nullif",
    "abs",
    "power",
    "sqrt",
    "mod",
    "round",
    "floor",
    "ceil",
    "repeat",
    "replace",
    "substring",
    "trim",
    "btrim",
    "left",
    "right",
    "length",
    "char_length",
    "character_length",
    "octet_length",
    "lpad",
    "rpad",
    "ltrim",
    "rtrim",
    "strpos",
    "split_part",
    "regexp_replace",
    "uuid_nil",
    "uuid_generate_v3",
    "uuid_generate_v5",
    "int4range",
    "int8range",
    "numrange",
    "daterange",
    "tsrange",
    "tstzrange",
}


def volatility(
    functions: Iterable[str], catalog: Catalog
) -> tuple[Literal["volatile", "fixed", "unknown"], str]:
    """How an expression that calls these functions behaves, and the one that decides it."""
    unknown = ""
    for function in functions:
        bare = function.rpartition(".")[2]
        if bare in VOLATILE or bare in catalog.volatile_functions:
            return "volatile", bare
        # A complete catalog has the user's own functions: what it lacks is PostgreSQL's. The
        # functions of administration, pg_…, are not all listed above.
        is_builtin = catalog.complete and not bare.startswith(("pg_", "lo_"))
        if bare not in NOT_VOLATILE and bare not in catalog.stable_functions and not is_builtin:
            unknown = bare
    return ("unknown", unknown) if unknown else ("fixed", "")
