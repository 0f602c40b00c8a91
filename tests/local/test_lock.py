"""One command at a time."""

import subprocess
import sys
import time
from pathlib import Path

import pytest

from local.failure import InterruptedByUserError, LocalError
from local.lock import exclusive
from local.paths import Paths

HOLD = """
import sys, time
from pathlib import Path
from local.lock import exclusive
from local.paths import Paths
with exclusive(Paths(home=Path(sys.argv[1]), cache=Path("/none")), "up"):
    print("held", flush=True)
    time.sleep(300)
"""


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    return Paths(home=tmp_path / "home", cache=tmp_path / "cache")


def test_a_killed_holder_lets_go(paths: Paths) -> None:
    command = [sys.executable, "-c", HOLD, str(paths.home)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        started = time.monotonic()
        refusal = rf"`up` \(pid {holder.pid}\) is at work"
        with pytest.raises(LocalError, match=refusal), exclusive(paths, "down"):
            pass
        assert time.monotonic() - started < 5
        holder.kill()
        holder.wait()
    with exclusive(paths, "down"):
        assert "`down`" in (paths.home / "lock-holder").read_text()
    assert not (paths.home / "lock-holder").exists()


def test_an_interrupted_command_says_that_it_can_go_on(paths: Paths) -> None:
    with pytest.raises(InterruptedByUserError, match="again continues"), exclusive(paths, "up"):
        raise KeyboardInterrupt
    with exclusive(paths, "up"):
        pass


def test_a_folder_that_holds_something_else_is_not_taken(paths: Paths) -> None:
    paths.home.mkdir()
    (paths.home / "photos").mkdir()
    with (
        pytest.raises(LocalError, match="holds something else than a platform"),
        exclusive(paths, "clean"),
    ):
        pass
    assert [entry.name for entry in paths.home.iterdir()] == ["photos"]
