"""A fingerprint of a project's migration files, so that a new revision is a change of input."""

from hashlib import sha256
from pathlib import Path

# What decides what an upgrade does. Backfills run on their own and are left out.
PATTERNS = ("alembic.ini", "env.py", "versions/**/*.py")


def history_hash(directory: Path) -> str:
    """SHA-256 over names and contents, the same on every machine and in every checkout.

    directory: the folder that holds alembic.ini.
    """
    digest = sha256()
    files = {path for pattern in PATTERNS for path in directory.glob(pattern)}
    for path in sorted(files, key=lambda path: path.relative_to(directory).as_posix()):
        content = path.read_bytes().replace(b"\r\n", b"\n")
        digest.update(f"{path.relative_to(directory).as_posix()}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()
