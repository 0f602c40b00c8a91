"""What all commands share: consoles, formats, exit codes, and how an error is told.

Exit codes: 0 all is well; 1 it was done, and failed or found something; 2 nothing was begun (a
scratch server does not count); 130 interrupted.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from typing import IO, Annotated, Any, NoReturn, cast

import typer
from rich.console import Console
from rich.text import Text

from migrator.errors import MigratorError
from migrator.process_end import TerminatedError, process_kept
from migrator.standard_output import report_stream

INTERRUPTED = 130

# Without emoji: `:secret:` is part of an ARN.
out = Console(emoji=False, file=cast(IO[str], report_stream))
err = Console(stderr=True, emoji=False)


class Format(StrEnum):
    """Of the output."""

    TEXT = "text"
    JSON = "json"


FormatOption = Annotated[Format, typer.Option("--format", help="Of the output.")]


def tell(line: str) -> None:
    """Prints a line of the result, as it is."""
    out.print(line, highlight=False, markup=False, soft_wrap=True)


def say(line: str, *, style: str | None = None) -> None:
    """Tells the person who waits what goes on: on standard error, beside the result."""
    err.print(line, style=style, highlight=False, markup=False, soft_wrap=True)


def write(text: str) -> None:
    """Writes a report for programs, as it is."""
    report_stream.write(text)
    report_stream.flush()


def print_json(data: Any) -> None:
    """Prints plain data as JSON."""
    write(json.dumps(data, indent=2) + "\n")


@contextmanager
def reported(
    *,
    interrupted: str = "interrupted; run it again to continue",
    translate: Callable[[Exception], Exception] = lambda error: error,
) -> Iterator[None]:
    """Ends the command with the message of what went wrong, and no traceback.

    From here on standard output is for the migrator's own reports.

    interrupted: what Ctrl-C tells. translate: makes a MigratorError of an error that is none, where
    its message is for the user; what stays another is a defect, and passes.
    """
    try:
        with report_stream.kept_for_reports(), process_kept():
            yield
    except KeyboardInterrupt:
        say(interrupted)
        raise typer.Exit(INTERRUPTED) from None
    except TerminatedError:
        raise
    except SystemExit as error:
        _end(MigratorError(f"the project's code ended the process: {error}"))
    except Exception as error:
        told = translate(error)
        if not isinstance(told, MigratorError):
            raise
        _end(told)


def _end(told: MigratorError) -> NoReturn:
    message = Text.assemble(("error: ", "bold red"), str(told))
    err.print(message, highlight=False, soft_wrap=True)
    raise typer.Exit(told.exit_code) from None
