"""The platform as a command finds it: its toolchain, services and stacks, brought up as needed."""

from dataclasses import dataclass
from pathlib import Path

from local.engine import installation, project, recovery
from local.engine.environment import Environment
from local.engine.stack import Stack
from local.paths import Paths
from local.screen import Screen
from local.services.platform import Addresses, Platform
from local.toolchain import charts, toolchain
from local.toolchain.toolchain import Toolchain

LOCAL = "local"
"""The stack that `up` deploys and whose region the user's shell has."""


@dataclass(frozen=True, kw_only=True)
class Session:
    """A running platform with everything that an engine run needs."""

    paths: Paths
    toolchain: Toolchain
    addresses: Addresses
    cli: Path

    @property
    def environment(self) -> Environment:
        """The variables of the engine and of the user's shell."""
        return Environment(
            paths=self.paths,
            addresses=self.addresses,
            region=project.region(self.paths, LOCAL),
        )

    def stack(self, name: str) -> Stack:
        """One of the stacks."""
        return Stack(name=name, cli=self.cli, paths=self.paths, environment=self.environment)


def mirror(addresses: Addresses, paths: Paths) -> project.Mirror:
    """The chart repository that the AWS endpoint serves."""
    return project.Mirror(
        repository=f"{addresses.endpoint}/charts", versions=charts.versions(paths.go)
    )


def start(paths: Paths, screen: Screen) -> Session:
    """Brings everything up that an engine run needs, and leaves what runs alone.

    What an interrupted run left is put right first. Raises LocalError.
    """
    region = project.region(paths, LOCAL)
    programs = toolchain.prepare(paths, screen)
    recovery.stop_strays(paths, screen)
    recovery.clear_locks(paths, screen)
    recovery.clear_torn_attributes(paths)
    addresses = Platform(paths).start(programs, region, screen)
    project.write(paths, mirror(addresses, paths))
    cli = installation.install(paths, programs, screen)
    session = Session(paths=paths, toolchain=programs, addresses=addresses, cli=cli)
    stack = session.stack(LOCAL)
    if not stack.state_file.exists():
        stack.ensure()
        stack.select()
    recovery.follow_moves(stack, screen)
    return session


def attach(paths: Paths) -> Session:
    """The platform as it runs, without starting or changing anything. Raises LocalError."""
    programs = toolchain.prepare(paths, Screen())
    return Session(
        paths=paths,
        toolchain=programs,
        addresses=Platform(paths).addresses(),
        cli=installation.cli(paths, programs),
    )
