"""The local AWS endpoint as a service: its configuration file and its process."""

import json
from pathlib import Path

from local.paths import Paths
from local.services.certificates import Certificates
from local.services.ports import HOST
from local.services.process import Process
from local.services.service import HttpCheck, Service


def config_file(paths: Paths) -> Path:
    """What the endpoint is told at its start."""
    return paths.run / "cloud.json"


def config(paths: Paths, port: int, apiserver: str, charts: Path, region: str) -> str:
    """The content of the configuration file."""
    certificates = Certificates(folder=paths.certificates)
    settings = {
        "port": port,
        "state_directory": str(paths.cloud),
        "region": region,
        "kubernetes_endpoint": apiserver,
        "kubernetes_ca_file": str(certificates.ca_certificate),
        "chart_directory": str(charts),
        "tls_ca_cert": str(certificates.ca_certificate),
        "tls_ca_key": str(certificates.ca_key),
    }
    return json.dumps(settings, indent=2)


def cloud(paths: Paths, port: int) -> Service:
    """The endpoint, run by the checkout's own Python."""
    address = f"http://{HOST}:{port}"
    return Service(
        title="AWS endpoint",
        process=Process(
            name="cloud",
            command=(str(paths.python), "-m", "local.cloud", "--config", str(config_file(paths))),
            environment={"PYTHONPATH": str(paths.repository), "PYTHONUNBUFFERED": "1"},
            pid_file=paths.run / "cloud.pid",
            log=paths.logs / "cloud.log",
        ),
        port=port,
        address=address,
        check=HttpCheck(f"{address}/healthz"),
    )
