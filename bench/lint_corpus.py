"""Reads tests/migrator/corpus: SQL whose effects are known, for the tests and the benchmark.

A case begins with ``-- case: NAME`` and some of these lines:

* ``-- expect: SEVERITY RULE…``: the worst severity of the findings (``safe``: no worse than
  info) and rules that must be among them, where lint has the database's catalog;
* ``-- blind: SEVERITY RULE…``: the same where it has none; default: as ``expect``;
* ``-- since: MAJOR``: the oldest server that knows the syntax;
* ``-- fails: MESSAGE``: PostgreSQL refuses, with this in its message;
* ``-- trace: no, REASON``: nothing that a trace could be compared with.

What follows is the SQL, or ``-- setup:`` with SQL and then ``-- statement:`` with SQL.
"""

import re
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent.parent / "tests" / "migrator" / "corpus"
FIELD = re.compile(
    r"^-- (expect|blind|since|fails|trace|setup|statement):[ \t]*(.*)\n", re.MULTILINE
)


@dataclass(frozen=True, kw_only=True)
class Expectation:
    """What lint should say."""

    severity: str
    rules: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Case:
    """One case. `row` is the row of the table of operations that it shows."""

    row: int
    name: str
    setup: str
    sql: str
    expect: Expectation
    blind: Expectation
    since: int
    fails: str | None
    traced: bool

    @property
    def id(self) -> str:
        """A name for test reports."""
        return f"{self.row:02d} {self.name}"


def base_sql() -> str:
    """The tables that every case starts from."""
    return (FOLDER / "base.sql").read_text()


def cases() -> list[Case]:
    """All cases, by row."""
    found = []
    for file in sorted(FOLDER.glob("row-*.sql")):
        row = int(file.stem.removeprefix("row-"))
        for part in re.split(r"^-- case: ", file.read_text(), flags=re.MULTILINE)[1:]:
            name, _, body = part.partition("\n")
            found.append(_case(row, name.strip(), body))
    return found


def _case(row: int, name: str, body: str) -> Case:
    fields: dict[str, str] = {}
    sections = {"setup": "", "statement": ""}
    section, position = "statement", 0
    for match in FIELD.finditer(body):
        sections[section] += body[position : match.start()]
        position = match.end()
        if match[1] in sections:
            section = match[1]
        else:
            fields[match[1]] = match[2].strip()
    sections[section] += body[position:]
    return Case(
        row=row,
        name=name,
        setup=sections["setup"].strip(),
        sql=sections["statement"].strip() + "\n",
        expect=_expectation(fields["expect"]),
        blind=_expectation(fields.get("blind", fields["expect"])),
        since=int(fields.get("since", "0")),
        fails=fields.get("fails"),
        traced=not fields.get("trace", "").startswith("no"),
    )


def _expectation(text: str) -> Expectation:
    severity, *rules = text.split()
    return Expectation(severity=severity, rules=tuple(rules))
