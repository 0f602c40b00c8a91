"""Where project code's connections to PostgreSQL lead while it runs for a scratch database, or for
none.

env.py and revisions may find their database by themselves, and that may be the one that people
work on: judging a revision must not change it.
"""

from __future__ import annotations

import contextlib
import importlib.util
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import cache, partial
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

from sqlalchemy import URL, Engine, event

from migrator.errors import UsageError


class OwnConnectionError(UsageError):
    """Project code connects to a database where it may not."""


@dataclass(kw_only=True)
class Guard:
    """What holds within a block. `to`: where connections lead; None: they are refused.

    refused: what was, in words; code may catch the error. opened: how many connections were.
    """

    to: URL | None
    refused: list[str] = field(default_factory=list)
    opened: int = 0

    def refuse(self, what: str) -> OwnConnectionError:
        """The error to raise."""
        self.refused.append(what)
        return OwnConnectionError(f"it {what}")

    def lets_pass(self, named: Mapping[str, Any]) -> bool:
        """Whether a connection is to the server that all are led to."""
        self.opened += 1
        return self.to is not None and (str(named.get("host")), str(named.get("port"))) == (
            str(self.to.host),
            str(self.to.port),
        )


_GUARD: ContextVar[Guard | None] = ContextVar("guard", default=None)


@contextlib.contextmanager
def connections_refused() -> Iterator[Guard]:
    """Within the block, in this thread, project code reaches no PostgreSQL.

    Neither by itself (OwnConnectionError) nor with PostgreSQL's programs.
    """
    with _guarded(Guard(to=None)) as guard:
        yield guard


@contextlib.contextmanager
def connections_led(to: URL) -> Iterator[Guard]:
    """Within the block, what connects to PostgreSQL connects to `to`, and to nothing else.

    What names that server is left alone, whichever database it names. Other kinds of databases and
    programs of PostgreSQL that name a server are refused (OwnConnectionError). The environment is
    the process's; all else is this thread's.
    """
    before = dict(os.environ)
    _lead_libpq(to)
    try:
        with _guarded(Guard(to=to)) as guard:
            yield guard
    finally:
        os.environ.clear()
        os.environ.update(before)


@contextlib.contextmanager
def _guarded(guard: Guard) -> Iterator[Guard]:
    _watch()
    token = _GUARD.set(guard)
    try:
        yield guard
    finally:
        _GUARD.reset(token)


@cache
def _watch() -> None:
    """Has every way to a database ask the guard first, once and for all."""
    event.listen(Engine, "do_connect", _with_sqlalchemy)
    for name in [name for name in DRIVERS if name in sys.modules]:
        DRIVERS[name](sys.modules[name])
    sys.meta_path.insert(0, _Drivers())
    _ask_first(subprocess.Popen, "__init__", _before_popen)
    _ask_first(os, "system", _before_system)


# Of what a connection was to be made with, this belongs to its session and not to its server.
KEPT = frozenset({"options", "server_settings", "application_name", "client_encoding"})
# How drivers call what libpq calls dbname.
DATABASE = {"asyncpg": "database", "pg8000": "database"}
_NAMES_OF_SERVERS = frozenset(
    {"host", "hostaddr", "port", "user", "password", "dbname", "database", "dsn"}
    | {"service", "sslmode", "ssl", "ssl_context", "passfile"}
)


def _server(to: URL, driver: str) -> dict[str, Any]:
    named = {"host": to.host, "port": to.port, "user": to.username}
    return {**named, DATABASE.get(driver, "dbname"): to.database}


def _with_sqlalchemy(dialect: Any, _record: Any, cargs: Any, cparams: dict[str, Any]) -> None:
    guard = _GUARD.get()
    if guard is None or guard.lets_pass(cparams):
        return
    if guard.to is None or dialect.name != "postgresql":
        raise guard.refuse(f"connects to {dialect.name} by itself")
    kept = {name: value for name, value in cparams.items() if name in KEPT}
    cargs[:] = []
    cparams.clear()
    cparams.update(kept, **_server(guard.to, dialect.driver))


