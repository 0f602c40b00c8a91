"""A project's alembic.ini, or what of it is in pyproject.toml."""

from __future__ import annotations

import configparser
import sys
import tomllib
from argparse import Namespace
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from migrator.errors import UsageError

if TYPE_CHECKING:  # slow to import, and not needed by every command
    from alembic.config import Config

PYPROJECT = "pyproject.toml"
# Of Alembic's command line, which an env.py may ask for as well as for -x.
OTHER_OPTIONS = {"name": "alembic", "autogenerate": False, "sql": False, "tag": None}


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


def read_config(file: Path, stdout: TextIO = sys.stdout, *, x: Sequence[str] = ()) -> Config:
    """Alembic's configuration. Raises AlembicFileError.

    file: alembic.ini, or the pyproject.toml of a project that keeps its settings there. The one is
    read with the other, which is beside it or, as Alembic has it, in the current folder.
    stdout: where Alembic prints. x: what env.py finds by `context.get_x_argument()`.
    """
    from alembic.config import Config

    require_file(file)
    is_toml = file.suffix == ".toml"
    ini = _beside(file, "alembic.ini") if is_toml else file
    toml = file if is_toml else _beside(file, PYPROJECT) or _beside(Path(PYPROJECT), PYPROJECT)
    options = Namespace(**OTHER_OPTIONS, x=list(x)) if x else None
    config = Config(str(ini) if ini else None, stdout=stdout, cmd_opts=options)
    named = ini is not None and _names_scripts(config, ini)
    settings = _toml_settings(toml, needed=not named) if toml else None
    if settings is not None:
        config.toml_file_name = str(toml)
    if not named and not (settings and "script_location" in settings):
        missing = f"{ini}: [alembic]" if ini else f"{toml}: [tool.alembic]"
        raise AlembicFileError(f"{missing} script_location is missing")
    return config


def _beside(file: Path, name: str) -> Path | None:
    there = file.with_name(name)
    return there if there.is_file() else None


def _names_scripts(config: Config, ini: Path) -> bool:
    try:
        return config.get_main_option("script_location") is not None
    except configparser.Error as error:
        raise AlembicFileError(f"{_place(ini, error)}: {told_of(error)}") from None
    except UnicodeDecodeError:
        raise AlembicFileError(f"{ini} is not written in UTF-8") from None


def _toml_settings(file: Path, *, needed: bool) -> dict[str, object] | None:
    """[tool.alembic] of a pyproject.toml; None if it has none, or cannot be read and need not."""
    try:
        settings = tomllib.loads(file.read_text(encoding="utf-8")).get("tool", {}).get("alembic")
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, AttributeError) as error:
        if needed:
            raise AlembicFileError(f"{file}: {error}") from None
        return None
    if settings is None:
        return None
    if not isinstance(settings, dict):
        raise AlembicFileError(f"{file}: [tool.alembic] is no table")
    for name, value in settings.items():
        for text in value if isinstance(value, list) else [value]:
            _require_interpolation(file, name, text)
    return settings


def _require_interpolation(file: Path, name: str, value: object) -> None:
    try:
        _ = value % {"here": ""} if isinstance(value, str) else None
    except (KeyError, ValueError, TypeError):
        raise AlembicFileError(
            f"{file}: [tool.alembic] {name}: write %% for each % that is no %(here)s"
        ) from None


def _place(file: Path, error: configparser.Error) -> str:
    faulty = getattr(error, "errors", None)
    line = faulty[0][0] if faulty else getattr(error, "lineno", None)
    return f"{file}:{line}" if line else str(file)


def told_of(error: configparser.Error) -> str:
    """What is wrong with a file, in words that repeat nothing of it."""
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
