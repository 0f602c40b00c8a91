"""What components cost: the platform beside the same resources in one flat program."""

import statistics
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import yaml
from rich.console import Console
from rich.table import Table

from bench import flat_project
from bench.measure import Measurement, measure
from local import session as sessions
from local.engine import recovery
from local.paths import Paths
from local.screen import Screen
from local.services.platform import Platform
from local.session import LOCAL, Session

PRODUCTION = "production"
OURS, FLAT = "components", "flat"
QUIET = ("--non-interactive", "--suppress-progress", "--color", "never")
CHANGES = (*QUIET, "--yes", "--skip-preview")

Figures = dict[tuple[str, str], list[Measurement]]
"""The measurements of a step, by its title and the program's name."""


@dataclass(frozen=True, kw_only=True)
class _Program:
    """One of the two programs on a platform that runs."""

    name: str
    folder: Path
    session: Session

    def run(self, stack: str, *arguments: str) -> Measurement:
        command = [str(self.session.cli), *arguments, "--stack", stack]
        # The flat program's dynamic provider is imported from the repository.
        path = str(self.session.paths.repository)
        env = {**self.session.environment.engine(), "PYTHONPATH": path}
        return measure(command, folder=self.folder, env=env)


def run(console: Console, *, rounds: int = 3) -> None:
    """Measures both programs in turn and prints medians and ratios.

    rounds: how often each step is measured; every other round starts with the other program.
    """
    figures: Figures = defaultdict(list)
    screen = Screen(console)
    with tempfile.TemporaryDirectory(prefix="groundwork-bench-") as folder:
        root = Path(folder)
        with _platform(root / "full", screen) as session:
            _grant_access(session)
            _deploy(session, PRODUCTION, screen)
            flat_project.write(root / "flat-production", session.stack(PRODUCTION))
        with _platform(root / "local", screen) as session:
            _deploy(session, LOCAL, screen)
            flat_project.write(root / "flat-local", session.stack(LOCAL))
            session.stack(LOCAL).change("destroying it again", ["destroy"], screen)
            previewed = _programs(session, root / "flat-production", PRODUCTION)
            deployed = _programs(session, root / "flat-local", LOCAL)
            with screen.step(f"measuring {rounds} rounds") as step:
                for number in range(rounds):
                    step.show("preview", done=number, total=rounds)
                    _preview(figures, previewed, number)
                    step.show("up and destroy", done=number, total=rounds)
                    _life(figures, deployed, number)
    console.print(_table(figures, rounds))


@contextmanager
def _platform(home: Path, screen: Screen) -> Iterator[Session]:
    """A platform of its own below `home`, stopped at the end whatever happens."""
    paths = Paths(home=home, cache=Paths.from_environment().cache)
    try:
        yield sessions.start(paths, screen)
    finally:
        recovery.stop_strays(paths, screen)
        Platform(paths).stop(screen)


def _deploy(session: Session, name: str, screen: Screen) -> None:
    stack = session.stack(name)
    stack.ensure()
    stack.change(f"deploying {name}, to know its resources", ["up"], screen)


def _grant_access(session: Session) -> None:
    """Makes production's roles, and lets the platform's own user deploy it."""
    file = session.paths.project / f"Pulumi.{PRODUCTION}.yaml"
    content = yaml.safe_load(file.read_text())
    grants = content["config"]["groundwork:cluster"]["access"]
    aws = session.environment.session()
    endpoint = session.addresses.endpoint
    for grant in grants.values():
        name = grant["principal_arn"].rsplit("/", 1)[1]
        iam = aws.client("iam", endpoint_url=endpoint)
        iam.create_role(RoleName=name, AssumeRolePolicyDocument="{}")
    caller = aws.client("sts", endpoint_url=endpoint).get_caller_identity()["Arn"]
    grants["deployment"]["principal_arn"] = caller
    file.write_text(yaml.safe_dump(content, sort_keys=False))


def _programs(session: Session, flat: Path, stack: str) -> list[_Program]:
    session.stack(stack).ensure()
    ours = _Program(name=OURS, folder=session.paths.project, session=session)
    other = _Program(name=FLAT, folder=flat, session=session)
    other.run(stack, "stack", "init")
    return [ours, other]


def _preview(figures: Figures, programs: list[_Program], number: int) -> None:
    for program in programs[:: -1 if number % 2 else 1]:
        result = program.run(PRODUCTION, "preview", *QUIET)
        figures["preview of production", program.name].append(result)


def _life(figures: Figures, programs: list[_Program], number: int) -> None:
    for program in programs[:: -1 if number % 2 else 1]:
        for title, arguments in (
            ("first up of local", ("up", *CHANGES)),
            ("up without a change", ("up", *CHANGES)),
            ("destroy of local", ("destroy", *CHANGES)),
        ):
            figures[title, program.name].append(program.run(LOCAL, *arguments))


def _table(figures: Figures, rounds: int) -> Table:
    table = Table(
        "step",
        *("components", "flat", "ratio", "components", "flat", "ratio"),
        title=f"The program beside a flat one, medians of {rounds}: seconds, then MiB",
    )
    for title in dict.fromkeys(title for title, _ in figures):
        row = [title]
        for unit in ("seconds", "mebibytes"):
            ours, flat = (
                statistics.median(getattr(m, unit) for m in figures[title, name])
                for name in (OURS, FLAT)
            )
            row += [f"{ours:.1f}", f"{flat:.1f}", f"{ours / flat:.2f}"]
        table.add_row(*row)
    return table
