"""Reads the files that lie beside it; the package describes their format."""

import re
from dataclasses import dataclass
from pathlib import Path

from migrator.postgres.server_version import LOWEST_SUPPORTED, parse_version

FOLDER = Path(__file__).parent
FIELD = re.compile(
    r"^-- (expect|blind|since|until|judged-for|fails|trace|setup|statement|revision):[ \t]*(.*)\n",
    re.MULTILINE,
)


@dataclass(frozen=True, kw_only=True)
class Expectation:
    """What lint should say."""

    severity: str
    rules: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Case:
    """One case.

    family, rule: the module and the id of the rule that it shows. sql, revision: what is
    judged; the other is empty. since, until: the servers (majors) that it is true of.
    judged_for: a server_version_num, None for the server's own.
    """

    family: str
    rule: str
    name: str
    setup: str
    sql: str
    revision: str
    expect: Expectation
    blind: Expectation
    since: int
    until: int
    judged_for: int | None
    fails: str | None
    traced: bool

    @property
    def id(self) -> str:
        """A name for test reports."""
        return f"{self.rule}: {self.name}"

    @property
    def caught(self) -> bool:
        """Whether the rule finds something; else it is one that it lets pass."""
        return self.rule in self.expect.rules

    @property
    def oldest_server(self) -> int:
        """The oldest server, as a major or a server_version_num, that it can be judged for."""
        return self.judged_for or max(LOWEST_SUPPORTED, self.since)


def base_sql() -> str:
    """The tables that every case starts from."""
    return (FOLDER / "base.sql").read_text()


def cases() -> list[Case]:
    """All cases, by family and rule."""
    found = []
    for file in sorted(FOLDER.glob("*/*.sql")):
        for part in re.split(r"^-- case: ", file.read_text(), flags=re.MULTILINE)[1:]:
            name, _, body = part.partition("\n")
            found.append(_case(file, name.strip(), body))
    return found


def _case(file: Path, name: str, body: str) -> Case:
    fields: dict[str, str] = {}
    sections = {"setup": "", "statement": "", "revision": ""}
    section, position = "statement", 0
    for match in FIELD.finditer(body):
        sections[section] += body[position : match.start()]
        position = match.end()
        if match[1] in sections:
            section = match[1]
        else:
            fields[match[1]] = match[2].strip()
    sections[section] += body[position:]
    revision = sections["revision"].strip()
    return Case(
        family=file.parent.name,
        rule=file.stem,
        name=name,
        setup=sections["setup"].strip(),
        sql="" if revision else sections["statement"].strip() + "\n",
        revision=revision,
        expect=_expectation(fields["expect"]),
        blind=_expectation(fields.get("blind", fields["expect"])),
        since=int(fields.get("since", "0")),
        until=int(fields.get("until", "999")),
        judged_for=parse_version(fields["judged-for"]) if "judged-for" in fields else None,
        fails=fields.get("fails"),
        traced=not fields.get("trace", "").startswith("no"),
    )


def _expectation(text: str) -> Expectation:
    severity, *rules = text.split()
    return Expectation(severity=severity, rules=tuple(rules))
