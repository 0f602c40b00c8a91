"""All services of one platform: start, stop, and what runs."""

from dataclasses import dataclass

from local.paths import Paths
from local.screen import Screen, Step
from local.services import cloud as cloud_service
from local.services import controllers as controllers_service
from local.services.apiserver import Webhooks, apiserver
from local.services.certificates import Certificates
from local.services.cloud import cloud
from local.services.controllers import controllers
from local.services.etcd import etcd
from local.services.ports import Ports, is_free
from local.services.service import Service, ServiceError
from local.toolchain.toolchain import Toolchain

PORTS = ("etcd", "etcd-peer", "kube-apiserver", "kube-controller-manager", "cloud")
ATTEMPTS = 3


@dataclass(frozen=True, kw_only=True)
class Addresses:
    """Where the services are reached; URLs without a trailing slash."""

    cloud: str
    apiserver: str


@dataclass(frozen=True, kw_only=True)
class Started:
    """What starting did.

    moved: pairs of an old and a new URL, for each service whose port another program had taken.
    """

    addresses: Addresses
    moved: tuple[tuple[str, str], ...]


class Platform:
    """The services below one home folder."""

    def __init__(self, paths: Paths):
        self._paths = paths
        self._ports = Ports(paths.run / "ports.json")

    def services(self, toolchain: Toolchain | None = None) -> list[Service]:
        """The services in the order in which they start; empty before the first start.

        Without a toolchain they can be found, checked and stopped, but not started.
        """
        ports = {name: port for name in PORTS if (port := self._ports.get(name)) is not None}
        if len(ports) < len(PORTS):
            return []
        names = ("etcd", "kube-apiserver", "kube-controller-manager")
        programs = dict(zip(names, names, strict=True))
        if toolchain is not None:
            programs = {
                "etcd": str(toolchain.etcd),
                "kube-apiserver": str(toolchain.apiserver),
                "kube-controller-manager": str(toolchain.controller_manager),
            }
        store = etcd(self._paths, programs["etcd"], ports["etcd"], ports["etcd-peer"])
        server_program, server_port = programs["kube-apiserver"], ports["kube-apiserver"]
        manager = "kube-controller-manager"
        return [
            store,
            cloud(self._paths, ports["cloud"]),
            apiserver(self._paths, server_program, server_port, store.address),
            controllers(self._paths, programs[manager], ports[manager]),
        ]

    def addresses(self) -> Addresses:
        """Where the started services are reached."""
        addresses = {service.process.name: service.address for service in self.services()}
        return Addresses(cloud=addresses["cloud"], apiserver=addresses["kube-apiserver"])

    def start(self, toolchain: Toolchain, region: str, screen: Screen) -> Started:
        """Starts what does not run, and waits until all is healthy. Raises ServiceError."""
        moved: dict[str, str] = {}
        with screen.step("starting the services") as step:
            for attempt in range(ATTEMPTS):
                for old, new in self._assign_ports(screen):
                    moved[old] = new
                try:
                    self._start_all(toolchain, region, screen, step)
                    break
                except ServiceError as error:
                    # Another program may take a port between our look and the service's start.
                    lost = error.service.process.find() is None and not is_free(error.service.port)
                    if not lost or attempt == ATTEMPTS - 1:
                        raise
        return Started(addresses=self.addresses(), moved=tuple(moved.items()))

    def stop(self, screen: Screen) -> None:
        """Stops all that runs, in reverse order."""
        running = [s for s in reversed(self.services()) if s.process.find() is not None]
        if not running:
            return
        with screen.step("stopping the services") as step:
            for service in running:
                # All at once, but for the store, which the API server still writes to.
                if service.process.name != "etcd":
                    service.process.ask_to_stop()
            for service in running:
                step.show(service.title)
                service.process.stop()

    def _assign_ports(self, screen: Screen) -> list[tuple[str, str]]:
        """Gives each service that does not run a port; the URLs of those that had to move."""
        before = {service.process.name: service for service in self.services()}
        running = {name for name, s in before.items() if s.process.find() is not None}
        if "etcd" in running:
            running.add("etcd-peer")
        for name in PORTS:
            if name in running:
                continue
            port, taken = self._ports.ensure(name)
            if taken is not None:
                screen.warn(f"Port {taken} of {name} is taken by another program: using {port}.")
        after = {service.process.name: service for service in self.services()}
        return [
            (before[name].address, after[name].address)
            for name in before
            if before[name].address != after[name].address
        ]

    def _start_all(self, toolchain: Toolchain, region: str, screen: Screen, step: Step) -> None:
        Certificates(folder=self._paths.certificates).ensure()
        store, aws, server, manager = self.services(toolchain)
        Webhooks(folder=self._paths.run).write(aws.address)
        controllers_service.write_access(self._paths, server.address)
        settings = cloud_service.config(
            self._paths, aws.port, server.address, toolchain.charts, region
        )
        file = cloud_service.config_file(self._paths)
        if not file.exists() or file.read_text() != settings:
            aws.process.stop()
            file.write_text(settings)
        for service in (store, aws):
            self._start(service, screen)
        store.wait(step.show)
        for service in (server, manager):
            self._start(service, screen)
            service.wait(step.show)
        aws.wait(step.show)

    def _start(self, service: Service, screen: Screen) -> None:
        """Starts a service that does not run, or runs with other arguments."""
        process = service.process
        if process.runs_as_wanted():
            return
        died = process.pid_file.exists()
        if process.stop():
            screen.warn(f"{service.title} is restarted with its new settings.")
        elif died:
            screen.warn(f"{service.title} had ended and is started again, with what it held.")
        process.start()
