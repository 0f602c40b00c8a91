"""Locks and processes that a killed run leaves."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import psutil
import pytest

from local.engine import pending, recovery
from local.engine.environment import RUN_MARK, Environment
from local.engine.stack import Stack
from local.failure import LocalError
from local.paths import Paths
from local.screen import Screen
from local.services.platform import Addresses
from local.services.process import has_ended

# What `pulumi stack export` and `pulumi stack import` do.
CLI = """#!/bin/sh
case "$2" in
export) cat {state} ;;
import) cat > {state}.new && mv {state}.new {state} ;;
esac
"""


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    return Paths(home=tmp_path / "home", cache=tmp_path / "cache")


def sleeper(folder: Path, name: str, environment: dict[str, str]) -> subprocess.Popen[bytes]:
    """A process of the given name."""
    program = folder / name
    program.symlink_to("/bin/sleep")
    return subprocess.Popen([str(program), "300"], env={**os.environ, **environment})


def lock_of(paths: Paths, pid: int) -> Path:
    lock = paths.state / ".pulumi" / "locks" / "organization" / "groundwork" / "local" / "a.json"
    lock.parent.mkdir(parents=True)
    lock.write_text(json.dumps({"pid": pid, "username": "user", "hostname": "here"}))
    lock.with_name("a.json.attrs").write_text("{}")
    return lock


def test_the_lock_of_a_dead_engine_is_removed(
    paths: Paths, capsys: pytest.CaptureFixture[str]
) -> None:
    dead = subprocess.Popen(["/bin/true"])
    dead.wait()
    lock = lock_of(paths, dead.pid)
    recovery.clear_locks(paths, Screen())
    assert list(lock.parent.iterdir()) == []
    assert "Stack local was locked by a run that was killed" in capsys.readouterr().out


def test_the_lock_of_another_program_is_removed(paths: Paths) -> None:
    lock = lock_of(paths, os.getpid())
    recovery.clear_locks(paths, Screen())
    assert not lock.exists()


def test_the_lock_of_a_working_engine_stays(paths: Paths, tmp_path: Path) -> None:
    with sleeper(tmp_path, "pulumi", {}) as engine:
        try:
            lock = lock_of(paths, engine.pid)
            with pytest.raises(LocalError, match=rf"pulumi \(pid {engine.pid}\) is at work"):
                recovery.clear_locks(paths, Screen())
            assert lock.exists()
        finally:
            engine.kill()


def test_attributes_that_a_killed_engine_tore_are_removed(paths: Paths) -> None:
    stacks = paths.state / ".pulumi" / "stacks" / "groundwork"
    stacks.mkdir(parents=True)
    contents = {"local.json": "{}", "local.json.attrs": "", "other.json.attrs": "{}"}
    for name, content in contents.items():
        (stacks / name).write_text(content)
    recovery.clear_torn_attributes(paths)
    assert {file.name for file in stacks.iterdir()} == {"local.json", "other.json.attrs"}


def test_only_this_platforms_left_processes_are_ended(paths: Paths, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    with (
        sleeper(tmp_path, "pulumi", {RUN_MARK: str(paths.home)}) as ours,
        sleeper(tmp_path / "other", "pulumi", {RUN_MARK: "/other"}) as theirs,
    ):
        try:
            recovery.stop_strays(paths, Screen())
            assert ours.wait(20) != 0
            assert theirs.poll() is None
        finally:
            theirs.kill()


def test_a_users_process_of_two_words_is_none_of_ours(paths: Paths) -> None:
    own = {**os.environ, "PULUMI_HOME": str(paths.pulumi_home)}
    with subprocess.Popen(["wc", "-c"], stdin=subprocess.PIPE, env=own) as counting:
        recovery.stop_strays(paths, Screen())
        assert counting.poll() is None
        counting.kill()


def test_plugins_that_outlived_the_users_engine_are_ended_and_nothing_else(
    paths: Paths, tmp_path: Path
) -> None:
    own = {"PULUMI_HOME": str(paths.pulumi_home)}
    engine = tmp_path / "pulumi"  # one that lives, with its plugin
    engine.symlink_to("/bin/sh")
    plugin = tmp_path / "pulumi-resource-kubernetes"
    plugin.symlink_to("/bin/sleep")
    with (
        sleeper(tmp_path, "pulumi-language-python", own) as left,
        sleeper(tmp_path, "editor", own) as editor,
        subprocess.Popen(
            [sys.executable, "-c", "import signal; signal.pause()  # local.language_host"],
            env={**os.environ, **own},
        ) as host,
        subprocess.Popen(
            [str(engine), "-c", f"{plugin} 300 & echo $!; wait"],
            env={**os.environ, **own},
            stdout=subprocess.PIPE,
            text=True,
        ) as working,
    ):
        assert working.stdout is not None
        used = psutil.Process(int(working.stdout.readline()))
        try:
            recovery.stop_strays(paths, Screen())
            assert left.wait(20) != 0
            assert host.wait(20) != 0
            assert editor.poll() is None
            assert used.is_running()
            working.kill()
            working.wait()
            recovery.stop_strays(paths, Screen())
            assert has_ended(used)
        finally:
            editor.kill()


def stack_at(paths: Paths, port: int) -> Stack:
    """The stack local of a platform whose services listen at `port` and beside it."""
    addresses = Addresses(
        endpoint=f"http://127.0.0.1:{port}", apiserver=f"https://127.0.0.1:{port + 1}"
    )
    environment = Environment(paths=paths, addresses=addresses, region="eu-west-1")
    return Stack(name="local", cli=paths.home / "pulumi", paths=paths, environment=environment)


def deployed_at(paths: Paths, port: int) -> Stack:
    """The same, with a cluster in its state."""
    stack = stack_at(paths, port)
    for folder in (paths.run, paths.project, stack.state_file.parent):
        folder.mkdir(parents=True)
    endpoint = {"urn": "cluster", "outputs": {"endpoint": f"https://127.0.0.1:{port + 1}"}}
    state = {"checkpoint": {"latest": {"resources": [endpoint]}}}
    stack.state_file.write_text(json.dumps(state))
    return stack


def test_a_move_from_where_an_earlier_version_was_is_followed(paths: Paths) -> None:
    stack = deployed_at(paths, 41000)
    stack.cli.write_text(CLI.format(state=stack.state_file))
    stack.cli.chmod(0o755)
    known = {"cloud": "http://127.0.0.1:41000", "apiserver": "https://127.0.0.1:41001"}
    (paths.run / "addresses.json").write_text(json.dumps(known))
    recovery.follow_moves(stack_at(paths, 42000), Screen())
    assert stack.resources()[0]["outputs"]["endpoint"] == "https://127.0.0.1:42001"


def test_a_move_that_a_killed_run_did_not_follow_is_followed(paths: Paths) -> None:
    stack = deployed_at(paths, 41000)
    recovery.follow_moves(stack, Screen())
    with pytest.raises(LocalError, match="is not there"):  # no CLI yet: as if killed before
        recovery.follow_moves(stack_at(paths, 42000), Screen())
    stack.cli.write_text(CLI.format(state=stack.state_file))
    stack.cli.chmod(0o755)
    recovery.follow_moves(stack_at(paths, 42000), Screen())
    assert stack.resources()[0]["outputs"]["endpoint"] == "https://127.0.0.1:42001"


BEGUN = {"urn": "vpc", "type": "aws:ec2/vpc:Vpc", "inputs": {"cidrBlock": "10.0.0.0/16"}}
MADE = {**BEGUN, "id": "made", "outputs": {"arn": "arn"}}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ([], [MADE]),
        # A replacement begins while its forerunner, of the same URN, is still in the state.
        ([{**BEGUN, "id": "old"}], [MADE, {**BEGUN, "id": "old", "delete": True}]),
        ([{**BEGUN, "id": "old", "pendingReplacement": True}], [MADE]),
        ([{**BEGUN, "id": "made"}], [{**BEGUN, "id": "made"}]),
        (
            [{**BEGUN, "id": "older", "delete": True}],
            [{**BEGUN, "id": "older", "delete": True}, MADE],
        ),
    ],
    ids=["new", "replacement", "deleted first", "known", "earlier replacement"],
)
def test_what_was_made_is_in_the_state_as_after_its_creation(
    monkeypatch: pytest.MonkeyPatch, before: list[dict[str, Any]], after: list[dict[str, Any]]
) -> None:
    monkeypatch.setattr(
        pending.Search, "find", lambda *_: pending.Made(id="made", outputs={"arn": "arn"})
    )
    begun = {"resource": BEGUN, "type": "creating"}
    deployment = {"resources": before, "pending_operations": [begun]}
    search = object.__new__(pending.Search)
    assert pending.take_up(deployment, search) == ["vpc"]
    assert deployment == {"resources": after}


def test_what_shows_only_after_a_while_is_taken_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """The endpoint may be at work on a creation whose plugin is gone."""
    answers = iter([None, pending.Made(id="made", outputs={"arn": "arn"})])
    monkeypatch.setattr(pending.Search, "find", lambda *_: next(answers))
    deployment = {"pending_operations": [{"resource": BEGUN, "type": "creating"}]}
    search = object.__new__(pending.Search)
    assert pending.take_up(deployment, search, late_seconds=0) == ["vpc"]
    assert deployment == {"resources": [MADE]}


def test_what_a_run_was_killed_over_is_compared_by_the_next(
    paths: Paths, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It had taken things up, and was killed before the refresh that follows."""
    stack = deployed_at(paths, 41000)
    (paths.run / "unsettled.json").write_text(json.dumps(["cluster", "gone"]))
    done: list[list[str]] = []
    monkeypatch.setattr(Stack, "change", lambda _, title, words, screen: done.append(words))
    recovery.settle_pending(stack, Screen())
    recovery.settle_pending(stack, Screen())
    assert done == [["refresh", "--target", "cluster"]]
