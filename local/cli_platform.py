"""What the commands do that start, change, show and stop the platform."""

import json
import shutil
import time

from rich.table import Table
from rich.text import Text

from local import session as sessions
from local.engine import installation, project, recovery, shell
from local.engine.events import Progress
from local.engine.finalizers import HeldDeletions
from local.engine.stack import Stack
from local.failure import LocalError
from local.paths import Paths
from local.screen import Screen
from local.services.platform import Platform
from local.session import LOCAL, Session
from local.toolchain import toolchain as programs
from local.toolchain.cache import Cache

UNCHANGED = {"same", "read", "refresh"}
DONE = {
    "create": "created",
    "update": "updated",
    "delete": "deleted",
    "replace": "replaced",
    "import": "taken over",
}


def up(paths: Paths, screen: Screen) -> None:
    """Deploys the stack `local` on a platform that it starts. Raises LocalError."""
    started = time.monotonic()
    session = sessions.start(paths, screen)
    stack = session.stack(LOCAL)
    recovery.settle_pending(stack, screen)
    recovery.follow_databases(stack, screen)
    known = len(stack.resources()) or None
    try:
        remarks = HeldDeletions(session.environment)
        progress = stack.change("deploying the stack local", ["up"], screen, known, remarks)
    finally:
        # After a failure too: it is the shell in which a user looks for the cause.
        shell.write(session.environment, session.cli, session.toolchain.kubectl)
    show_result(progress, time.monotonic() - started, screen)
    show_services(session, screen)
    show_next_steps(session, screen)


def preview(paths: Paths, name: str, arguments: list[str], screen: Screen) -> int:
    """Pulumi's preview of a stack; gives its exit code. Raises LocalError."""
    project.region(paths, name)  # says so at once if there is no such stack
    session = sessions.start(paths, screen)
    stack = session.stack(name)
    stack.ensure()
    shell.write(session.environment, session.cli, session.toolchain.kubectl)
    return stack.preview(arguments)


def refresh(paths: Paths, screen: Screen) -> None:
    """Refreshes the stack `local`. Raises LocalError."""
    session = sessions.start(paths, screen)
    stack = session.stack(LOCAL)
    recovery.settle_pending(stack, screen)
    total = len(stack.resources())
    started = time.monotonic()
    progress = stack.change("refreshing the stack local", ["refresh"], screen, total=total)
    show_result(progress, time.monotonic() - started, screen)


def down(paths: Paths, screen: Screen) -> None:
    """Destroys the stack `local` and stops everything. Raises LocalError."""
    platform = Platform(paths)
    if _has_resources(paths):
        session = sessions.start(paths, screen)
        stack = session.stack(LOCAL)
        recovery.settle_pending(stack, screen)
        total = len(stack.resources())
        remarks = HeldDeletions(session.environment)
        # What holds state is protected from every run but this one.
        words = ["destroy", "--ignore-protect"]
        stack.change("destroying the stack local", words, screen, total, remarks)
    recovery.stop_strays(paths, screen)
    recovery.clear_locks(paths, screen)
    platform.stop(screen)
    shutil.rmtree(paths.temporary, ignore_errors=True)
    screen.say("Everything is stopped.")


def _has_resources(paths: Paths) -> bool:
    file = paths.state / ".pulumi" / "stacks" / "groundwork" / f"{LOCAL}.json"
    return file.exists() and '"urn"' in file.read_text()


def clean(paths: Paths, screen: Screen) -> None:
    """Stops everything and deletes the home folder, the lock that is held apart."""
    recovery.stop_strays(paths, screen)
    Platform(paths).stop(screen)
    for entry in paths.home.iterdir():
        if entry == paths.lock:
            continue
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry)
        else:
            entry.unlink()
    screen.say(f"All data in {paths.home} is deleted.")


def clean_cache(paths: Paths, screen: Screen) -> None:
    """Empties the cache of programs."""
    freed = Cache(root=paths.cache).clear()
    screen.say(f"{paths.cache} is deleted ({freed / 2**20:.0f} MiB).")


def toolchain(paths: Paths, screen: Screen) -> None:
    """Prepares every program and shows where it is."""
    found = programs.prepare(paths, screen)
    table = Table("program", "place", box=None, header_style="bold")
    for name in ("pulumi", "etcd", "apiserver", "controller_manager", "kubectl"):
        table.add_row(name.replace("_", "-"), str(getattr(found, name)))
    table.add_row("kubernetes plugin", str(found.kubernetes_plugin))
    table.add_row("charts", str(found.charts))
    screen.console.print(table)


