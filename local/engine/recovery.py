"""Puts right what a run that was killed left behind: processes, locks, pending operations."""

import json
import os
import signal
from pathlib import Path
from typing import Any

import psutil

from local import files
from local.engine import releases
from local.engine.environment import RUN_MARK
from local.engine.events import lost_creations
from local.engine.kubernetes_api import KubernetesApi
from local.engine.stack import PROJECT, Stack
from local.failure import LocalError
from local.paths import Paths
from local.screen import Screen
from local.services.process import has_ended, wait_ended

PLUGINS = ("pulumi-language-", "pulumi-resource-")
# As `local.engine.installation` has Python run them; the last two as a version before did, whose
# run may have been killed.
OWN_PLUGINS = (
    "local.plugins.aws",
    "local.plugins.random",
    "local.language_host",
    "local.aws",
    "local.random",
)
FINISH_SECONDS = 60.0
"""How long an engine that has lost its command may take to finish what it has begun."""


def stop_strays(paths: Paths, screen: Screen) -> None:
    """Ends the engine of a run whose command was killed, and all that the engine had started.

    The caller holds the platform's lock, so no run of ours is under way.
    """
    strays = _strays(paths)
    if not strays:
        return
    engines = [process for process in strays if _name(process) == "pulumi"]
    if engines:
        pids = ", ".join(str(engine.pid) for engine in engines)
        screen.warn(f"The engine of an interrupted run still works (pid {pids}): ending it.")
        for engine in engines:
            _signal(engine, signal.SIGINT)
        wait_ended(engines, FINISH_SECONDS)
    for process in _strays(paths):
        _signal(process, signal.SIGKILL)
    wait_ended(strays, FINISH_SECONDS)


def clear_locks(paths: Paths, screen: Screen) -> None:
    """Removes the locks of engines that no longer run.

    Raises LocalError if one that does run, started by the user, works on a stack.
    """
    for lock in _locks(paths).glob("*/*.json"):
        stack = lock.parent.name
        pid = _lock_owner(lock)
        if pid is not None and _is_engine(pid):
            raise LocalError(
                f"pulumi (pid {pid}) is at work on stack {stack}: wait until it has ended, or "
                f"interrupt it with `kill -INT {pid}`."
            )
        # The backend keeps attributes of each file beside it.
        for file in (lock, lock.with_name(f"{lock.name}.attrs")):
            file.unlink(missing_ok=True)
        screen.warn(f"Stack {stack} was locked by a run that was killed: unlocked.")


def is_locked(paths: Paths, stack: str) -> bool:
    """Whether an engine works on a stack, or a killed one has left its lock."""
    return any((_locks(paths) / stack).glob("*.json"))


def _locks(paths: Paths) -> Path:
    return paths.state / ".pulumi" / "locks" / "organization" / PROJECT


def clear_torn_attributes(paths: Paths) -> None:
    """Removes the attributes of stack files that a killed engine had not written to their end.

    The backend does without them, but refuses a stack whose attributes it cannot read.
    """
    for file in (paths.state / ".pulumi" / "stacks").rglob("*.attrs"):
        try:
            json.loads(file.read_text())
        except ValueError:
            file.unlink()


def settle_pending(stack: Stack, screen: Screen) -> None:
    """Finds out what became of the resources that a killed run was about to create.

    One that exists is taken into the state, so that the next run neither fails on it nor makes it
    twice; one that does not is forgotten. A file names those that are still to be compared with
    what is there, so that the next run makes up for one that was killed in the midst of this.
    """
    unsettled = stack.paths.run / "unsettled.json"
    targets = json.loads(unsettled.read_text()) if unsettled.exists() else []
    begun = stack.pending_operations() + _lost(stack)
    if begun:
        names = ", ".join(sorted(op["resource"]["urn"].rsplit("::", 1)[-1] for op in begun))
        screen.warn(f"An interrupted run had begun with: {names}. Looking what became of it.")
        # With its secrets encrypted: none of them is needed.
        state = json.loads(stack.run(["stack", "export", "--stack", stack.name]))
        api = KubernetesApi.of_platform(stack.environment)
        releases.clear_marks(api, [operation["resource"] for operation in begun])
        state["deployment"]["pending_operations"] = begun
        targets += _take_up(stack, state["deployment"])
        files.write(unsettled, json.dumps(targets))
        stack.run(["stack", "import", "--stack", stack.name], given=json.dumps(state))
    there = {resource["urn"] for resource in stack.resources()}
    words = [word for urn in targets if urn in there for word in ("--target", urn)]
    if words:
        stack.change("settling interrupted operations", ["refresh", *words], screen)
    unsettled.unlink(missing_ok=True)


