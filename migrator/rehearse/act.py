"""One revision: up, down and up again, with a look at the database after each step."""

import re
import time

from migrator.errors import MigratorError
from migrator.project.history import Revision
from migrator.project.source_text import source_text
from migrator.rehearse.contents import Contents
from migrator.rehearse.declarations import CHANGES, LOSES, covers, declared
from migrator.rehearse.probes import run_probe
from migrator.rehearse.report import Check, RevisionReport, Step, Subject
from migrator.rehearse.schema_dump import difference
from migrator.rehearse.stage import Stage
from migrator.rehearse.writes import failing_writes
from migrator.rows.generator import ColumnName
from migrator.snapshot import Catalog, Table

UP_ADVICE = '; keep it, or say {changes} = "{subject}" in the revision'
DOWN_ADVICE = '; keep it, or say {loses} = "{subject}" in the revision'


def play(stage: Stage, revision: Revision) -> RevisionReport:
    """Rehearses a revision; ends early, with the report so far, where a step does not run."""
    return _Act(stage, revision).play()


class _Act:
    def __init__(self, stage: Stage, revision: Revision) -> None:
        self.stage = stage
        self.revision = revision
        self.loses = declared(revision.path, LOSES)
        # Of the data that was there before the revision.
        self.given_up = (*self.loses, *declared(revision.path, CHANGES))
        self.report = RevisionReport(
            revision=revision.id, message=revision.message, loses=self.loses
        )

    def play(self) -> RevisionReport:
        stage, connection = self.stage, self.stage.connection
        refused = stage.generator.fill(connection, stage.catalog(), stage.rows)
        stage.fill_backfill(self.revision)
        with Contents(connection, "older", read=stage.catalog) as older:
            below = stage.schema()
            self._note_untried(older.empty)
            failing = failing_writes(connection, stage.catalog())
            self._probe("before")
            if not self._run("up"):
                return self.report
            above = stage.schema()
            self._note("up", "data", self._undeclared(older, self.given_up, UP_ADVICE))
            self._probe("up")
            # What the new release writes has to survive the way down too.
            few = max(1, stage.rows // 10)
            now = stage.catalog()
            taken = stage.generator.fill(connection, now, few, modest=_retyped(older.tables, now))
            self._note_refusals("up", taken, refused)
            self._note_writes("up", failing)
            with Contents(connection, "newer", read=stage.catalog) as newer:
                self._note_untried([each for each in newer.empty if each.name not in older.tables])
                if not self._run("down"):
                    return self.report
                self._note(
                    "down",
                    "data",
                    self._undeclared(older, self.given_up, DOWN_ADVICE)
                    or self._undeclared(newer, self.loses, DOWN_ADVICE),
                )
        self._note("down", "schema", difference(below, stage.schema()))
        taken = stage.generator.fill(connection, stage.catalog(), 1)
        self._note_refusals("down", taken, refused)
        self._note_writes("down", failing)
        self._probe("down")
        if self._run("up again"):
            self._note("up again", "schema", difference(above, stage.schema()))
            self._probe("up again")
        return self.report

    def _run(self, step: Step) -> bool:
        move = self.stage.lower_below if step == "down" else self.stage.raise_to
        begun = time.monotonic()
        try:
            move(self.revision)
        except MigratorError as error:
            self._note(step, "run", str(error))
            return False
        self.report.seconds[step] = time.monotonic() - begun
        self._note(step, "run", "")
        return True

    def _note_refusals(self, step: Step, taken: dict[str, str], before: dict[str, str]) -> None:
        for label in taken.keys() - before.keys():
            self._note(step, "data", f"{label}: it takes no new row: {taken[label]}")

    def _note_writes(self, step: Step, before: dict[str, str]) -> None:
        """The writes that no longer work, through any table or view."""
        now = failing_writes(self.stage.connection, self.stage.catalog())
        for label in now.keys() - before.keys():
            self._note(step, "data", f"{label} fails: {now[label]}")

    def _note_untried(self, empty: list[Table]) -> None:
        """Of the tables without rows, keeps those that the revision speaks of."""
        source = source_text(self.revision.path)
        self.report.untried += tuple(
            table.name
            for table in empty
            if re.search(rf"\b{re.escape(table.schema_and_name[1])}\b", source)
        )

    def _undeclared(self, contents: Contents, names: tuple[str, ...], advice: str) -> str:
        return "\n".join(
            f"{subject}: {what}" + advice.format(subject=subject, changes=CHANGES, loses=LOSES)
            for subject, what in contents.losses()
            if not covers(names, subject)
        )

    def _probe(self, step: Step) -> None:
        position = self.stage.history.position(self.revision.id)
        if step in ("before", "down"):
            position -= 1
        for probe in self.stage.probes:
            if probe.first <= position <= probe.last:
                self._note(step, "probe", run_probe(self.stage.connection, probe) or "")

    def _note(self, step: Step, subject: Subject, fault: str) -> None:
        self.report.checks.append(Check(step=step, subject=subject, ok=not fault, detail=fault))


def _retyped(older: dict[str, Table], now: Catalog) -> set[ColumnName]:
    """Columns of another type now: while a widened one's room is unused, it can go back."""
    was = {
        (table.name, column.name): column.type
        for table in older.values()
        for column in table.columns.values()
    }
    return {
        (table.name, column.name)
        for table in now.insertable().values()
        for column in table.columns.values()
        if was.get((table.name, column.name), column.type) != column.type
    }
