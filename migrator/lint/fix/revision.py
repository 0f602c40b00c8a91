"""Which calls of a revision are rewritten, by the findings about them."""

import ast
import shutil
from codecs import BOM_UTF8
from dataclasses import dataclass
from difflib import unified_diff
from pathlib import Path

from migrator.errors import UsageError
from migrator.lint.finding import Finding
from migrator.lint.fix.raw_sql import rewrite_execute
from migrator.lint.fix.rewrites import REWRITES, Place, Rewrite
from migrator.lint.fix.source import OpCall, Source, lines_of
from migrator.lint.fix.tokens import has_long_string
from migrator.lint.judge import Verdict
from migrator.lint.safe_form import PARTITIONED
from migrator.postgres.statements import actions as a

# How a unified difference says that a file's last line does not end.
NO_END = "\n\\ No newline at end of file\n"
FIXABLE = {rule for rule, _ in REWRITES}


class FixError(UsageError):
    """The rewritten text is no Python; the message says where."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Fix:
    """The outcome. `left` are unsafe findings that need thought."""

    file: str
    before: str
    after: str
    fixed: tuple[Finding, ...]
    left: tuple[Finding, ...]

    def diff(self) -> str:
        """The change in unified form; empty where nothing is mechanical.

        An absolute path is named as `git diff` does: it applies at the root.
        """
        path = self.file.removeprefix("/")
        lines = unified_diff(
            lines_of(self.before),
            lines_of(self.after),
            f"a/{path}",
            f"b/{path}",
        )
        return "".join(line if line.endswith("\n") else f"{line}{NO_END}" for line in lines)

    def write(self) -> None:
        """Puts the new text in the file's place, with its line ends, mark and mode as before."""
        file = Path(self.file).resolve()
        before = file.read_bytes()
        after = self.after.replace("\n", "\r\n") if b"\r\n" in before else self.after
        mark = BOM_UTF8 if before.startswith(BOM_UTF8) else b""
        new = file.with_name(f".{file.name}.new")
        new.write_bytes(mark + after.encode())
        shutil.copymode(file, new)
        new.replace(file)


def fix_revision(verdict: Verdict, *, version: int) -> Fix:
    """Rewrites what is mechanical in one revision. Nothing is written. Raises FixError."""
    script = verdict.script
    source = Source(text=script.source)
    fixed: list[Finding] = []
    for call in source.op_calls():
        line, last = call.statement.lineno, call.statement.end_lineno or call.statement.lineno
        found = [f for f in verdict.findings if f.rule in FIXABLE and line <= f.line <= last]
        for finding in found:
            lines = _rewritten(source, call, finding, verdict, version)
            if lines is not None:
                source.replace(call.statement, lines)
                fixed += [f for f in found if f.statement == finding.statement]
                break
    rewritten = {finding.statement for finding in fixed}
    left = [
        finding
        for finding in verdict.findings
        if finding.severity == "unsafe"
        and finding not in fixed
        # The slow part now runs outside of the transaction that holds the lock.
        and not (finding.rule == "work-under-lock" and finding.statement in rewritten)
    ]
    after = source.edited()
    _check(after, script.file)
    return Fix(
        file=script.file,
        before=script.source,
        after=after,
        fixed=tuple(fixed),
        left=tuple(left),
    )


def _check(text: str, file: str) -> None:
    try:
        ast.parse(text)
    except SyntaxError as error:
        reason = f"{file}: the rewrite is no Python at line {error.lineno} ({error.msg})"
        raise FixError(reason) from error


def _of_partitioned(verdict: Verdict, finding: Finding) -> bool:
    """Whether the statement's safe form goes partition by partition."""
    forms = [f.safe_form or "" for f in verdict.findings if f.statement == finding.statement]
    return any(form.startswith(PARTITIONED) for form in forms)


def _unpacks(call: ast.Call) -> bool:
    """Whether its text does not tell its arguments: ``*arguments`` or ``**options``."""
    starred = any(isinstance(argument, ast.Starred) for argument in call.args)
    return starred or any(keyword.arg is None for keyword in call.keywords)


def _rewritten(
    source: Source, call: OpCall, finding: Finding, verdict: Verdict, version: int
) -> list[str] | None:
    if not source.stands_alone(call) or _unpacks(call.call):
        return None
    if call.name != "execute" and has_long_string(source.of(call.call)):
        return None  # of op.execute the text is written anew
    rewrite: Rewrite | None = (
        rewrite_execute if call.name == "execute" else REWRITES.get((finding.rule, call.name))
    )
    if rewrite is None or finding.statement is None or _of_partitioned(verdict, finding):
        return None
    for action in verdict.script.steps[finding.statement].statement.actions:
        if isinstance(action, a.CreateIndex | a.Drop | a.AddConstraint | a.SetNotNull):
            place = Place(source=source, call=call, action=action, version=version)
            return rewrite(place)
    return None
