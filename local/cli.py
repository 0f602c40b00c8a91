"""`python -m local`: the platform on one machine, from the command line."""

import io
import sys
from typing import Annotated

import typer
from rich.console import Console

from local import cli_checks, cli_platform
from local.engine.environment import go_past_proxies
from local.failure import LocalError
from local.lock import exclusive
from local.paths import Paths
from local.screen import Screen
from local.toolchain import pins
from local.toolchain.releases import RELEASES
from local.variables import drop_foreign

app = typer.Typer(
    name="local",
    help="The whole platform on this machine: AWS, Kubernetes, PostgreSQL and the Pulumi engine.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

StackName = Annotated[str, typer.Argument(help="local, staging or production", metavar="STACK")]
PulumiArguments = Annotated[
    list[str] | None, typer.Argument(help="more arguments for `pulumi preview`, after --")
]


@app.command()
def up() -> None:
    """Start everything and deploy the stack `local`; again, to apply what has changed."""
    paths = Paths.from_environment()
    with exclusive(paths, "up"):
        cli_platform.up(paths, Screen())


@app.command()
def preview(stack: StackName = "local", arguments: PulumiArguments = None) -> None:
    """Show what a deployment of a stack would do, against the local AWS; it creates nothing."""
    paths = Paths.from_environment()
    with exclusive(paths, f"preview {stack}"):
        code = cli_platform.preview(paths, stack, arguments or [], Screen())
    raise typer.Exit(code)


@app.command()
def refresh() -> None:
    """Compare the state of the stack `local` with what is there, and take over what differs."""
    paths = Paths.from_environment()
    with exclusive(paths, "refresh"):
        cli_platform.refresh(paths, Screen())


@app.command()
def down() -> None:
    """Destroy the stack `local` and stop everything."""
    paths = Paths.from_environment()
    with exclusive(paths, "down"):
        cli_platform.down(paths, Screen())


@app.command()
def status() -> None:
    """Show what runs, where, how it is, and the outputs of the stack `local`."""
    raise typer.Exit(cli_platform.status(Paths.from_environment(), Screen()))


@app.command()
def clean() -> None:
    """Stop everything and delete it, with all data; the programs in the cache stay."""
    paths = Paths.from_environment()
    with exclusive(paths, "clean"):
        cli_platform.clean(paths, Screen())


@app.command()
def clean_cache() -> None:
    """Delete the programs in the cache; the next `up` builds them again."""
    cli_platform.clean_cache(Paths.from_environment(), Screen())


@app.command()
def toolchain() -> None:
    """Find, fetch or build the programs, and say where each is."""
    cli_platform.toolchain(Paths.from_environment(), Screen())


@app.command()
def pin() -> None:
    """Pin the sums of the released programs, after a version has changed; needs the network."""
    count = pins.pin(RELEASES.values())
    Screen().say(f"{count} sums are in {pins.FILE}: compare them with a second source.")


@app.command()
def lint_workflows() -> None:
    """Check .github/workflows with actionlint."""
    raise typer.Exit(cli_checks.workflows(Paths.from_environment(), Screen()))


@app.command(hidden=True)
def sync(settle: Annotated[bool, typer.Option("--settle")] = False) -> None:
    """Bring the engine's copies of the stack files up to date (the shell's `pulumi` does).

    Before a change of the stack, take up what an interrupted run had begun.
    """
    paths = Paths.from_environment()
    cli_platform.sync(paths)
    if settle:
        cli_platform.settle(paths, Screen(Console(stderr=True, highlight=False, emoji=False)))


def main() -> None:
    """Runs a command; an error that the user can act on is shown as such."""
    _print_whatever_the_encoding()
    go_past_proxies()
    drop_foreign()
    try:
        app()
    except LocalError as error:
        Screen().fail(str(error))
        sys.exit(error.exit_code)


def _print_whatever_the_encoding() -> None:
    """Has a character that the terminal's or the log's encoding lacks shown as "?"."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
