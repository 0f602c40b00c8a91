"""Findings about a whole revision or file, and about what could not be judged."""

from collections.abc import Iterator

from migrator.lint.rule import Hit, Rule
from migrator.lint.scene import Scene
from migrator.postgres.called import is_known
from migrator.postgres.statements import actions as a
from migrator.postgres.type_change import parse_type
from migrator.postgres.volatility import is_fixed
from migrator.project.script import Script
from migrator.snapshot import Catalog
from migrator.snapshot.names import search_path

# Volatile, and yet they only look, move a sequence, wait, or concern their own session.
HARMLESS_FUNCTIONS = {
    *("nextval", "currval", "lastval", "setval"),
    *("pg_advisory_lock", "pg_advisory_xact_lock", "pg_advisory_lock_shared"),
    *("pg_try_advisory_lock", "pg_try_advisory_xact_lock", "pg_advisory_xact_lock_shared"),
    *("pg_advisory_unlock", "pg_advisory_unlock_shared", "pg_advisory_unlock_all"),
    *("set_config", "setseed", "pg_sleep", "pg_sleep_for", "pg_sleep_until", "pg_notify"),
    *("random", "gen_random_uuid", "uuidv4", "uuidv7", "clock_timestamp", "timeofday"),
    *("pg_is_in_recovery", "pg_blocking_pids", "pg_current_wal_lsn", "pg_stat_clear_snapshot"),
    *("pg_relation_size", "pg_table_size", "pg_indexes_size", "pg_total_relation_size"),
    *("pg_database_size", "pg_partition_tree", "pg_partition_ancestors"),
}


def _opaque(action: a.Opaque, scene: Scene) -> Iterator[Hit]:
    yield Hit(
        severity="unsafe",
        message=f"{action.what} cannot be judged: {action.reason}",
        names={},
    )


def _function_call(action: a.Query, scene: Scene) -> Iterator[Hit]:
    unknown = [
        name
        for name in action.functions
        if name not in HARMLESS_FUNCTIONS
        and not is_fixed(name)
        and name not in scene.catalog.stable_functions
        and not is_known(name, scene.catalog)
    ]
    if unknown:
        yield Hit(
            severity="caution",
            message=f"what {unknown[0]}() does is not part of the statement",
            names={},
        )


OPAQUE = Rule(
    id="opaque",
    title="Code that cannot be judged from outside",
    kind="opaque",
    on=(a.Opaque,),
    check=_opaque,
    lock="unknown",
    why="A DO block, a procedure or a revision that asks the database hides its statements.",
    safe_form=(
        "-- write the statements out, or acknowledge them after reading them yourself:\n"
        "# migrator: allow opaque because …"
    ),
)
FUNCTION_CALL = Rule(
    id="opaque-function",
    title="SELECT of a function",
    kind="opaque",
    on=(a.Query,),
    check=_function_call,
    lock="unknown",
    why="A function may change rows or objects.",
    safe_form="-- write the statements out",
)


def no_check(action: a.Action, scene: Scene) -> Iterator[Hit]:
    """For rules that look at whole scripts, in `script_hits`."""
    return iter(())


def _script_rule(rule_id: str, title: str, why: str, form: str) -> Rule:
    return Rule(
        id=rule_id,
        title=title,
        kind="style",
        on=(),
        check=no_check,
        lock="none",
        why=why,
        safe_form=form,
    )


PSQL_COMMAND = Rule(
    id="psql-command",
    title="Command or variable of psql that decides what runs",
    kind="opaque",
    on=(),
    check=no_check,
    lock="none of its own",
    why="What psql makes of it shows only when the file is run.",
    safe_form="write what is to run into files of their own",
)
NO_DOWNGRADE = _script_rule(
    "no-downgrade",
    "Missing or empty downgrade",
    "A revision that cannot be undone leaves only the way forward when a release fails.",
    'def downgrade() -> None:\n    …  # or state that it cannot be undone: irreversible = "why"',
)
APPLICATION_IMPORT = _script_rule(
    "application-import",
    "Application code imported in a revision",
    "The code changes; the revision must do the same in a year.",
    "describe the tables that the revision needs with sa.table() and sa.column()",
)
UNCOMMITTED = _script_rule(
    "uncommitted-transaction",
    "BEGIN without COMMIT",
    "What comes after BEGIN is rolled back when the connection closes.",
    "COMMIT;",
)
LONG_ID = _script_rule(
    "long-revision-id",
    "Revision id that the version table cannot hold",
    "The statements run, and the last of all, which notes the revision, fails.",
    "choose a shorter id, or widen the column in a revision before it:\n"
    "ALTER TABLE alembic_version ALTER version_num TYPE varchar(255);",
)
UNUSED_ALLOWANCE = _script_rule(
    "unused-allowance",
    "Allowance that acknowledges nothing",
    "It hides the next finding of that rule from review.",
    "remove the comment",
)
INVALID_ALLOWANCE = _script_rule(
    "invalid-allowance",
    "Allowance that cannot be understood",
    "An allowance names one rule and gives a reason.",
    "# migrator: allow RULE because REASON",
)


def script_hits(script: Script, catalog: Catalog) -> Iterator[tuple[Rule, int, Hit]]:
    """(rule, line, hit) for what concerns the script as a whole. catalog: the state after it."""
    for line, reason in script.opaque:
        message = f"this part produced no SQL to judge: {reason}"
        yield OPAQUE, line, Hit(severity="unsafe", message=message)
    for line, message in script.cautions:
        yield PSQL_COMMAND, line, Hit(severity="caution", message=message)
    if script.begins_unclosed is not None:
        message = "the transaction that begins here is never committed"
        yield UNCOMMITTED, script.begins_unclosed, Hit(severity="unsafe", message=message)
    longest = longest_id(script, catalog)
    if script.revision and longest is not None and len(script.revision) > longest:
        message = (
            f"the revision id {script.revision} has {len(script.revision)} characters, and the "
            f"version table takes {longest}"
        )
        yield LONG_ID, _line_of_id(script), Hit(severity="unsafe", message=message)
    facts = script.facts
    if facts is None:
        return
    if facts.downgrade in ("empty", "absent") and (script.steps or script.opaque):
        what = "does nothing" if facts.downgrade == "empty" else "is missing"
        message = f"upgrade() changes the schema, but downgrade() {what}"
        yield NO_DOWNGRADE, facts.downgrade_line, Hit(severity="caution", message=message)
    for line, module in facts.foreign_imports:
        message = f"the revision depends on {module} as it is today"
        yield APPLICATION_IMPORT, line, Hit(severity="caution", message=message)


def longest_id(script: Script, catalog: Catalog) -> int | None:
    """How many characters the version table takes, as it is or as Alembic will make it."""
    table = catalog.table(search_path().name(*script.version_table))
    column = table.columns.get("version_num") if table else None
    if column is None or column.type is None:
        return script.longest_id
    _, limits = parse_type(column.type)
    return limits[0] if limits else None


def _line_of_id(script: Script) -> int:
    """Of the first line that names it, which is its own."""
    lines = script.source.splitlines()
    return next((n for n, line in enumerate(lines, 1) if (script.revision or "") in line), 1)


SCRIPT_RULES = (
    OPAQUE,
    FUNCTION_CALL,
    PSQL_COMMAND,
    NO_DOWNGRADE,
    APPLICATION_IMPORT,
    UNCOMMITTED,
    LONG_ID,
    UNUSED_ALLOWANCE,
    INVALID_ALLOWANCE,
)
