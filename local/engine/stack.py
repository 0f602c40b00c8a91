"""One stack on the local engine: up, preview, refresh, destroy, outputs."""

import json
import subprocess
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from local.engine.commands import output_of
from local.engine.environment import Environment
from local.engine.events import EventLog, Progress
from local.failure import LocalError
from local.paths import Paths
from local.screen import Screen

PROJECT = "groundwork"
POLL_SECONDS = 0.1
PROGRAM_ENDED = "an unhandled error occurred: the program exited with code"

Remarks = Callable[[Progress], Iterable[str]]


def no_remarks(progress: Progress) -> Iterable[str]:
    """Nothing to say."""
    return ()


@dataclass(frozen=True, kw_only=True)
class Stack:
    """A stack below the home folder. `cli` is the Pulumi CLI."""

    name: str
    cli: Path
    paths: Paths
    environment: Environment

    @property
    def state_file(self) -> Path:
        """The stack's state in the file backend."""
        return self.paths.state / ".pulumi" / "stacks" / PROJECT / f"{self.name}.json"

    @property
    def events(self) -> Path:
        """The event log of the last run of `change`."""
        return self.paths.logs / "pulumi-events.json"

    def ensure(self) -> None:
        """Makes the stack where the backend has none of its name; the user's choice stays."""
        if not self.state_file.exists():
            self.run(["stack", "init", self.name, "--no-select"])

    def select(self) -> None:
        """Makes it the one that `pulumi` in the user's shell means."""
        self.run(["stack", "select", self.name])

    def resources(self) -> list[dict[str, Any]]:
        """The resources in the state."""
        return self._latest().get("resources") or []

    def pending_operations(self) -> list[dict[str, Any]]:
        """What a run that was killed had begun."""
        return self._latest().get("pending_operations") or []

    def outputs(self) -> dict[str, Any]:
        """The stack's outputs; those that are secret read "[secret]"."""
        return json.loads(self.run(["stack", "output", "--json", "--stack", self.name]))

    def run(self, arguments: Sequence[str], given: str | None = None) -> str:
        """What a quick command of the CLI prints; `given` is its standard input.

        Raises LocalError with its words if it fails.
        """
        return output_of(
            [str(self.cli), *arguments, "--non-interactive"],
            environment=self.environment.engine(),
            folder=self.paths.project,
            given=given,
        )

    def preview(self, arguments: Sequence[str] = ()) -> int:
        """Shows Pulumi's own preview; gives its exit code."""
        command = [str(self.cli), "preview", "--stack", self.name, *arguments]
        return subprocess.call(command, cwd=self.paths.project, env=self.environment.engine())

    def change(
        self,
        title: str,
        arguments: Sequence[str],
        screen: Screen,
        total: int | None = None,
        remarks: Remarks = no_remarks,
    ) -> Progress:
        """Runs up, refresh or destroy without a question, and shows how far it is.

        total: the number of resources that it will go through, where that is known.
        remarks: what there is to say meanwhile, beside that.
        Raises LocalError with every error that the engine reported.
        """
        self.paths.logs.mkdir(parents=True, exist_ok=True)
        self.events.unlink(missing_ok=True)
        log = EventLog(self.events)
        progress = Progress()
        command = [str(self.cli), *arguments, "--stack", self.name, "--yes", "--non-interactive"]
        command += ["--skip-preview", "--color", "never", "--event-log", str(self.events)]
        output = self.paths.logs / "pulumi.log"
        with screen.step(title) as step, output.open("ab") as written:
            written.write(f"\n$ pulumi {' '.join(command[1:])}\n".encode())
            written.flush()
            process = subprocess.Popen(
                command,
                cwd=self.paths.project,
                env=self.environment.engine(),
                stdin=subprocess.DEVNULL,
                stdout=written,
                stderr=subprocess.STDOUT,
            )
            try:
                while process.poll() is None:
                    for event in log.new():
                        progress.add(event)
                    step.show(progress.now, done=progress.done, total=progress.total(total))
                    for remark in remarks(progress):
                        screen.warn(remark)
                    time.sleep(POLL_SECONDS)
            except KeyboardInterrupt:
                # The terminal has interrupted the engine too; it ends in an orderly way.
                step.show("interrupted: waiting for the engine to finish what it has begun")
                process.wait()
                raise
            for event in log.new():
                progress.add(event)
            if process.returncode:
                raise LocalError(_failure(title, progress, output))
        for severity, text in progress.problems:
            if severity == "warning":
                screen.warn(f"warning: {text}")
        return progress

    def _latest(self) -> dict[str, Any]:
        if not self.state_file.exists():
            return {}
        return json.loads(self.state_file.read_text())["checkpoint"].get("latest") or {}


def _failure(title: str, progress: Progress, output: Path) -> str:
    errors = [text for severity, text in progress.problems if severity == "error"]
    # Beside the program's own words, that it ended is no news.
    errors = [text for text in errors if PROGRAM_ENDED not in text] or errors
    if not errors:
        errors = output.read_text(errors="replace").splitlines()[-20:]
    return f"{title} failed (all of it: {output}):\n" + "\n".join(errors)