def sync(paths: Paths) -> None:
    """Writes the engine's project and stack files anew. Raises LocalError."""
    platform = Platform(paths)
    services = platform.services()
    if not services:
        raise LocalError("the platform has never run here: `make up` first.")
    # The engine's plugins would end in errors of the network, each in its own words.
    stopped = [service.title for service in services if service.process.find() is None]
    if len(stopped) == len(services):
        raise LocalError("the platform is down: `make up` brings it up.")
    if stopped:
        raise LocalError(f"not running: {', '.join(stopped)}. `make up` starts what is missing.")
    if not installation.is_of_this_checkout(paths):
        raise LocalError("the checkout is newer than what runs: `make up` first.")
    project.write(paths, sessions.mirror(platform.addresses(), paths))


def settle(paths: Paths, screen: Screen) -> None:
    """Settles what an interrupted run of the stack `local` had begun, unless one is at work.

    A lock that a killed run has left is the user's to remove, with `pulumi cancel` as elsewhere.
    """
    if not recovery.is_locked(paths, LOCAL):
        recovery.settle_pending(sessions.attach(paths).stack(LOCAL), screen)


def status(paths: Paths, screen: Screen) -> int:
    """Shows services and outputs; 1 if a service that should run does not, or is not well."""
    services = Platform(paths).services()
    if not any(service.process.find() for service in services):
        screen.say("Nothing runs. `make up` brings the platform up.")
        return 0
    session = sessions.attach(paths)
    well = show_services(session, screen)
    show_stack(session.stack(LOCAL), screen)
    return 0 if well else 1


def show_stack(stack: Stack, screen: Screen) -> None:
    """How many resources a stack has, and its outputs."""
    count = len(stack.resources())
    if not count:  # nor need there be a project yet in which the CLI could run
        screen.say(f"\nstack {stack.name}: not deployed yet")
        return
    screen.say(f"\nstack {stack.name}: {count} resources")
    table = Table(box=None, show_header=False)
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True, overflow="ellipsis")
    for name, value in stack.outputs().items():
        table.add_row(name, Text(value if isinstance(value, str) else json.dumps(value)))
    screen.console.print(table)


def show_result(progress: Progress, seconds: float, screen: Screen) -> None:
    """What a run changed, and how long the command took."""
    changes = {k: v for k, v in progress.changes.items() if k not in UNCHANGED and v}
    what = ", ".join(f"{count} {DONE.get(name, name)}" for name, count in changes.items())
    unchanged = sum(v for k, v in progress.changes.items() if k in UNCHANGED)
    said = f"{what}, {unchanged} unchanged" if what else f"no changes, {unchanged} resources"
    screen.say(f"\n{said} ({seconds:.0f} s)\n")


def show_services(session: Session, screen: Screen) -> bool:
    """A table of the services and of the databases behind RDS; whether all services are well."""
    table = Table("service", "address", "pid", "memory", "health", box=None, header_style="bold")
    well = True
    for service in Platform(session.paths).services():
        process = service.process.find()
        wrong = service.check() if process else "does not run"
        well = well and wrong is None
        memory = f"{process.memory_info().rss >> 20} MiB" if process else ""
        health = Text(wrong, style="red") if wrong else Text("well", style="green")
        pid = str(process.pid) if process else ""
        table.add_row(service.title, service.address, pid, memory, health)
    for database in shell.databases(session.environment) if well else ():
        available = database.status == "available"
        well = well and available
        health = Text("well", "green") if available else Text(database.status, "red")
        table.add_row("PostgreSQL", database.address, "", "", health)
    screen.console.print(table)
    return well


def show_next_steps(session: Session, screen: Screen) -> None:
    """What a user can try on the platform that runs."""
    env = session.paths.shell
    if env.is_relative_to(session.paths.repository):
        env = env.relative_to(session.paths.repository)
    steps = {
        f"source {env}": "a shell for all of the following",
        "pulumi stack output": "what was deployed",
        "kubectl get namespaces": "the cluster, through EKS access entries",
        "aws eks list-clusters": "AWS",
        "psql": "the database",
        "make status": "what runs; `make down` ends it all",
    }
    width = max(map(len, steps))
    lines = (f"  {command:{width}}  {what}" for command, what in steps.items())
    screen.say("\n".join(["\nTry next:", *lines]))
