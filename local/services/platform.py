"""All services of one platform: start, stop, and what runs."""

from dataclasses import dataclass

from local.paths import Paths
from local.screen import Screen, Step
from local.services import endpoint
from local.services.apiserver import apiserver
from local.services.certificates import Certificates
from local.services.controllers import controllers
from local.services.endpoint import EndpointSettings
from local.services.etcd import etcd
from local.services.ports import HOST, Ports, is_free
from local.services.service import Service, ServiceError
from local.toolchain.toolchain import Toolchain

PORTS = ("etcd", "etcd-peer", "kube-apiserver", "kube-controller-manager", endpoint.NAME)
ATTEMPTS = 3


@dataclass(frozen=True, kw_only=True)
class Addresses:
    """Where the services are reached; URLs without a trailing slash."""

    endpoint: str
    apiserver: str


class Platform:
    """The services below one home folder."""

    def __init__(self, paths: Paths):
        self._paths = paths
        self._ports = Ports(paths.run / "ports.json")

    def services(
        self, toolchain: Toolchain | None = None, region: str | None = None
    ) -> list[Service]:
        """The services in the order in which they start; empty before the first start.

        Without a toolchain and a region they can be found, checked and stopped, but not started.
        """
        ports = {name: port for name in PORTS if (port := self._ports.get(name)) is not None}
        if len(ports) < len(PORTS):
            return []
        names = ("etcd", "kube-apiserver", "kube-controller-manager")
        programs = {name: name for name in names}
        settings = None
        if toolchain is not None and region is not None:
            places = (toolchain.etcd, toolchain.apiserver, toolchain.controller_manager)
            programs = {name: str(place) for name, place in zip(names, places, strict=True)}
            apiserver_url = f"https://{HOST}:{ports['kube-apiserver']}"
            settings = EndpointSettings(
                apiserver=apiserver_url, charts=toolchain.charts, region=region
            )
        paths = self._paths
        store = etcd(paths, programs["etcd"], ports["etcd"], ports["etcd-peer"])
        aws = endpoint.endpoint(paths, ports[endpoint.NAME], settings)
        name = "kube-apiserver"
        server = apiserver(paths, programs[name], ports[name], store.address, aws.address)
        name = "kube-controller-manager"
        manager = controllers(paths, programs[name], ports[name], server.address)
        return [store, aws, server, manager]

    def addresses(self) -> Addresses:
        """Where the started services are reached."""
        addresses = {service.process.name: service.address for service in self.services()}
        return Addresses(endpoint=addresses[endpoint.NAME], apiserver=addresses["kube-apiserver"])

    def start(self, toolchain: Toolchain, region: str, screen: Screen) -> Addresses:
        """Starts what does not run, and waits until all is healthy. Raises ServiceError."""
        with screen.step("starting the services") as step:
            for attempt in range(ATTEMPTS):
                self._assign_ports(screen)
                try:
                    self._start_all(toolchain, region, screen, step)
                    break
                except ServiceError as error:
                    # Another program may take a port between our look and the service's start.
                    lost = error.service.process.find() is None and not is_free(error.service.port)
                    if not lost or attempt == ATTEMPTS - 1:
                        raise
        return self.addresses()

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

    def _assign_ports(self, screen: Screen) -> None:
        """Gives each service that does not run a port: the one it had, if nobody has taken it."""
        running = {s.process.name for s in self.services() if s.process.find() is not None}
        if "etcd" in running:
            running.add("etcd-peer")
        for name in PORTS:
            if name in running:
                continue
            port, taken = self._ports.ensure(name)
            if taken is not None:
                screen.warn(f"Port {taken} of {name} is taken by another program: using {port}.")

    def _start_all(self, toolchain: Toolchain, region: str, screen: Screen, step: Step) -> None:
        Certificates(folder=self._paths.certificates).ensure()
        store, aws, server, manager = self.services(toolchain, region)
        for service in (store, aws):
            _start(service, screen)
        store.wait(step.show)
        for service in (server, manager):
            _start(service, screen)
            service.wait(step.show)
        aws.wait(step.show)


def _start(service: Service, screen: Screen) -> None:
    """Starts a service that does not run, or runs with other settings."""
    if service.runs_as_wanted():
        return
    died = service.process.pid_file.exists()
    if service.process.stop():
        screen.warn(f"{service.title} is restarted with its new settings.")
    elif died:
        screen.warn(f"{service.title} had ended and is started again, with what it held.")
    service.start()
