"""Files that are written whole or not at all, whenever the process that writes them is killed."""

import contextlib
import glob
import os
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PRIVATE = 0o600
"""Only the owner reads it."""
PROGRAM = 0o755
"""Everybody runs it."""
_USUAL = 0o666
LEFT_BEHIND_SECONDS = 3600


@contextmanager
def replacing(file: Path) -> Iterator[Path]:
    """A free path beside a file; what the body puts there takes the file's place at its end.

    If the body fails, the file stays as it was. What killed writers left an hour ago goes too.
    """
    for left in file.parent.glob(f"{glob.escape(file.name)}.*.new"):
        with contextlib.suppress(OSError):  # its writer has just put it in place
            if time.time() - left.stat().st_mtime > LEFT_BEHIND_SECONDS:
                left.unlink()
    new = file.with_name(f"{file.name}.{secrets.token_hex(4)}.new")
    try:
        yield new
        new.replace(file)
    except BaseException:
        new.unlink(missing_ok=True)
        raise


def write(file: Path, content: str | bytes, *, mode: int = _USUAL) -> None:
    """Writes a file; who opens it meanwhile finds all of the old content or all of the new.

    content: text is encoded as file names are, since scripts hold such.
    mode: the permissions that it has from the first byte on, less the umask.
    The folder has to be there. Not for what must outlast a loss of power: nothing is forced to
    the disk.
    """
    with replacing(file) as new:
        descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
        with open(descriptor, "wb") as stream:
            stream.write(os.fsencode(content))
