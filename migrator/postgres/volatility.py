"""Which default expressions force PostgreSQL to write every row."""

from collections.abc import Iterable
from typing import Literal

from migrator.postgres.builtin_functions import NOT_VOLATILE
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
# Stable or immutable beside PostgreSQL's own functions: its constructs, and those of extensions.
CONSTRUCTS = {"coalesce", "greatest", "least", "nullif", "trim"}
OF_EXTENSIONS = {"uuid_nil", "uuid_generate_v3", "uuid_generate_v5"}


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
        if not (is_fixed(function) or bare in catalog.stable_functions or is_builtin):
            unknown = bare
    return ("unknown", unknown) if unknown else ("fixed", "")


def is_fixed(function: str) -> bool:
    """Whether it is one of PostgreSQL's, or of a usual extension, that is not volatile."""
    bare = function.rpartition(".")[2]
    # PostgreSQL's own are written without their schema.
    return function in NOT_VOLATILE or function in CONSTRUCTS or bare in OF_EXTENSIONS