def _guard_connect(holder: Any, name: str, driver: str) -> None:
    """Has a driver's own function ask first."""
    connect = getattr(holder, name)

    def asking(*arguments: Any, **options: Any) -> Any:
        guard = _GUARD.get()
        if guard is None or guard.lets_pass(_named(driver, arguments, options)):
            return connect(*arguments, **options)
        if guard.to is None:
            raise guard.refuse(f"connects to a database by itself (with {driver})")
        kept = {key: value for key, value in options.items() if key not in _NAMES_OF_SERVERS}
        return connect(**kept, **_server(guard.to, driver))

    setattr(holder, name, asking)


def _named(driver: str, arguments: Sequence[Any], options: Mapping[str, Any]) -> Mapping[str, Any]:
    """The server that a call names."""
    text = arguments[0] if arguments else options.get("dsn", "")
    if driver != "psycopg" or not isinstance(text, str):
        return options
    from psycopg.conninfo import conninfo_to_dict

    given = {key: value for key, value in options.items() if key in _NAMES_OF_SERVERS}
    with contextlib.suppress(Exception):
        return conninfo_to_dict(text, **given)
    return options


def _guard_psycopg(psycopg: Any) -> None:
    for kind in (psycopg.Connection, psycopg.AsyncConnection):
        _guard_connect(kind, "connect", "psycopg")
    psycopg.connect = psycopg.Connection.connect


def _guard_module(driver: str, module: Any) -> None:
    _guard_connect(module, "connect", driver)


DRIVERS: dict[str, Callable[[Any], None]] = {
    "psycopg": _guard_psycopg,
    **{name: partial(_guard_module, name) for name in ("psycopg2", "asyncpg", "pg8000")},
}


class _Drivers(MetaPathFinder):
    """Guards a driver that is imported later: to import all now would take too long."""

    def find_spec(self, fullname: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        guard = DRIVERS.get(fullname)
        if guard is None:
            return None
        sys.meta_path.remove(self)
        try:
            spec = importlib.util.find_spec(fullname)
        finally:
            sys.meta_path.insert(0, self)
        if spec is not None and spec.loader is not None:
            load = spec.loader.exec_module

            def load_guarded(module: ModuleType) -> None:
                load(module)
                guard(module)

            spec.loader.exec_module = load_guarded  # type: ignore[method-assign]
        return spec


PROGRAMS = (
    *("psql", "pg_dump", "pg_dumpall", "pg_restore", "pgbench", "createdb", "dropdb"),
    *("createuser", "dropuser", "vacuumdb", "reindexdb", "clusterdb", "pgloader"),
)
PROGRAM = re.compile(rf"(?:^|[\s/;&|(`'\"])({'|'.join(PROGRAMS)})(?=$|[\s;&|)`'\"])")
# A shell may put one in place of a variable.
NAMES_A_SERVER = re.compile(
    r"://|\$|\b(?:host|hostaddr|port|service)=|(?:^|\s)(?:-[hp]|--host|--port)"
)


def _ask_first(holder: Any, name: str, ask: Callable[..., None]) -> None:
    call = getattr(holder, name)

    def asking(*arguments: Any, **options: Any) -> Any:
        ask(*arguments, **options)
        return call(*arguments, **options)

    setattr(holder, name, asking)


def _before_popen(_self: Any, args: Any, *_more: Any, **_options: Any) -> None:
    words = [args] if isinstance(args, str | bytes | os.PathLike) else list(args)
    _before_program(" ".join(os.fsdecode(word) for word in words))


def _before_system(command: Any) -> None:
    _before_program(os.fsdecode(command))


def _before_program(command: str) -> None:
    guard, found = _GUARD.get(), PROGRAM.search(command)
    if guard is None or found is None:
        return
    if guard.to is None:
        raise guard.refuse(f"starts {found[1]}")
    if NAMES_A_SERVER.search(command) and f"{guard.to.port}" not in command:
        raise guard.refuse(f"starts {found[1]} with a server of its own")
    guard.opened += 1


def _lead_libpq(to: URL) -> None:
    """What psql and drivers written in C connect to unless they are told otherwise."""
    for name in [name for name in os.environ if name.startswith("PG")]:
        del os.environ[name]
    os.environ.update(
        PGHOST=str(to.host),
        PGPORT=str(to.port),
        PGUSER=str(to.username),
        PGDATABASE=str(to.database),
        PGSSLMODE="disable",
        DATABASE_URL=to.render_as_string(hide_password=False),
    )