def _lost(stack: Stack) -> list[dict[str, Any]]:
    """The creations of the last run that the engine forgot when it lost a plugin."""
    there = {resource["urn"] for resource in stack.resources()}
    there |= {operation["resource"]["urn"] for operation in stack.pending_operations()}
    lost = lost_creations(stack.events)
    return [{"resource": one, "type": "creating"} for one in lost if one["urn"] not in there]


def _take_up(stack: Stack, deployment: dict[str, Any]) -> list[str]:
    from local.engine.pending import Search, take_up  # rarely needed, and slow to import

    search = Search(
        known=frozenset((r["type"], r["id"]) for r in stack.resources() if "id" in r),
        session=stack.environment.session(),
        region=stack.environment.region,
        endpoint=stack.environment.addresses.endpoint,
        types=next(stack.paths.pulumi_home.glob("plugins/resource-aws-*/types.json"), None),
    )
    return take_up(deployment, search)


def follow_moves(stack: Stack, screen: Screen) -> None:
    """Replaces the addresses of services that have moved to another port in a stack's state.

    What the state says of the AWS endpoint and of the API server would otherwise lead nowhere, and
    nothing could be refreshed or deleted. A file has the addresses that the state was last brought
    in line with, so that the next run makes up for one that was killed before it came to this.
    """
    file = stack.paths.run / "addresses.json"
    services = stack.environment.addresses
    # Named in the file as every version has named them.
    addresses = {"cloud": services.endpoint, "apiserver": services.apiserver}
    followed = json.loads(file.read_text()) if file.exists() else {}
    if followed == addresses:
        return
    if followed and stack.resources():
        state = stack.run(["stack", "export", "--show-secrets", "--stack", stack.name])
        for name, old in followed.items():
            state = state.replace(old, addresses[name])
        stack.run(["stack", "import", "--stack", stack.name], given=state)
        screen.warn("The state follows the services to their new ports.")
    files.write(file, json.dumps(addresses, indent=2))


def follow_databases(stack: Stack, screen: Screen) -> None:
    """Refreshes the RDS instances whose server has taken another port than the state says."""
    kind = "aws:rds/instance:Instance"
    known = [r for r in stack.resources() if r["type"] == kind and "id" in r]
    if not known:
        return
    endpoint = stack.environment.addresses.endpoint
    rds = stack.environment.session().client("rds", endpoint_url=endpoint)
    found = rds.describe_db_instances()["DBInstances"]
    ports = {i["DbiResourceId"]: i["Endpoint"]["Port"] for i in found if "Endpoint" in i}
    moved = [r["urn"] for r in known if r["outputs"].get("port") != ports.get(r["id"])]
    if moved:
        targets = [word for urn in moved for word in ("--target", urn)]
        stack.change("following the database to its new port", ["refresh", *targets], screen)


def _strays(paths: Paths) -> list[psutil.Process]:
    """Processes of this platform's engine runs, and plugins whose engine is gone."""
    found: dict[int, psutil.Process] = {}
    for process in psutil.process_iter():
        try:
            environment = process.environ()
            if environment.get(RUN_MARK) == str(paths.home):
                found[process.pid] = process
            elif environment.get("PULUMI_HOME") == str(paths.pulumi_home) and _is_orphan(process):
                family = [process, *process.children(recursive=True)]
                found |= {member.pid: member for member in family}
        except psutil.Error:
            continue  # it has ended, or is another user's
    found.pop(os.getpid(), None)
    return list(found.values())


def _is_orphan(process: psutil.Process) -> bool:
    """Whether this is a plugin, as of a `pulumi up` that the user began, whose engine was killed.

    All else that was begun in a shell with this platform's variables is the user's own.
    """
    command = process.cmdline()
    is_own = command[1:2] in (["-m"], ["-c"]) and any(
        p in word for word in command[2:3] for p in OWN_PLUGINS
    )
    is_plugin = any(Path(word).name.startswith(PLUGINS) for word in command[:2])
    return (is_own or is_plugin) and all(_name(parent) != "pulumi" for parent in process.parents())


def _is_engine(pid: int) -> bool:
    """Whether a Pulumi CLI runs under this process id."""
    try:
        process = psutil.Process(pid)
    except psutil.NoSuchProcess:
        return False
    return not has_ended(process) and _name(process) == "pulumi"


def _name(process: psutil.Process) -> str:
    try:
        return process.name()
    except psutil.Error:
        return ""


def _signal(process: psutil.Process, number: signal.Signals) -> None:
    try:
        process.send_signal(number)
    except psutil.NoSuchProcess:
        return


def _lock_owner(lock: Path) -> int | None:
    """The pid in a lock file; None if the file was not written to its end."""
    try:
        return int(json.loads(lock.read_text())["pid"])
    except (ValueError, KeyError, FileNotFoundError):
        return None
