"""The SQL that SQLAlchemy sends for a construct, with every value written out.

Alembic's offline mode stops at a value that has no literal, and puts NULL where `text()` sees a
parameter that is none, such as the one in '{"days":28}'.
"""

import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from pglast.error import Error as PglastError
from pglast.parser import parse_sql_json
from sqlalchemy import text
from sqlalchemy.schema import ExecutableDDLElement
from sqlalchemy.sql.dml import Insert, Update
from sqlalchemy.sql.elements import BindParameter, ClauseElement
from sqlalchemy.types import TypeEngine

Parameters = Mapping[str, Any] | Sequence[Any] | None
_NO_VALUE = object()
# As psycopg reads a query.
PLACEHOLDER = re.compile(r"%(?:\((?P<name>[^)]*)\))?(?P<kind>[sbt%])?")


@dataclass(frozen=True, kw_only=True, slots=True)
class SentText:
    """One text as the server gets it.

    unbound: what is taken for a parameter and has no value: ``:28``, or a ``%`` of psycopg's.
    parameterised: whether values travel beside the text, which then may be one statement only.
    """

    sql: str
    unbound: tuple[str, ...] = ()
    parameterised: bool = False


@dataclass(kw_only=True, slots=True)
class _Binds:
    """What a compilation is given, and what it meets."""

    given: Mapping[str, Any] = field(default_factory=dict)
    unbound: list[str] = field(default_factory=list)
    bound: bool = False
    as_null: bool = False


class SentTextRenderer:
    """Renders constructs for one dialect instance, which it changes."""

    def __init__(self, dialect: Any) -> None:
        self._dialect = dialect
        self._binds = _Binds()
        name = f"WithValues{dialect.statement_compiler.__name__}"
        bases = (_WithValues, dialect.statement_compiler)
        dialect.statement_compiler = type(name, bases, {"renderer": self})
        # psycopg would make one percent sign of two; the server never sees the second.
        dialect.identifier_preparer._double_percents = False

    def render(self, construct: ClauseElement | str, parameters: Parameters = None) -> SentText:
        """As ``Connection.execute`` sends it; of many rows, with the values of the first."""
        element: Any = text(construct) if isinstance(construct, str) else construct
        given = _first(parameters)
        if isinstance(element, Insert | Update):
            columns = {key: given[key] for key in given if key in element.table.c}
            element = element.values(columns) if columns else element
        written = self._compiled(element, _Binds(given=given))
        binds = self._binds
        if binds.unbound and not _parses(written):  # it is one, and not a part of a string
            written = self._compiled(element, _Binds(given=given, as_null=True))
        is_ddl = isinstance(element, ExecutableDDLElement)
        unbound = tuple(dict.fromkeys(binds.unbound))
        return SentText(sql=written, unbound=unbound, parameterised=binds.bound and not is_ddl)

    @property
    def binds(self) -> _Binds:
        """Of the compilation that is under way."""
        return self._binds

    def _compiled(self, element: Any, binds: _Binds) -> str:
        self._binds = binds
        is_ddl = isinstance(element, ExecutableDDLElement)
        options = {} if is_ddl else {"compile_kwargs": {"literal_binds": True}}
        return str(element.compile(dialect=self._dialect, **options)).strip()


class _WithValues:
    """Mixed into the dialect's compiler: values are written out, whatever their type."""

    renderer: SentTextRenderer

    def visit_bindparam(self, bindparam: BindParameter[Any], **options: Any) -> str:
        """A value that was given, the one that it has, or its name."""
        binds, known = self.renderer.binds, bindparam
        if bindparam.key in binds.given:
            value = binds.given[bindparam.key]
            known = bindparam._with_value(value, maintain_key=True, required=False)
        elif bindparam.required and bindparam.callable is None:
            return self.bindparam_string(bindparam.key)
        binds.bound = True
        parent: Any = super()
        return parent.visit_bindparam(known, **{**options, "literal_binds": True})

    def bindparam_string(self, name: str, **_options: Any) -> str:
        """What SQLAlchemy takes for a parameter, as it is written."""
        binds = self.renderer.binds
        binds.unbound.append(f":{name}")
        return "NULL" if binds.as_null else f":{name}"

    def render_literal_value(self, value: Any, type_: TypeEngine[Any]) -> str:
        """The value in SQL."""
        parent: Any = super()
        try:
            return parent.render_literal_value(value, type_)
        except Exception:  # noqa: BLE001 - a type may be the user's code
            return _as_the_driver_sends(value, type_)


@cache
def _driver() -> Any:
    """SQLAlchemy's dialect for psycopg, which is imported where a value needs it."""
    import psycopg
    from sqlalchemy.dialects.postgresql import psycopg as dialects

    return dialects.dialect(dbapi=psycopg)


def _as_the_driver_sends(value: Any, type_: TypeEngine[Any]) -> str:
    with suppress(Exception):  # a type, and a value, may be the user's code
        process = type_._cached_bind_processor(_driver())
        return _literal(process(value) if process else value)
    return "NULL"


def driver_text(statement: str, parameters: Parameters = None) -> SentText:
    """As ``Connection.exec_driver_sql`` sends it: a percent sign is psycopg's, even alone."""
    unbound: list[str] = []
    named, positional = _first(parameters), iter(_first_positional(parameters))

    def replaced(found: re.Match[str]) -> str:
        name, kind = found["name"], found["kind"]
        if kind == "%" and name is None:
            return "%"
        if kind in (None, "%"):
            unbound.append(found[0])
            return found[0]
        value = named.get(name, _NO_VALUE) if name else next(positional, _NO_VALUE)
        if value is _NO_VALUE:
            unbound.append(found[0])
            return "NULL"
        return _literal(value)

    written = PLACEHOLDER.sub(replaced, statement)
    unbound = list(dict.fromkeys(unbound))
    return SentText(sql=written, unbound=tuple(unbound), parameterised=bool(parameters))


def _literal(value: Any) -> str:
    """NULL for what psycopg cannot send: where it goes is judged all the same."""
    from psycopg import sql

    with suppress(Exception):
        return sql.Literal(value).as_string(None)
    return "NULL"


def _first(parameters: Parameters) -> Mapping[str, Any]:
    """The first set of named values."""
    if isinstance(parameters, Sequence) and not isinstance(parameters, str):
        parameters = parameters[0] if parameters else None
    return parameters if isinstance(parameters, Mapping) else {}


def _first_positional(parameters: Parameters) -> Sequence[Any]:
    """The first set of values without names."""
    if not parameters or isinstance(parameters, Mapping):
        return ()
    row = parameters[0] if isinstance(parameters[0], tuple | list) else parameters
    return () if isinstance(row[0], Mapping) else row


def _parses(written: str) -> bool:
    try:
        parse_sql_json(written)
    except (PglastError, RecursionError):
        return False
    return True
