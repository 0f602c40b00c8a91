"""A project's alembic.ini."""

from __future__ import annotations

import configparser
import sys
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from migrator.errors import UsageError

if TYPE_CHECKING:  # slow to import, and not needed by every command
    from alembic.config import Config


class AlembicFileError(UsageError):
    """alembic.ini is not there, or cannot be read; the message names the line, never its text."""


def require_file(file: Path) -> Path:
    """The path itself. Raises AlembicFileError if there is no such file."""
    if not file.is_file():
        raise AlembicFileError(
            f"there is no {file}: name your project's alembic.ini by --config, or its folder by a "
            "stack's script_location"
        )
    return file


def read_config(file: Path, stdout: TextIO = sys.stdout) -> Config:
    """Alembic's configuration. stdout: where Alembic prints. Raises AlembicFileError."""
    from alembic.config import Config

    config = Config(str(require_file(file)), stdout=stdout)
    try:
        location = config.file_config.has_option(config.config_ini_section, "script_location")
        location = location or config.get_main_option("script_location") is not None
    except configparser.Error as error:
        raise AlembicFileError(f"{_place(file, error)}: {_fault(error)}") from None
    except UnicodeDecodeError:
        raise AlembicFileError(f"{file} is not written in UTF-8") from None
    if not location:
        raise AlembicFileError(f"{file}: [alembic] script_location is missing")
    return config


def _place(file: Path, error: configparser.Error) -> str:
    faulty = getattr(error, "errors", None)
    line = faulty[0][0] if faulty else getattr(error, "lineno", None)
    return f"{file}:{line}" if line else str(file)


def _fault(error: configparser.Error) -> str:
    # What the file says may be a secret, so the parser's own message is not repeated.
    match error:
        case configparser.MissingSectionHeaderError():
            return "a section, such as [alembic], has to come before this line"
        case configparser.DuplicateOptionError(option=option):
            return f"{option} is there twice"
        case configparser.DuplicateSectionError(section=section):
            return f"[{section}] is there twice"
        case configparser.InterpolationError(option=option):
            return f"{option}: write %% for each % that is no %(name)s"
        case _:
            return "this line is no `name = value`"
