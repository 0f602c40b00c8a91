"""Functions' bodies that PostgreSQL keeps as text: what they name is read when they run."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from pglast.error import Error as PglastError
from pglast.parser import parse_sql_json

from migrator.postgres.resolution import columns_read
from migrator.postgres.statements.actions import Reference
from migrator.postgres.statements.do_block import parsed_body
from migrator.postgres.statements.references import ALL_COLUMNS, NO_COLUMN, references
from migrator.postgres.statements.tree import functions_in, sequences_in
from migrator.snapshot import Catalog
from migrator.snapshot.names import SearchPath, search_path
from migrator.snapshot.programs import Routine

Certainty = Literal["sure", "maybe"]
# Stands for the row of whatever table a trigger function runs for.
ROW = "*row*"
ROWS = {"new": ROW, "old": ROW}
# A body that asks for the table may name columns of one of several.
ASKS_FOR_TABLE = re.compile(r"\btg_(table_name|table_schema|relname|relid)\b", re.IGNORECASE)
ASSIGNMENT = re.compile(
    r"""\s*((?:"(?:[^"]|"")*"|[\w.$])+)\s*(?:\[[^]]*\]\s*)*:?=(?!=)(.*)""", re.DOTALL
)
EXPRESSION, STATEMENT = 2, 0
WORD = re.compile(r"\w+")


@dataclass(frozen=True, kw_only=True, slots=True)
class Body:
    """What a body says.

    fields: the columns that are named of something that is no relation, such as a record.
    words: all that stands in what could not be read, such as a query that is put together.
    """

    references: tuple[Reference, ...] = ()
    functions: frozenset[str] = frozenset()
    fields: frozenset[str] = frozenset()
    words: frozenset[str] = frozenset()
    asks_for_table: bool = False


def names_column(
    routine: Routine, table: str, column: str, catalog: Catalog, *, of_trigger: bool
) -> tuple[Certainty, bool] | None:
    """Whether a body names a column, and whether as that of NEW or OLD; None if it does not.

    of_trigger: a trigger of the table runs it.
    """
    if not _stands_in(routine, column):
        return None
    body = read_body(routine)
    stands_for = _own_names(routine, body, catalog)
    named = [each for each in body.references if each.column != ALL_COLUMNS]
    if (table, column) in columns_read(named, catalog, stands_for=stands_for):
        return "sure", False
    if of_trigger:
        stands_for[ROW] = table
        if (table, column) in columns_read(named, catalog, stands_for=stands_for):
            return ("maybe" if body.asks_for_table else "sure"), True
    reads = of_trigger or (table, "") in columns_read(named, catalog, stands_for=stands_for)
    bare = table.rpartition(".")[2].lower()
    if (reads and column in body.fields) or (
        _in_words(column, body) and (of_trigger or _in_words(bare, body))
    ):
        return "maybe", False
    return None


def names_relation(routine: Routine, relation: str, catalog: Catalog) -> Certainty | None:
    """Whether a body names a relation."""
    bare = relation.rpartition(".")[2].lower()
    if not _stands_in(routine, bare):
        return None
    body = read_body(routine)
    found = columns_read(body.references, catalog, stands_for=_own_names(routine, body, catalog))
    if any(name == relation for name, _ in found):
        return "sure"
    return "maybe" if _in_words(bare, body) else None


def calls(routine: Routine, function: str) -> bool:
    """Whether a body calls a function of that name."""
    return function.lower() in read_body(routine).functions


def read_body(routine: Routine) -> Body:
    """What the body of a routine says; nothing for one that PostgreSQL has parsed."""
    if routine.body is None:
        return Body()
    path = SearchPath(schemas=routine.search_path) if routine.search_path else search_path()
    return _read(routine.language, routine.header, routine.body, path)


def _own_names(routine: Routine, body: Body, catalog: Catalog) -> dict[str, str]:
    """The relations behind the bare names of a body that has a search_path of its own."""
    names = {name for each in body.references for scope in each.scopes for name in scope if name}
    found: dict[str, str] = {}
    for schema in reversed(routine.search_path):
        for name in names:
            full = catalog.path.name(schema, name)
            if "." not in name and full in catalog.tables:
                found[name] = full
    return found


@lru_cache(maxsize=4096)
def _read(language: str, header: str, body: str, path: SearchPath) -> Body:
    if language == "sql":
        texts: list[tuple[int, str]] | None = [(STATEMENT, body)]
    elif language == "plpgsql":
        texts = _texts(header, body)
    elif language in ("c", "internal"):
        return Body()
    else:
        texts = None
    if texts is None:
        return Body(words=_words(body))
    found: dict[Reference, None] = {}
    functions: set[str] = set()
    words: set[str] = set()
    for mode, text in texts:
        trees = _trees(mode, text)
        if trees is None:
            words |= _words(text)
            continue
        for tree in trees:
            found |= dict.fromkeys(references(tree, rows=ROWS))
            found |= {Reference(NO_COLUMN, ((name,),)): None for name in sequences_in(tree)}
            functions |= {*functions_in(tree)}
    return Body(
        references=tuple(found),
        functions=frozenset(functions),
        fields=frozenset(each.column for each in found if not each.scopes),
        words=frozenset(words),
        asks_for_table=ASKS_FOR_TABLE.search(body) is not None,
    )


def _texts(header: str, body: str) -> list[tuple[int, str]] | None:
    """(how it is to be parsed, text) of each SQL in a PL/pgSQL body; None if it is none."""
    try:
        tree = parsed_body(header or "()", body)
    except (PglastError, ValueError, RecursionError):
        return None
    return list(_expressions(tree))


def _expressions(node: object) -> Iterator[tuple[int, str]]:
    pending = [node]
    while pending:
        current = pending.pop()
        if isinstance(current, list):
            pending += current
        elif isinstance(current, dict):
            for kind, fields in current.items():
                if kind == "PLpgSQL_expr":
                    yield fields.get("parseMode", EXPRESSION), fields["query"]
                elif kind in ("PLpgSQL_stmt_dynexecute", "PLpgSQL_stmt_dynfors"):
                    # The text of the query, or what it is put together from.
                    query = fields["query"]["PLpgSQL_expr"]["query"]
                    yield -1, query
                    pending.append(fields)
                else:
                    pending.append(fields)


def _trees(mode: int, text: str) -> list[object] | None:
    """The trees of a text; None where it cannot be read."""
    if mode == -1:
        literal = text.strip()
        inner = literal[1:-1]
        if literal[:1] != "'" or "'" in inner.replace("''", ""):
            return None
        return _parsed(inner.replace("''", "'"))
    if mode == STATEMENT:
        return _parsed(text)
    if mode == EXPRESSION:
        return _parsed(f"SELECT {text}")
    parts = ASSIGNMENT.fullmatch(text)
    return _parsed(f"SELECT {parts[1]}, {parts[2]}") if parts else None


def _parsed(sql: str) -> list[object] | None:
    try:
        tree = json.loads(parse_sql_json(sql))
    except (PglastError, RecursionError):
        return None
    return [item["stmt"] for item in tree.get("stmts", ())]


def _stands_in(routine: Routine, name: str) -> bool:
    """Whether a body has a name somewhere; a look that costs little."""
    return name.lower().replace('"', '""') in (routine.body or "").lower()


def _in_words(name: str, body: Body) -> bool:
    """Whether a name, which may have spaces, stands in what could not be read."""
    words = _words(name)
    return bool(words) and words <= body.words


def _words(text: str) -> frozenset[str]:
    return frozenset(word.lower() for word in WORD.findall(text))
