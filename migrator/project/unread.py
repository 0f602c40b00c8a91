"""Settings that stand where nobody reads them."""

import configparser
import difflib
import tomllib
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

PYPROJECT = "pyproject.toml"
OURS = ("migrator", "groundwork")
# What Alembic reads of [alembic] and of [tool.alembic]; env.py may read others.
ALEMBICS = (
    *("script_location", "version_locations", "prepend_sys_path", "path_separator"),
    *("version_path_separator", "file_template", "timezone", "truncate_slug_length"),
    *("revision_environment", "sourceless", "output_encoding", "recursive_version_locations"),
    *("sqlalchemy.url", "post_write_hooks"),
)
ELSEWHERE = (
    "is not read: the migrator's settings are the options of its commands, DATABASE_URL and "
    "DATABASE_SECRET_ARN"
)


def unread_settings(config: Path) -> list[str]:
    """A line for each setting that is not read.

    config: alembic.ini; a pyproject.toml is looked for beside it and in the current folder.
    """
    file = config.with_name("alembic.ini") if config.suffix == ".toml" else config
    ini = _read_ini(file)
    lines = [*_unread_in_ini(file, ini)]
    for file in dict.fromkeys((config.with_name(PYPROJECT).absolute(), Path(PYPROJECT).absolute())):
        lines += _unread_in_pyproject(file, set(ini.get("alembic", {})))
    return lines


def _unread_in_ini(file: Path, ini: Mapping[str, Collection[str]]) -> Iterator[str]:
    for section in ini:
        if section.removeprefix("tool:").removeprefix("tool.") in OURS:
            yield f"{file}: [{section}] {ELSEWHERE}"
    yield from _misspelt(f"{file}: [alembic]", ini.get("alembic", ()))


def _unread_in_pyproject(file: Path, in_ini: set[str]) -> Iterator[str]:
    tools = _read_tools(file)
    for section in OURS:
        if section in tools:
            yield f"{_shown(file)}: [tool.{section}] {ELSEWHERE}"
    settings = tools.get("alembic")
    if not isinstance(settings, dict):
        return
    place = f"{_shown(file)}: [tool.alembic]"
    if "sqlalchemy.url" in settings or "sqlalchemy" in settings:
        yield (
            f"{place} sqlalchemy.url is not read, by Alembic neither: name the database in "
            "alembic.ini, by DATABASE_URL or by --database-url"
        )
    for name in sorted(in_ini & set(settings)):
        yield f"{place} {name} is not read: that of alembic.ini comes before it"
    yield from _misspelt(place, settings)


def _misspelt(place: str, names: Collection[str]) -> Iterator[str]:
    for name in names:
        close = difflib.get_close_matches(name, ALEMBICS, n=1, cutoff=0.85)
        if close and name not in ALEMBICS and close[0] not in names:
            yield f"{place} {name} is not read by Alembic: did you mean {close[0]}?"


def _read_ini(file: Path) -> dict[str, list[str]]:
    """The names in each section; none of a file that cannot be read, which others tell of."""
    parser = configparser.RawConfigParser(default_section="")
    try:
        parser.read(file, encoding="utf-8")
    except (configparser.Error, UnicodeDecodeError):
        return {}
    return {section: list(parser[section]) for section in parser.sections()}


def _read_tools(file: Path) -> dict[str, Any]:
    try:
        text = file.read_text(encoding="utf-8")
        tools = tomllib.loads(text).get("tool", {}) if "tool." in text else {}
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError):
        return {}
    return tools if isinstance(tools, dict) else {}


def _shown(file: Path) -> str:
    return file.name if file.parent == Path.cwd() else str(file)
