"""Which calls of a revision are rewritten, by the findings about them."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import libcst as cst
from libcst import matchers as m
from libcst.metadata import MetadataWrapper

from migrator.lint.fix.op_calls import OpCalls
from migrator.lint.fix.outcome import Fix, FixError, Left
from migrator.lint.fix.place import LeftAlone, Place, Statement
from migrator.lint.fix.raw_sql import execute
from migrator.lint.fix.rewrites import (
    add_constraint,
    add_unique,
    alter_column,
    create_index,
    drop_index,
)
from migrator.lint.judge import Verdict
from migrator.lint.safe_form import PARTITIONED
from migrator.postgres.statements import actions as a

Rewrite = Callable[[Place, Any], Sequence[Statement]]
# By the function of `op`: what it has to emit, and how it is rewritten.
REWRITES: dict[str, tuple[type[a.Action], Rewrite]] = {
    "create_index": (a.CreateIndex, create_index),
    "drop_index": (a.Drop, drop_index),
    "create_foreign_key": (a.AddConstraint, add_constraint),
    "create_check_constraint": (a.AddConstraint, add_constraint),
    "create_unique_constraint": (a.AddConstraint, add_unique),
    "alter_column": (a.SetNotNull, alter_column),
    "execute": (a.Action, execute),
}
# The rules whose findings are rewritten.
FIXABLE = {
    *("add-check", "add-foreign-key", "add-unique", "create-index", "drop-index", "set-not-null"),
    *("concurrently-in-transaction", "concurrently-leaves-invalid"),
}
# The slow part then runs outside of the transaction that holds the lock.
SATISFIED = {*FIXABLE, "work-under-lock"}


def fix_revision(verdict: Verdict, *, version: int) -> Fix:
    """Rewrites what is mechanical in one revision. Nothing is written. Raises FixError.

    version: of the server, as server_version_num.
    """
    script = verdict.script
    wrapper = MetadataWrapper(_read(script.file), unsafe_skip_copy=True)
    calls = OpCalls(wrapper, script.steps)
    replaced: dict[cst.CSTNode, Sequence[Statement]] = {}
    done: set[int | None] = set()
    reasons: dict[int | None, str] = {}
    for step in script.steps:
        findings = [f for f in verdict.findings if f.statement == step.index]
        if FIXABLE.isdisjoint(finding.rule for finding in findings):
            continue
        try:
            if any((f.safe_form or "").startswith(PARTITIONED) for f in findings):
                raise LeftAlone("each partition of the table wants statements of its own")
            line, call = calls.of(step)
            place = Place(module=wrapper.module, call=call, step=step, version=version)
            replaced[line] = _in_place_of(line, _rewritten(place))
            done.add(step.index)
        except LeftAlone as reason:
            reasons[step.index] = str(reason)
    fixed = [f for f in verdict.findings if f.statement in done and f.rule in SATISFIED]
    left = [f for f in verdict.findings if f.severity == "unsafe" and f not in fixed]
    return Fix(
        file=script.file,
        before=wrapper.module,
        after=wrapper.module.visit(_Replacement(replaced)),
        fixed=tuple(fixed),
        left=tuple(
            Left(finding=f, why=reasons.get(f.statement) if f.rule in FIXABLE else None)
            for f in left
        ),
    )


def _read(file: str) -> cst.Module:
    content = Path(file).read_bytes()
    try:
        module = cst.parse_module(content)
    except cst.ParserSyntaxError as error:  # Python could read it
        raise FixError(f"{file}: LibCST does not know its syntax ({error.message})") from error
    except (SyntaxError, UnicodeDecodeError) as error:
        raise FixError(f"{file}: its text is in no encoding ({error}); save it as UTF-8") from error
    if content.endswith(b"\r"):  # which LibCST overlooks
        module = module.with_changes(has_trailing_newline=True)
    if module.bytes != content or "\f" in module.default_indent:
        raise FixError(f"{file}: LibCST would change its form feeds, or the blank lines at its end")
    return module


def _rewritten(place: Place) -> Sequence[Statement]:
    function = cst.ensure_type(place.call.func, cst.Attribute).attr.value
    kind, rewrite = REWRITES.get(function, (None, None))
    for action in place.step.statement.actions:
        if kind and rewrite and isinstance(action, kind):
            return rewrite(place, action)
    raise LeftAlone(f"what op.{function} does here has no mechanical rewrite")


def _in_place_of(
    line: cst.SimpleStatementLine, statements: Sequence[Statement]
) -> Sequence[Statement]:
    """The statements with the comments of the line around the first."""
    first, *others = statements
    (simple,) = m.findall(first, m.SimpleStatementLine())
    (code,) = cst.ensure_type(simple, cst.SimpleStatementLine).body
    code = code.with_changes(semicolon=line.body[0].semicolon)
    first = first.with_deep_changes(
        simple, body=[code], trailing_whitespace=line.trailing_whitespace
    )
    return [first.with_changes(leading_lines=line.leading_lines), *others]


class _Replacement(cst.CSTTransformer):
    """Puts other statements in the place of lines."""

    def __init__(self, replaced: Mapping[cst.CSTNode, Sequence[Statement]]) -> None:
        super().__init__()
        self._replaced = replaced

    def leave_SimpleStatementLine(  # noqa: N802 - the name that LibCST looks for
        self, original_node: cst.SimpleStatementLine, updated_node: cst.SimpleStatementLine
    ) -> cst.SimpleStatementLine | cst.FlattenSentinel[Statement]:
        """The statements that replace a line, else the line."""
        statements = self._replaced.get(original_node)
        return cst.FlattenSentinel(statements) if statements else updated_node
