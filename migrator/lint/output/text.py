"""The report for a terminal."""

from itertools import groupby

from rich.console import Console, Group
from rich.padding import Padding
from rich.text import Text

from migrator.lint.finding import Finding
from migrator.lint.judge import Verdict
from migrator.lint.output.printable import printable
from migrator.lint.summary_counts import Totals

COLOURS = {"unsafe": "bold red", "caution": "yellow", "info": "blue", "safe": "green"}
LONGEST_STATEMENT = 6


def print_text(totals: Totals, console: Console) -> None:
    """Each statement with findings, what is wrong with it, and the safe form."""
    for verdict in totals.verdicts:
        if verdict.findings:
            _print_verdict(verdict, console)
        for entry in verdict.acknowledged:
            finding = entry.finding
            console.print(
                Text(
                    printable(
                        f"{finding.file}:{finding.line} {finding.rule} is allowed: {entry.reason}"
                    )
                ),
                style="dim",
            )
    _print_summary(totals, console)


def _print_verdict(verdict: Verdict, console: Console) -> None:
    script = verdict.script
    title = Text(printable(script.file), style="bold")
    if script.revision:
        title.append(printable(f"  revision {script.revision}"), style="dim")
        title.append(f"  {script.phase}", style="dim")
    if script.replayed:
        title.append("  judged by running it", style="dim")
    console.print(title)
    for statement, findings in groupby(verdict.findings, key=lambda f: (f.line, f.statement)):
        line, index = statement
        if index is not None:
            _print_statement(script.steps[index].statement.text, line, console)
        for finding in findings:
            _print_finding(finding, line, index, console)


def _print_statement(text: str, line: int, console: Console) -> None:
    lines = text.splitlines()
    if len(lines) > LONGEST_STATEMENT:
        lines = [*lines[:LONGEST_STATEMENT], "…"]
    console.print(Text(f"  line {line}", style="dim"))
    _print_sql("\n".join(lines), 2, console)


def _print_finding(finding: Finding, line: int, index: int | None, console: Console) -> None:
    head = Text(f"{finding.severity} ", style=COLOURS[finding.severity])
    head.append(f"{finding.rule} ", style="bold")
    head.append(finding.kind, style="dim")
    if index is None:
        head.append(f"  line {line}", style="dim")
    parts = [head, Text(printable(finding.message))]
    if finding.locks:
        locks = ", ".join(f"{lock.mode} on {lock.relation}" for lock in finding.locks)
        parts.append(Text(printable(f"locks: {locks}"), style="dim"))
    form = finding.safe_form if finding.severity != "info" else None
    if form:
        parts.append(Text("instead:", style="green"))
    console.print(Padding(Group(*parts), (0, 0, 0, 2)))
    if form:
        _print_sql(form, 4, console)
    console.print()


def _print_sql(text: str, indent: int, console: Console) -> None:
    """Without breaking its lines: it is there to be pasted, and a comment ends at a line's end."""
    for line in _coloured(printable(text.rstrip("\n")), console).split():
        line.rstrip()
        console.print(Text(" " * indent) + line, soft_wrap=True)


def _coloured(sql: str, console: Console) -> Text:
    if console.color_system is None:
        return Text(sql)
    from rich.syntax import Syntax  # Pygments is slow to import, and of no use in a pipe

    return Syntax("", "sql", theme="ansi_dark", background_color="default").highlight(sql)


def _print_summary(totals: Totals, console: Console) -> None:
    summary = totals.as_json()
    line = Text(f"{totals.judged}: ")
    for severity in ("unsafe", "caution", "info"):
        count = summary[severity]
        line.append(f"{count} {severity}", style=COLOURS[severity] if count else "dim")
        line.append(", " if severity != "info" else "")
    console.print(line)
    verdict = Text("running database: ")
    verdict.append(summary["lock"], style=COLOURS[summary["lock"]])
    verdict.append(" · running application: ")
    verdict.append(summary["compatibility"], style=COLOURS[summary["compatibility"]])
    console.print(verdict)
    console.print(Text(f"{totals.knowledge}", style="dim"))
