"""A platform whose folder was removed leaves nothing running."""

import shutil
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import psutil

from tests.endpoint.database import Database
from tests.endpoint.endpoint import Endpoint
from tests.endpoint.foundation import Foundation

ENDS_WITHIN_SECONDS = 60.0


def test_everything_ends_with_the_folder_but_for_what_is_the_users(tmp_path: Path) -> None:
    folder = tmp_path / "platform"
    folder.mkdir()
    endpoint = Endpoint(folder)
    endpoint.config["platform_directory"] = str(folder)
    endpoint.start()
    Database(Foundation(endpoint))
    log = endpoint.log
    etcd, users = (
        subprocess.Popen([follower(tmp_path / name), "-f", log], stdout=subprocess.DEVNULL)
        for name in ("etcd", "tail")
    )
    try:
        (server,) = endpoint.postgres_processes()
        shutil.rmtree(folder)
        assert until(lambda: endpoint.ended and etcd.poll() is not None and not alive(server))
        assert users.poll() is None
    finally:
        for process in (etcd, users):
            process.kill()
            process.wait()


def follower(path: Path) -> Path:
    """`tail` under another name."""
    path.symlink_to(shutil.which("tail") or "/usr/bin/tail")
    return path


def alive(process: psutil.Process) -> bool:
    return process.is_running() and process.status() != psutil.STATUS_ZOMBIE


def until(holds: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + ENDS_WITHIN_SECONDS
    while not holds():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.1)
    return True
