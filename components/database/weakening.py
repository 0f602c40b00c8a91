"""Server parameters that take away what the database promises, and why."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from components.arguments import Fault
from components.database.parameter_values import value_faults

OFF = re.compile(r"0|f|fa|fal|fals|false|n|no|of|off", re.IGNORECASE)
ON = re.compile(r"1|t|tr|tru|true|y|ye|yes|on", re.IGNORECASE)
OLD_TLS = re.compile(r"|SSLv\d|TLSv1(\.[01])?", re.IGNORECASE)
# In cipher strings of OpenSSL.
WEAK_CIPHER = re.compile(
    "NULL|EXP|RC[24]|DES|MD5|LOW|ADH|AECDH|SEED|IDEA|^ALL$|^COMPLEMENTOF|@SECLEVEL=[01]",
    re.IGNORECASE,
)
NUMBER = re.compile(r"[+-]?\d+(\.\d+)?")

Judge = Callable[[str], bool]

DURATION = re.compile(r"(?P<number>[+-]?\d+(?:\.\d+)?)\s*(?P<unit>us|ms|s|min|h|d|)", re.IGNORECASE)
MILLISECONDS = {
    "us": 0.001, "": 1, "ms": 1, "s": 1000, "min": 60_000, "h": 3_600_000, "d": 86_400_000,
}  # fmt: skip
# What ends before is no slow statement, but most of all.
SLOW_MS = 100
# Of pgaudit's classes of statements, those without data: it hides the passwords of roles.
PLAIN_CLASSES = frozenset({"", "none", "role"})


class Weakening(NamedTuple):
    """When a parameter's value weakens, and what it takes away."""

    judge: Judge
    reason: str


def _off(value: str) -> bool:
    return bool(OFF.fullmatch(value))


def _on(value: str) -> bool:
    return bool(ON.fullmatch(value))


def _one_of(*values: str) -> Judge:
    return lambda value: value.casefold() in values


def _above_zero(value: str) -> bool:
    number = NUMBER.match(value)
    return number is not None and float(number[0]) > 0


def _most(value: str) -> bool:
    """Of a least duration: statements of nearly any are logged; -1 is none."""
    duration = DURATION.fullmatch(value)
    if duration is None:
        return False
    milliseconds = float(duration["number"]) * MILLISECONDS[duration["unit"].casefold()]
    return 0 <= milliseconds < SLOW_MS


def _audits_data(value: str) -> bool:
    """Whether pgaudit writes classes of statements with data in them."""
    classes = {one.strip().casefold() for one in value.split(",")}
    return any(one not in PLAIN_CLASSES and not one.startswith("-") for one in classes)


def _weak_ciphers(value: str) -> bool:
    """Whether a cipher string lets some in; `!` and `-` keep them out."""
    return any(
        WEAK_CIPHER.search(one) and not one.startswith(("!", "-"))
        for one in re.split("[:,; ]", value)
    )


def _without_statements(value: str) -> bool:
    libraries = {name.strip(" '\"") for name in value.split(",")}
    return "pg_stat_statements" not in libraries


DATA_IN_LOGS = "it writes statements, and with them passwords and people's data, into the logs"
DAMAGE = "it goes on over damaged data, which is then lost or spread"
WRITES_LOST = "a commit that was answered can be lost when the server fails"
NO_ORDER = "rows that constraints and triggers would refuse or change are stored as they come"
UNSEEN = "what the server does is no more seen in statistics and Database Insights"
UNCLEANED = "tables grow, and at last the server refuses to write"

