"""A fingerprint of a project's migration files, so that a new revision is a change of input."""

from hashlib import sha256
from pathlib import Path

# What decides what an upgrade does, and what a backfill does.
HISTORY = ("alembic.ini", "env.py", "versions/**/*.py")
BACKFILLS = ("backfills/**/*.py",)


def history_hash(directory: Path) -> str:
    """SHA-256 over names and contents, the same on every machine and in every checkout.

    directory: the folder that holds alembic.ini.
    """
    return _hash(directory, HISTORY)


def backfills_hash(directory: Path) -> str:
    """As `history_hash`, of the backfills and of the history that waits for them."""
    return _hash(directory, (*HISTORY, *BACKFILLS))


def _hash(directory: Path, patterns: tuple[str, ...]) -> str:
    digest = sha256()
    files = {path for pattern in patterns for path in directory.glob(pattern)}
    for path in sorted(files, key=lambda path: path.relative_to(directory).as_posix()):
        content = path.read_bytes().replace(b"\r\n", b"\n")
        digest.update(f"{path.relative_to(directory).as_posix()}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()
