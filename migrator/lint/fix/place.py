"""One call that is to be rewritten, and the statements that may come in its place."""

import ast
import json
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import libcst as cst
from libcst import matchers as m
from pglast import parse_sql

from migrator.lint.fix.keywords import with_keywords
from migrator.postgres.bind_parameters import BIND, escaped
from migrator.postgres.identifiers import identifier
from migrator.project.script import Step

Statement = cst.SimpleStatementLine | cst.BaseCompoundStatement


class LeftAlone(Exception):  # noqa: N818 - an outcome rather than an error
    """The call is not rewritten; the message says why."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """A call ``op.NAME(…)``, and the statement that it emits.

    version: of the server, as server_version_num.
    """

    module: cst.Module
    call: cst.Call
    step: Step
    version: int

    @property
    def relation(self) -> Any:
        """The table of an ALTER TABLE, a RangeVar: its schema as far as the call names one."""
        statement: Any = parse_sql(self.step.statement.text)[0].stmt
        return statement.relation

    @property
    def table(self) -> str:
        """The table as the call names it, in SQL."""
        relation = self.relation
        names = (relation.catalogname, relation.schemaname, relation.relname)
        return ".".join(identifier(name) for name in names if name)

    @property
    def keywords(self) -> set[str]:
        """The names of its keyword arguments."""
        return {arg.keyword.value for arg in self.call.args if arg.keyword}

    def changed(self, *, true: Collection[str] = (), remove: str = "") -> Statement:
        """The call itself, with keyword arguments set to True and one taken out."""
        indent = self.module.default_indent
        call = with_keywords(self.call, true=true, remove=remove, indent=indent)
        if len(m.findall(call, m.Comment())) < len(m.findall(self.call, m.Comment())):
            raise LeftAlone(f"the comment beside {remove}= would be lost")
        return cst.SimpleStatementLine([cst.Expr(call)])

    def op(self, call: str) -> Statement:
        """Another call of `op`."""
        return cst.parse_statement(f"{self._op}.{call}")

    def execute(self, sql: str) -> Statement:
        """``op.execute("…")`` that sends this SQL."""
        return self.execute_as_written(escaped(sql))

    def execute_as_written(self, text: str) -> Statement:
        """``op.execute("…")`` of a text for SQLAlchemy, with a string for each of its lines."""
        if BIND.search(text):
            raise LeftAlone("SQLAlchemy would take a part of it for a parameter")
        *lines, last = text.split("\n")
        if not lines:
            return self.op(f"execute({self.literal(text)})")
        strings = [self.literal(part) for part in (*(f"{line}\n" for line in lines), last)]
        between = f"\n{self.module.default_indent}"
        return self.op(f"execute({between}{between.join(strings)}\n)")

    def validate(self, constraint: str) -> Statement:
        """The statement that reads the table without a strong lock."""
        sql = f"ALTER TABLE {self.table} VALIDATE CONSTRAINT {identifier(constraint)}"
        return self.outside(self.execute(sql))

    def outside(self, statement: Statement) -> Statement:
        """A statement in an autocommit block, unless the call is outside of a transaction."""
        if self.step.transaction is None:
            return statement
        block = cst.parse_statement(f"with {self._op}.get_context().autocommit_block(): pass")
        return block.with_changes(body=cst.IndentedBlock([statement]))

    def literal(self, text: str) -> str:
        """A string of Python; in double quotes, as JSON's escapes are Python's too."""
        try:
            text.encode(self.module.encoding)
        except UnicodeEncodeError:
            return ascii(text)
        return json.dumps(text, ensure_ascii=False)

    def require_no_comment(self) -> None:
        """Raises LeftAlone where writing the call anew would lose a comment."""
        if m.findall(self.call, m.Comment()):
            raise LeftAlone("a comment in the call would be lost")

    def require_constant(self, *names: str, positions: int) -> None:
        """Raises LeftAlone unless these arguments are the same whenever it runs."""
        for position, arg in enumerate(self.call.args):
            named = arg.keyword.value in names if arg.keyword else position < positions
            if named and not self._is_constant(arg.value):
                code = " ".join(self.module.code_for_node(arg.value).split())
                raise LeftAlone(f"{code} is computed, and would be written out")

    @property
    def _op(self) -> str:
        """`op`, under the name that the revision has for it."""
        return self.module.code_for_node(cst.ensure_type(self.call.func, cst.Attribute).value)

    def _is_constant(self, value: cst.BaseExpression) -> bool:
        if m.matches(value, m.Call(func=m.Attribute(attr=m.Name("f")), args=[m.Arg()])):
            value = cst.ensure_type(value, cst.Call).args[0].value  # op.f("a name as it is")
        try:
            # In parentheses, as the call has it: strings may be joined over several lines.
            ast.literal_eval(f"(\n{self.module.code_for_node(value)}\n)")
        except (ValueError, SyntaxError, TypeError):
            return False
        return True