WEAKENINGS: Mapping[str, Weakening] = {
    # Nobody reads or takes over a connection.
    "rds.force_ssl": Weakening(_off, "connections without TLS are let in"),
    "ssl": Weakening(_off, "connections without TLS are let in"),
    "ssl_min_protocol_version": Weakening(
        lambda value: bool(OLD_TLS.fullmatch(value)), "TLS older than 1.2 is broken"
    ),
    "ssl_max_protocol_version": Weakening(
        lambda value: bool(value and OLD_TLS.fullmatch(value)), "TLS older than 1.2 is broken"
    ),
    "ssl_ciphers": Weakening(_weak_ciphers, "the ciphers are broken, or none"),
    "ssl_prefer_server_ciphers": Weakening(_off, "a client chooses the weakest cipher"),
    "password_encryption": Weakening(
        _one_of("md5", "on", "true", "yes", "1"), "passwords are kept as md5, which is broken"
    ),
    "rds.accepted_password_auth_method": Weakening(
        lambda value: "md5" in value.casefold(), "passwords kept as md5, which is broken, are taken"
    ),
    "scram_iterations": Weakening(
        lambda value: value.isdigit() and int(value) < 4096, "password hashes are cheap to guess"
    ),
    "krb_caseins_users": Weakening(_on, "users of another case's name are let in"),
    # Who may do what.
    "row_security": Weakening(_off, "queries that policies would filter fail, for everybody"),
    "lo_compat_privileges": Weakening(_on, "everybody reads and writes all large objects"),
    "allow_system_table_mods": Weakening(_on, "the catalogs themselves can be changed"),
    "backslash_quote": Weakening(_one_of("on", "1", "true", "yes"), "it opens SQL injection"),
    "standard_conforming_strings": Weakening(_off, "it opens SQL injection"),
    # What is stored stays, and is right.
    "synchronous_commit": Weakening(_off, WRITES_LOST),
    "fsync": Weakening(_off, WRITES_LOST),
    "full_page_writes": Weakening(_off, DAMAGE),
    "zero_damaged_pages": Weakening(_on, DAMAGE),
    "ignore_checksum_failure": Weakening(_on, DAMAGE),
    "ignore_invalid_pages": Weakening(_on, DAMAGE),
    "ignore_system_indexes": Weakening(_on, DAMAGE),
    "data_sync_retry": Weakening(_on, DAMAGE),
    "session_replication_role": Weakening(_one_of("replica"), NO_ORDER),
    "event_triggers": Weakening(_off, NO_ORDER),
    "autovacuum": Weakening(_off, UNCLEANED),
    "track_counts": Weakening(_off, UNCLEANED),
    # What happens is seen, and no more than that is written down.
    "shared_preload_libraries": Weakening(_without_statements, UNSEEN),
    "compute_query_id": Weakening(_off, UNSEEN),
    "track_activities": Weakening(_off, UNSEEN),
    "pg_stat_statements.track": Weakening(_one_of("none"), UNSEEN),
    "log_lock_waits": Weakening(_off, "waits for locks are no more in the log"),
    "log_min_messages": Weakening(
        _one_of("fatal", "panic"), "errors, slow statements and waits are no more in the log"
    ),
    "log_min_error_statement": Weakening(
        _one_of("fatal", "panic"), "the log no more says which statement failed"
    ),
    "log_statement": Weakening(_one_of("ddl", "mod", "all"), DATA_IN_LOGS),
    "log_transaction_sample_rate": Weakening(_above_zero, DATA_IN_LOGS),
    "log_min_duration_sample": Weakening(_most, DATA_IN_LOGS),
    "log_parameter_max_length_on_error": Weakening(lambda value: value != "0", DATA_IN_LOGS),
    "debug_print_parse": Weakening(_on, DATA_IN_LOGS),
    "debug_print_raw_parse": Weakening(_on, DATA_IN_LOGS),
    "debug_print_rewritten": Weakening(_on, DATA_IN_LOGS),
    "debug_print_plan": Weakening(_on, DATA_IN_LOGS),
    "auto_explain.log_min_duration": Weakening(_most, DATA_IN_LOGS),
    "pgaudit.log": Weakening(_audits_data, DATA_IN_LOGS),
    "pgaudit.log_parameter": Weakening(_on, DATA_IN_LOGS),
}

# Set by settings of their own.
SETTINGS = {"log_min_duration_statement": "slow_statement_ms"}


def parameter_faults(
    parameters: Mapping[str, str], weakening_parameters: Mapping[str, str]
) -> Iterator[Fault]:
    """Faults: what weakens and is not written out as that, or is and does not; a name unfit."""
    for name, value in parameters.items():
        path = f"parameters.{name}"
        yield from _name_faults(path, name)
        yield from value_faults(path, name, value)
        weakening = _weakening(name, value)
        if weakening is not None:
            yield Fault(
                path,
                value,
                f"{weakening.reason}; if that is meant, write it under `weakening_parameters`",
            )
    for name, value in weakening_parameters.items():
        path = f"weakening_parameters.{name}"
        yield from _name_faults(path, name)
        yield from value_faults(path, name, value)
        if name in parameters:
            yield Fault(path, value, "`parameters` has it, too; write it in one of the two")
        elif _weakening(name, value) is None:
            yield Fault(path, value, "it weakens nothing; write it under `parameters`")


def _name_faults(path: str, name: str) -> Iterator[Fault]:
    if name != _plain(name):
        yield Fault(path, name, f"RDS knows it as '{_plain(name)}'")
    if setting := SETTINGS.get(_plain(name)):
        yield Fault(path, name, f"set `{setting}` instead")


def _weakening(name: str, value: str) -> Weakening | None:
    """What the value takes away; None if nothing."""
    weakening = WEAKENINGS.get(_plain(name))
    return weakening if weakening is not None and weakening.judge(value.strip()) else None


def _plain(name: str) -> str:
    return name.strip().lower()
