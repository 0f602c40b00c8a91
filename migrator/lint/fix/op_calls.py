"""Which call of `op` emits a statement, and whether it may be replaced where it stands."""

from collections.abc import Sequence

import libcst as cst
from libcst import matchers as m
from libcst.metadata import (
    CodeRange,
    MetadataWrapper,
    ParentNodeProvider,
    PositionProvider,
    QualifiedName,
    QualifiedNameProvider,
    QualifiedNameSource,
)

from migrator.lint.fix.place import LeftAlone
from migrator.project.script import Step

# `op.NAME(…)`, under whatever name the revision imports `op`.
OP = {QualifiedName("alembic.op", QualifiedNameSource.IMPORT)}
OP_CALL = m.Expr(value=m.Call(func=m.Attribute(value=m.MatchMetadata(QualifiedNameProvider, OP))))
# A decorator may run it for each of several schemas.
UPGRADE = m.FunctionDef(name=m.Name("upgrade"), decorators=[])
BRANCH = m.IndentedBlock() | m.If() | m.Else()


class OpCalls:
    """The calls of `op` in a revision that are statements of their own."""

    def __init__(self, wrapper: MetadataWrapper, steps: Sequence[Step]) -> None:
        self._steps = steps
        self._parents = wrapper.resolve(ParentNodeProvider)
        self._positions = wrapper.resolve(PositionProvider)
        self._found = [cst.ensure_type(n, cst.Expr) for n in m.findall(wrapper, OP_CALL)]
        self._upgrades = [node for node in wrapper.module.body if m.matches(node, UPGRADE)]

    def of(self, step: Step) -> tuple[cst.SimpleStatementLine, cst.Call]:
        """The line whose only code emits a statement, and its call. Raises LeftAlone."""
        found = [s for s in self._found if _spans(self._positions[s], step)]
        if not found:
            raise LeftAlone("it does not come from a statement op.…(…) of this file")
        line, call = self._parents[found[0]], cst.ensure_type(found[0].value, cst.Call)
        if not isinstance(line, cst.SimpleStatementLine) or len(line.body) > 1:
            raise LeftAlone("other code is on its lines")
        if any(arg.star for arg in call.args):
            raise LeftAlone("its arguments are unpacked")
        self._require_once(step, self._positions[line])
        self._require_in_upgrade(line, step)
        return line, call

    def _require_once(self, step: Step, lines: CodeRange) -> None:
        kinds = {type(action) for action in step.statement.actions}
        for other in self._steps:
            others = {type(action) for action in other.statement.actions}
            if other.index != step.index and _spans(lines, other) and kinds & others:
                raise LeftAlone("it runs more than once, or does more than one thing")

    def _require_in_upgrade(self, line: cst.CSTNode, step: Step) -> None:
        """Elsewhere it may run otherwise than once, in surroundings that are not known."""
        node = self._parents[line]
        while node not in self._upgrades:
            autocommit = isinstance(node, cst.With) and step.transaction is None
            if not (autocommit or m.matches(node, BRANCH)):
                raise LeftAlone("it is in a loop, a try, a with, or not in a plain upgrade()")
            node = self._parents[node]


def _spans(lines: CodeRange, step: Step) -> bool:
    return lines.start.line <= step.line <= lines.end.line
