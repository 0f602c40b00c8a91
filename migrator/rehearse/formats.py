"""A rehearsal as a table on the terminal, as markdown, as a web page and as JSON."""

import json
from collections.abc import Callable
from dataclasses import asdict
from html import escape

from rich.console import Console
from rich.markup import escape as escape_markup
from rich.table import Table

from migrator.rehearse.cells import HEADINGS, cells, faults, title
from migrator.rehearse.report import Rehearsal

# Columns, of the terminal.
WIDE = 110
LEFT_OUT_WHEN_NARROW = ("what it does", "down loses")
STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem; color: #1b1f24; }
table { border-collapse: collapse; }
th, td { border: 1px solid #d0d7de; padding: .3rem .6rem; text-align: left; }
.ok { color: #116329; } .failed { color: #a40e26; font-weight: bold; }
pre { background: #f6f8fa; padding: .6rem; white-space: pre-wrap; }
"""


def print_text(rehearsal: Rehearsal, console: Console) -> None:
    """A table, what is wrong below it, and what could not be tried."""
    table = Table(title=title(rehearsal))
    left_out = () if console.width >= WIDE else LEFT_OUT_WHEN_NARROW
    for heading in HEADINGS:
        if heading not in left_out:
            table.add_column(heading, overflow="fold", no_wrap=heading in ("revision", "result"))
    for report in rehearsal.revisions:
        style = "green" if report.ok else "red"
        row = zip(HEADINGS, map(escape_markup, cells(report)), strict=True)
        *most, result = [cell for heading, cell in row if heading not in left_out]
        table.add_row(*most, f"[{style}]{result}[/]")
    console.print(table)
    for report in rehearsal.revisions:
        for fault in faults(report):
            console.print(f"{report.revision}, {fault}", highlight=False, markup=False)
    for note in rehearsal.notes:
        console.print(f"note: {note}", highlight=False, markup=False)


def as_markdown(rehearsal: Rehearsal) -> str:
    """For a pull request's comment."""
    lines = [
        f"### {title(rehearsal)}",
        "",
        "| " + " | ".join(HEADINGS) + " |",
        "|" + " --- |" * len(HEADINGS),
    ]
    for report in rehearsal.revisions:
        lines.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells(report)) + " |")
    for report in rehearsal.revisions:
        for fault in faults(report):
            lines += ["", f"**{report.revision}**", "", "```", fault, "```"]
    lines += ["", *(f"* {note}" for note in rehearsal.notes)]
    return "\n".join(lines).rstrip() + "\n"


def as_html(rehearsal: Rehearsal) -> str:
    """A page that needs nothing else."""
    head = "".join(f"<th>{escape(heading)}</th>" for heading in HEADINGS)
    rows = "".join(
        f'<tr class="{"ok" if report.ok else "failed"}">'
        + "".join(f"<td>{escape(cell)}</td>" for cell in cells(report))
        + "</tr>\n"
        for report in rehearsal.revisions
    )
    details = "".join(
        f"<h2>{escape(report.revision)}</h2>\n<pre>{escape(fault)}</pre>\n"
        for report in rehearsal.revisions
        for fault in faults(report)
    )
    notes = "".join(f"<p>{escape(note)}</p>\n" for note in rehearsal.notes)
    name = escape(title(rehearsal))
    return (
        f'<!doctype html>\n<html lang="en"><meta charset="utf-8"><title>{name}</title>\n'
        f"<style>{STYLE}</style>\n<h1>{name}</h1>\n<table><tr>{head}</tr>\n{rows}</table>\n"
        f"{details}{notes}</html>\n"
    )


def as_json(rehearsal: Rehearsal) -> str:
    """Every check of every revision, with `ok` for each and for the whole."""
    content = asdict(rehearsal)
    for said, report in zip(content["revisions"], rehearsal.revisions, strict=True):
        said["ok"] = report.ok
    return json.dumps({"ok": rehearsal.ok, **content}, indent=2) + "\n"


TEXTS: dict[str, Callable[[Rehearsal], str]] = {
    "markdown": as_markdown,
    "html": as_html,
    "json": as_json,
}
