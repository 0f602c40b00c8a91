"""All RDS servers of the endpoint, kept in line with what AWS describes."""

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from itertools import count
from pathlib import Path

from local.endpoint.rds.certificate import Authority
from local.endpoint.rds.instance import ServerState
from local.endpoint.rds.ports import free_port
from local.endpoint.rds.record import Record
from local.endpoint.rds.server import RdsServer
from local.endpoint.rds.specification import InstanceSpec, wanted_instances

LOG = logging.getLogger(__name__)
WATCH_SECONDS = 2.0
LONGEST_PAUSE_SECONDS = 60.0
# No identifier of an instance can have a dot.
ASIDE = ".orphaned-"


class DataPlane:
    """The servers below one directory.

    `settle` compares and acts, so it can be called at any time and again: after a change,
    and at the start, when it adopts what runs and moves aside what belongs to no instance.

    state: keeps moto's state still while it is read.
    """

    def __init__(
        self,
        directory: Path,
        authority: Authority,
        *,
        state: Callable[[], AbstractContextManager[None]],
    ) -> None:
        self._directory = directory
        self._authority = authority
        self._state = state
        self._servers: dict[str, RdsServer] = {}
        self._states: dict[str, ServerState] = {}
        self._ports: dict[str, int] = {}
        self._lock = threading.Lock()
        self._stopping = threading.Event()

    def settle(self) -> None:
        """Makes every server what its instance should be."""
        with self._lock:
            if self._stopping.is_set():
                return
            with self._state():
                specifications = wanted_instances()
            self._remove_others({spec.resource_id for spec in specifications})
            for spec in specifications:
                self._states[spec.resource_id] = self._server_of(spec).ensure(spec)

    def server_state(self, resource_id: str, identifier: str) -> ServerState:
        """How an instance's server is; one that is not made yet has its port already."""
        known = self._states.get(resource_id)
        if known is not None:
            return known
        return ServerState(status="creating", port=self._port_of(resource_id), pending_reboot=False)

    def health(self) -> dict[str, str]:
        """For each instance ``ok``, or the RDS status that is in the way."""
        return {
            f"rds/{server.directory.name}": "ok"
            if self._states[identity].status in {"available", "stopped"}
            else self._states[identity].status
            for identity, server in list(self._servers.items())
            if identity in self._states
        }

    def watch(self) -> None:
        """Looks after the servers until `stop`: one that died is started again."""
        pause = WATCH_SECONDS
        while not self._stopping.wait(pause):
            died = [server for server in list(self._servers.values()) if server.died]
            for server in died:
                LOG.warning("the server in %s does not run as it should", server.directory)
            if died and self._directory.parent.exists():  # else the platform was removed
                self.settle()
            # What cannot be helped must not fill the log.
            pause = min(2 * pause, LONGEST_PAUSE_SECONDS) if died else WATCH_SECONDS

    def stop(self) -> None:
        """Stops all servers; their data stay."""
        self._stopping.set()
        with self._lock:
            for server in self._servers.values():
                server.stop()

    def _server_of(self, spec: InstanceSpec) -> RdsServer:
        if spec.resource_id not in self._servers:
            self._servers[spec.resource_id] = RdsServer(
                self._folder(spec), self._authority, port=self._port_of(spec.resource_id)
            )
        return self._servers[spec.resource_id]

    def _folder(self, spec: InstanceSpec) -> Path:
        recorded = self._recorded()
        if spec.resource_id in recorded:
            return recorded[spec.resource_id][0]
        plain = self._directory / spec.identifier
        # Instances of two regions may share a name.
        return plain if not plain.exists() else self._directory / spec.resource_id

    def _port_of(self, resource_id: str) -> int:
        if resource_id not in self._ports:
            recorded = self._recorded().get(resource_id)
            self._ports[resource_id] = recorded[1].port if recorded else free_port()
        return self._ports[resource_id]

    def _recorded(self) -> dict[str, tuple[Path, Record]]:
        found: dict[str, tuple[Path, Record]] = {}
        for folder in self._folders():
            record = Record.read(folder)
            if record is not None:
                found[record.resource_id] = (folder, record)
        return found

    def _remove_others(self, wanted: set[str]) -> None:
        for identity in self._servers.keys() - wanted:
            self._servers.pop(identity).destroy()
            self._states.pop(identity, None)
            self._ports.pop(identity, None)
        for folder in self._folders():
            record = Record.read(folder)
            if record is None or record.resource_id not in wanted:
                self._move_aside(folder)

    def _folders(self) -> Iterator[Path]:
        """The servers' folders, without those that were moved aside."""
        return (folder for folder in self._directory.glob("*/") if ASIDE not in folder.name)

    def _move_aside(self, folder: Path) -> None:
        """Stops the server of an unknown folder and renames the folder; its data stay.

        A killed deletion leaves such a folder, but so does a journal that replays differently.
        """
        RdsServer(folder, self._authority, port=0).stop()
        names = (f"{folder.name}{ASIDE}{number}" for number in count(1))
        aside = next(place for name in names if not (place := folder.with_name(name)).exists())
        folder.rename(aside)
        LOG.error("%s belongs to no RDS instance: its data are kept in %s", folder, aside)
