"""DO blocks and bodies: PL/pgSQL's own parser finds the statements that are written out."""

import json
import re
from collections.abc import Callable, Iterator

from pglast.error import Error as PglastError
from pglast.parser import parse_plpgsql_json

from migrator.postgres.statements import actions as a
from migrator.postgres.statements.tree import Node

Actions = tuple[a.Action, ...]
# A tag that no body has, to quote it.
QUOTE = "$groundwork_body$"
RETURNS = re.compile(r"\bRETURNS\b", re.IGNORECASE)
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
    return body_actions(body, summarise) or (a.Annotate(),)


def body_actions(
    body: str,
    summarise: Callable[[str], Actions],
    *,
    header: str = "",
    what: str = "a DO block",
) -> Actions:
    """What a PL/pgSQL body runs, as `do_block`. header: of the function, as SQL."""
    kind = "DO" if not header else what
    try:
        texts = list(_statements(parsed_body(header or "() RETURNS void", body)))
    except (PglastError, ValueError) as error:
        return (a.Opaque(what=kind, reason=f"its body cannot be parsed: {error}"),)
    except RecursionError:
        return (a.Opaque(what=kind, reason="its body is nested too deeply to be read"),)
    return tuple(action for text in texts for action in _actions(text, summarise, what))


def parsed_body(header: str, body: str) -> object:
    """The tree of a PL/pgSQL body. header: as SQL; that of a procedure returns nothing.

    Raises PglastError, ValueError or RecursionError.
    """
    kind = "FUNCTION" if RETURNS.search(header) else "PROCEDURE"
    text = f"CREATE {kind} f{header} LANGUAGE plpgsql AS {QUOTE}{body}{QUOTE}"
    return json.loads(parse_plpgsql_json(text))


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
                yield fields["expr"]["PLpgSQL_expr"]["query"]
            else:
                yield from _statements(fields)


def _literal(expression: str) -> str | None:
    """The text of a string constant; None for any other expression."""
    text = expression.strip()
    inner = text[1:-1]
    if len(text) > 1 and text[0] == text[-1] == "'" and "'" not in inner.replace("''", ""):
        return inner.replace("''", "'")
    return None


def _actions(text: str | None, summarise: Callable[[str], Actions], what: str) -> Actions:
    if text is None:
        return (a.Opaque(what=f"EXECUTE in {what}", reason=HIDDEN),)
    return summarise(text)
