"""What each of our sessions is set to: the server's settings that can end it or change its meaning.

A role, a database or the server may have any of them set for the application's sessions.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

# lock: holds the migrator's advisory lock. watch: looks who is waited for. revision: runs one.
# backfill: plans, fills and counts. Sessions of a revision may go back to a pool of env.py's, so
# what is set there is taken back; the others are ours from beginning to end.
Purpose = Literal["lock", "watch", "revision", "backfill"]


@dataclass(frozen=True, kw_only=True)
class SessionSetting:
    """One setting, and the value for each purpose; without a value it stays as the role has it.

    since: the server_version_num that brought it in. why: for these values.
    """

    name: str
    values: dict[Purpose, str]
    why: str
    since: int = 0


SETTINGS = (
    SessionSetting(
        name="statement_timeout",
        values={"lock": "0", "watch": "0", "backfill": "0"},
        why="A wait for another migrator, and a count of a large table, take as long as they take. "
        "Statements of a revision and batches have limits of their own, which are set for each.",
    ),
    SessionSetting(
        name="lock_timeout",
        values={"lock": "0", "watch": "0", "backfill": "0"},
        why="Likewise.",
    ),
    SessionSetting(
        name="transaction_timeout",
        values={"lock": "0", "watch": "0", "revision": "0", "backfill": "0"},
        why="It ends CREATE INDEX CONCURRENTLY and a wait for locks, each time anew.",
        since=170000,
    ),
    SessionSetting(
        name="idle_session_timeout",
        values={"lock": "0", "watch": "0", "revision": "0", "backfill": "0"},
        why="To be idle is what a lock's session is for; a worker may wait for its turn, and a "
        "revision work in Python between two statements.",
        since=140000,
    ),
    SessionSetting(
        name="idle_in_transaction_session_timeout",
        values={"backfill": "60s"},
        why="Batches end at once; one whose process hangs must let its rows go. Of a revision it "
        "stays: it frees the locks of one whose code hangs.",
    ),
    SessionSetting(
        name="default_transaction_isolation",
        values={"revision": "read committed", "backfill": "read committed"},
        why="A stricter one shows what comes after a wait for a lock the table as it was before: "
        "an UPDATE then fails, and a copy leaves out what was written meanwhile.",
    ),
    SessionSetting(
        name="row_security",
        values={"backfill": "off"},
        why="Rows that a policy hides would be left out without a word; off makes it an error.",
    ),
    SessionSetting(
        name="DateStyle",
        values={},
        why="It decides, like IntervalStyle, TimeZone, bytea_output and extra_float_digits, how "
        "the author's expressions read and write text: as in the application's sessions. The "
        "backfill sets its own only to read the keys that it walks by.",
    ),
    SessionSetting(
        name="session_replication_role",
        values={},
        why="Whether triggers fire is for whoever set it; nobody but a superuser may.",
    ),
)


def session_settings(purpose: Purpose, server_version: int) -> dict[str, str]:
    """Name and value of what a session is set to. server_version: a server_version_num."""
    return {
        setting.name: setting.values[purpose]
        for setting in SETTINGS
        if purpose in setting.values and server_version >= setting.since
    }


def set_config(settings: Iterable[str], *, local: bool = False) -> str:
    """A SELECT that sets these names, its parameters being the values in their order."""
    calls = ", ".join(f"set_config('{name}', %s, {str(local).lower()})" for name in settings)
    return f"SELECT {calls}"
