"""The report as Markdown, for a comment on a pull request."""

from itertools import groupby

from migrator.lint.finding import Finding
from migrator.lint.output.printable import printable
from migrator.lint.summary_counts import Totals

MARKS = {"unsafe": "🔴 unsafe", "caution": "🟡 caution", "info": "🔵 info"}


def markdown_report(totals: Totals) -> str:
    """A table of findings a file, and the safe forms folded away below it."""
    summary = totals.as_json()
    lines = [
        "## Schema change",
        "",
        f"Running database: **{summary['lock']}** · running application: "
        f"**{summary['compatibility']}**",
        "",
        f"{totals.judged}: "
        f"{summary['unsafe']} unsafe, {summary['caution']} caution, {summary['info']} info. "
        f"{totals.knowledge[:1].upper()}{totals.knowledge[1:]}.",
        "",
    ]
    for file, findings in groupby(totals.findings, key=lambda finding: finding.file):
        lines += _file(file, list(findings))
    if summary["acknowledged"]:
        lines += ["### Acknowledged", ""]
        lines += [
            f"* `{entry['file']}:{entry['line']}` {entry['rule']}: {_cell(entry['because'])}"
            for entry in summary["acknowledged"]
        ]
    return printable("\n".join(lines).rstrip() + "\n")


def _file(file: str, findings: list[Finding]) -> list[str]:
    revision = f" (revision `{findings[0].revision}`)" if findings[0].revision else ""
    lines = [
        f"### `{file}`{revision}",
        "",
        "| | line | rule | locks | what happens |",
        "| --- | --- | --- | --- | --- |",
    ]
    for finding in findings:
        locks = "<br>".join(f"{lock.mode} on `{_cell(lock.relation)}`" for lock in finding.locks)
        lines.append(
            f"| {MARKS[finding.severity]} | {finding.line} | `{finding.rule}` | {locks} "
            f"| {_cell(finding.message)} |"
        )
    lines.append("")
    forms = [
        (finding.rule, finding.safe_form)
        for finding in findings
        if finding.safe_form and finding.severity != "info"
    ]
    for rule, form in dict.fromkeys(forms):
        lines += [
            f"<details><summary>Safe form for <code>{rule}</code></summary>",
            "",
            "```sql",
            form,
            "```",
            "",
            "</details>",
            "",
        ]
    return lines


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
