"""The local AWS endpoint as a service: its configuration file and its process."""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

from local.paths import Paths
from local.services.certificates import Certificates
from local.services.ports import HOST
from local.services.process import Process
from local.services.service import HttpCheck, Service

NAME = "cloud"
"""Its name in pid, log and port files, kept so that a platform begun by any version is found."""


@dataclass(frozen=True, kw_only=True)
class EndpointSettings:
    """What the endpoint is told apart from its folders.

    apiserver: the URL of the API server.
    charts: the folder of the operators' chart repository.
    region: the region of the credentials' profile.
    """

    apiserver: str
    charts: Path
    region: str


def endpoint(paths: Paths, port: int, settings: EndpointSettings | None) -> Service:
    """The endpoint, run by the checkout's own Python.

    Without settings it can be found and stopped, but not started.
    """
    address = f"http://{HOST}:{port}"
    file = paths.run / f"{NAME}.json"
    return Service(
        title="AWS endpoint",
        process=Process(
            name=NAME,
            command=(str(paths.python), "-m", "local.endpoint", "--config", str(file)),
            environment={"PYTHONPATH": str(paths.repository), "PYTHONUNBUFFERED": "1"},
            pid_file=paths.run / f"{NAME}.pid",
            log=paths.logs / f"{NAME}.log",
        ),
        port=port,
        address=address,
        files=_files(paths, file, port, settings) if settings else {},
        check=HttpCheck(f"{address}/healthz"),
    )


def _files(paths: Paths, file: Path, port: int, settings: EndpointSettings) -> dict[Path, str]:
    """Its settings, and what code it runs: after a `git pull` it is started anew."""
    local = paths.repository / "local"
    scratch = paths.repository / "migrator" / "scratch"
    sources = sorted(
        [*(local / "endpoint").rglob("*.py"), *local.glob("*.py"), *scratch.glob("*.py")]
    )
    code = hashlib.sha256(b"\0".join(source.read_bytes() for source in sources)).hexdigest()
    return {file: _render(paths, port, settings), file.with_name(f"{NAME}.code"): code}


def _render(paths: Paths, port: int, settings: EndpointSettings) -> str:
    certificates = Certificates(folder=paths.certificates)
    content = {
        "port": port,
        "state_directory": str(paths.endpoint),
        "region": settings.region,
        "kubernetes_endpoint": settings.apiserver,
        "kubernetes_ca_file": str(certificates.ca_certificate),
        "chart_directory": str(settings.charts),
        "platform_directory": str(paths.home),
        "tls_ca_cert": str(certificates.ca_certificate),
        "tls_ca_key": str(certificates.ca_key),
    }
    return json.dumps(content, indent=2)
