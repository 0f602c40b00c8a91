"""SQL text to statements: PostgreSQL's own parser, then one summary each."""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace

from pglast.error import Error as PglastError
from pglast.parser import parse_sql_json, scan

from migrator.postgres.statements import actions as a
from migrator.postgres.statements import definitions, rows_and_session
from migrator.postgres.statements.alter_table import alter_table
from migrator.postgres.statements.do_block import do_block
from migrator.postgres.statements.other_objects import OTHER_READERS
from migrator.postgres.statements.server import SERVER_READERS
from migrator.postgres.statements.tree import Node

Reader = Callable[[Node], a.Action | tuple[a.Action, ...]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Statement:
    """One SQL statement.

    text: as written, without the semicolon. line: 1-based, in the text it came from;
    of its first word, not of the comments before it. end_line: of its last word.
    start: offset in bytes in the text that was parsed.
    """

    text: str
    line: int
    end_line: int
    actions: tuple[a.Action, ...]
    start: int = 0


READERS: dict[str, Reader] = {
    "AlterTableStmt": alter_table,
    "CreateStmt": definitions.create_table,
    "CreateForeignTableStmt": lambda node: definitions.create_table(node["base"]),
    "CreateTableAsStmt": definitions.create_table_as,
    "IndexStmt": definitions.create_index,
    "ViewStmt": definitions.create_view,
    "CreateTrigStmt": definitions.create_trigger,
    "DropStmt": definitions.drop,
    "RenameStmt": definitions.rename,
    "AlterObjectSchemaStmt": definitions.set_schema,
    "CreateDomainStmt": definitions.create_domain,
    "SelectStmt": rows_and_session.query,
    "InsertStmt": lambda node: rows_and_session.change_rows("InsertStmt", node),
    "UpdateStmt": lambda node: rows_and_session.change_rows("UpdateStmt", node),
    "DeleteStmt": lambda node: rows_and_session.change_rows("DeleteStmt", node),
    "MergeStmt": lambda node: rows_and_session.change_rows("MergeStmt", node),
    "CopyStmt": rows_and_session.copy,
    "TruncateStmt": rows_and_session.truncate,
    "LockStmt": rows_and_session.lock_table,
    "VacuumStmt": rows_and_session.vacuum,
    "ClusterStmt": rows_and_session.cluster,
    "ReindexStmt": rows_and_session.reindex,
    "RefreshMatViewStmt": rows_and_session.refresh,
    "VariableSetStmt": rows_and_session.setting,
    "TransactionStmt": rows_and_session.transaction,
    "CallStmt": rows_and_session.call,
    "GrantStmt": rows_and_session.grant,
    **OTHER_READERS,
    **SERVER_READERS,
}


def actions_of_text(sql: str) -> tuple[a.Action, ...]:
    """The actions of all statements of a SQL text, in order."""
    return tuple(action for statement in summarise(sql) for action in statement.actions)


def _explain(node: Node) -> tuple[a.Action, ...]:
    """EXPLAIN; with ANALYZE it runs the statement."""
    if not rows_and_session.option(node, "options", "analyze"):
        return (a.Annotate(),)
    kind, query = next(iter(node["query"].items()))
    return _actions(kind, query)


def _declare_cursor(node: Node) -> tuple[a.Action, ...]:
    kind, query = next(iter(node["query"].items()))
    return _actions(kind, query)


READERS["ExplainStmt"] = _explain
READERS["DeclareCursorStmt"] = _declare_cursor
READERS["DoStmt"] = lambda node: do_block(node, actions_of_text)


def summarise(sql: str) -> list[Statement]:
    """The statements of a SQL text, in order. Text that cannot be read becomes Opaque.

    One faulty statement does not hide the others: where the whole does not parse, it is
    split at the semicolons that PostgreSQL's scanner sees.
    """
    encoded = sql.encode(errors="replace")
    if unsendable := unsendable_character(sql):
        return [_faulty(encoded, 0, len(encoded), f"it holds {unsendable}")]
    try:
        return _parsed(encoded)
    except SyntaxError as fault:
        pieces = _split(sql)
        if len(pieces) < 2:
            return [_faulty(encoded, 0, len(encoded), str(fault))]
    found: list[Statement] = []
    for start, end in pieces:
        piece = encoded[start:end]
        lines_before = encoded.count(b"\n", 0, start)
        try:
            parsed = _parsed(piece)
        except SyntaxError as fault:
            parsed = [_faulty(piece, 0, len(piece), str(fault))]
        found += [
            replace(
                statement,
                line=statement.line + lines_before,
                end_line=statement.end_line + lines_before,
            )
            for statement in parsed
        ]
    return found


def unsendable_character(sql: str) -> str | None:
    """What no text for PostgreSQL may hold, in words; None if it holds none.

    psycopg sends only what comes before a NUL character, and half of a surrogate pair not at all.
    """
    found = next((each for each in sql if each == "\0" or "\ud800" <= each <= "\udfff"), None)
    return f"the character U+{ord(found):04X}, which PostgreSQL cannot be sent" if found else None


def _parsed(encoded: bytes) -> list[Statement]:
    try:
        tree = json.loads(parse_sql_json(encoded.decode()))
    except PglastError as error:
        raise SyntaxError(f"PostgreSQL's parser says: {error.args[0]}") from error
    except RecursionError as error:
        raise SyntaxError("it is nested too deeply to be read") from error
    statements = []
    for item in tree.get("stmts", ()):
        start = item.get("stmt_location", 0)
        end = start + item["stmt_len"] if "stmt_len" in item else len(encoded)
        kind, node = next(iter(item["stmt"].items()))
        statements.append(_statement(encoded, start, end, _actions(kind, node)))
    return statements


def _actions(kind: str, node: Node) -> tuple[a.Action, ...]:
    reader = READERS.get(kind)
    if reader is None:
        name = kind.removesuffix("Stmt")
        return (a.Opaque(what=name, reason="the linter does not know this command"),)
    found = reader(node)
    return found if isinstance(found, tuple) else (found,)


def _faulty(encoded: bytes, start: int, end: int, message: str) -> Statement:
    return _statement(encoded, start, end, (a.Opaque(what="this text", reason=message),))


def _statement(encoded: bytes, start: int, end: int, actions: tuple[a.Action, ...]) -> Statement:
    start = _first_word(encoded, start, end)
    text = encoded[start:end].decode(errors="replace").rstrip().rstrip(";").rstrip()
    line = encoded.count(b"\n", 0, start) + 1
    end_line = line + text.count("\n")
    return Statement(text=text, line=line, end_line=end_line, actions=actions, start=start)


def _first_word(encoded: bytes, start: int, end: int) -> int:
    """Past the white space and comments that PostgreSQL counts to the statement."""
    while start < end:
        if encoded[start : start + 1].isspace() or encoded[start : start + 1] == b";":
            start += 1
        elif encoded.startswith(b"--", start):
            newline = encoded.find(b"\n", start, end)
            start = end if newline < 0 else newline + 1
        elif encoded.startswith(b"/*", start):
            start = _after_block_comment(encoded, start, end)
        else:
            break
    return start


def _after_block_comment(encoded: bytes, start: int, end: int) -> int:
    depth = 0
    while start < end:
        if encoded.startswith(b"/*", start):
            depth, start = depth + 1, start + 2
        elif encoded.startswith(b"*/", start):
            depth, start = depth - 1, start + 2
            if depth == 0:
                return start
        else:
            start += 1
    return end


def _split(sql: str) -> list[tuple[int, int]]:
    """Byte ranges of the statements, by the scanner alone; none if even that fails."""
    try:
        tokens = scan(sql)
    except PglastError:
        return []
    ends = [token.start for token in tokens if token.name == "ASCII_59"]
    starts = [0, *(end + 1 for end in ends)]
    pieces = [sql[start:end] for start, end in zip(starts, [*ends, len(sql)], strict=True)]
    bounds, position = [], 0
    for piece in pieces:
        size = len(piece.encode())
        bounds.append((position, position + size))
        position += size + 1
    return bounds
