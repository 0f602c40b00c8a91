"""Commands that are quick, and whose output somebody reads."""

import shlex
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from local.failure import LocalError

SHOWN_WORDS = 4


def output_of(
    command: Sequence[str],
    *,
    environment: Mapping[str, str],
    folder: Path | None = None,
    given: str | None = None,
) -> str:
    """What a command prints. Raises LocalError with its own words if it fails.

    folder: where it runs; default: here. given: its standard input.
    """
    try:
        done = subprocess.run(
            command,
            cwd=folder,
            env=environment,
            input=given,
            capture_output=True,
            text=True,
            check=False,
        )
    except FileNotFoundError:
        raise LocalError(f"`{command[0]}` is not there: install it, or put it on PATH") from None
    if done.returncode:
        words = [Path(command[0]).name, *command[1:SHOWN_WORDS]]
        more = " …" if len(command) > SHOWN_WORDS else ""
        said = done.stderr.strip() or done.stdout.strip()
        raise LocalError(f"`{shlex.join(words)}{more}` failed:\n{said}")
    return done.stdout
