"""DO blocks: PL/pgSQL's own parser finds the statements that are written out."""

import json
from collections.abc import Callable, Iterator

from pglast.error import Error as PglastError
from pglast.parser import parse_plpgsql_json

from migrator.postgres.statements import actions as a
from migrator.postgres.statements.tree import Node

Actions = tuple[a.Action, ...]
# A tag that no block has, to quote the block inside a function.
QUOTE = "$groundwork_do$"
HIDDEN = "the statement is put together when it runs"


def do_block(node: Node, summarise: Callable[[str], Actions]) -> Actions:
    """What the block runs, as far as it can be read; Opaque for the rest.

    summarise: the actions of a SQL text.
    """
    options = [item["DefElem"] for item in node.get("args", ())]
    parts = {o["defname"]: o.get("arg", {}).get("String", {}).get("sval", "") for o in options}
    body, language = parts.get("as", ""), parts.get("language", "plpgsql")
    if language.lower() != "plpgsql":
        return (a.Opaque(what="DO", reason=f"the block is written in {language}"),)
    function = f"CREATE FUNCTION f() RETURNS void LANGUAGE plpgsql AS {QUOTE}{body}{QUOTE}"
    try:
        texts = list(_statements(json.loads(parse_plpgsql_json(function))))
    except (PglastError, ValueError) as error:
        return (a.Opaque(what="DO", reason=f"its body cannot be parsed: {error}"),)
    except RecursionError:
        return (a.Opaque(what="DO", reason="its body is nested too deeply to be read"),)
    found = [action for text in texts for action in _actions(text, summarise)]
    return tuple(found) or (a.Annotate(),)


def _statements(node: object) -> Iterator[str | None]:
    """The SQL texts in the order in which they are written; None for a hidden one."""
    if isinstance(node, list):
        for item in node:
            yield from _statements(item)
    elif isinstance(node, dict):
        for kind, fields in node.items():
            if kind == "PLpgSQL_stmt_execsql":
                yield fields["sqlstmt"]["PLpgSQL_expr"]["query"]
            elif kind == "PLpgSQL_stmt_perform":
                yield fields["expr"]["PLpgSQL_expr"]["query"]
            elif kind in ("PLpgSQL_stmt_dynexecute", "PLpgSQL_stmt_dynfors"):
                yield _literal(fields["query"]["PLpgSQL_expr"]["query"])
                yield from _statements(fields.get("body", []))
            elif kind == "PLpgSQL_stmt_call":
                yield None
            else:
                yield from _statements(fields)


def _literal(expression: str) -> str | None:
    """The text of a string constant; None for any other expression."""
    text = expression.strip()
    inner = text[1:-1]
    if len(text) > 1 and text[0] == text[-1] == "'" and "'" not in inner.replace("''", ""):
        return inner.replace("''", "'")
    return None


def _actions(text: str | None, summarise: Callable[[str], Actions]) -> Actions:
    if text is None:
        return (a.Opaque(what="EXECUTE in a DO block", reason=HIDDEN),)
    return summarise(text)
