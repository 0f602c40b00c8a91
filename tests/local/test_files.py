"""Files are written whole or not at all."""

import os
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from local import files
from local.paths import REPOSITORY


def test_a_file_is_written_and_written_anew(tmp_path: Path) -> None:
    file = tmp_path / "settings.yaml"
    files.write(file, "first: ü\n")
    files.write(file, b"second\n")
    assert file.read_text() == "second\n"
    assert list(tmp_path.iterdir()) == [file]


def test_text_comes_back_as_it_was(tmp_path: Path) -> None:
    files.write(tmp_path / "env", "cd /home/müller\n")
    assert (tmp_path / "env").read_text() == "cd /home/müller\n"


@pytest.mark.parametrize("mode", [files.PRIVATE, files.PROGRAM])
def test_permissions_are_as_asked_whatever_the_old_file_had(tmp_path: Path, mode: int) -> None:
    file = tmp_path / "file"
    file.write_text("old")
    file.chmod(0o444)
    umask = os.umask(0o022)
    try:
        files.write(file, "new", mode=mode)
    finally:
        os.umask(umask)
    assert stat.S_IMODE(file.stat().st_mode) == mode


def test_what_is_cut_off_leaves_the_old_file(tmp_path: Path) -> None:
    file = tmp_path / "file"
    files.write(file, "old")
    with pytest.raises(KeyboardInterrupt):
        _interrupted(file)
    assert file.read_text() == "old"
    assert list(tmp_path.iterdir()) == [file]


def _interrupted(file: Path) -> None:
    with files.replacing(file) as new:
        new.write_text("half of the n")
        raise KeyboardInterrupt


def test_what_is_killed_leaves_the_old_file(tmp_path: Path) -> None:
    file = tmp_path / "file"
    files.write(file, "old")
    script = (
        "import os, signal, sys; from pathlib import Path; from local import files\n"
        "with files.replacing(Path(sys.argv[1])) as new:\n"
        "    new.write_text('half of the n'); os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    command = [sys.executable, "-c", script, str(file)]
    ended = subprocess.run(command, cwd=REPOSITORY, check=False)
    assert ended.returncode < 0
    assert file.read_text() == "old"
    files.write(file, "new")
    assert file.read_text() == "new"


def test_nobody_reads_half_of_what_two_write(tmp_path: Path) -> None:
    file = tmp_path / "file"
    contents = {letter * 200_000 for letter in "ab"}
    files.write(file, "a" * 200_000)

    def write(content: str) -> None:
        for _ in range(50):
            files.write(file, content)

    writers = [threading.Thread(target=write, args=(content,)) for content in contents]
    for writer in writers:
        writer.start()
    seen = set()
    while any(writer.is_alive() for writer in writers):
        seen.add(file.read_text())
    assert seen <= contents
    assert list(tmp_path.iterdir()) == [file]
