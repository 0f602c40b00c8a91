"""etcd: the store of the Kubernetes objects."""

from local.paths import Paths
from local.services.ports import HOST
from local.services.process import Process
from local.services.service import HttpCheck, Service


def etcd(paths: Paths, program: str, port: int, peer_port: int) -> Service:
    """The store, on loopback only."""
    address, peer = f"http://{HOST}:{port}", f"http://{HOST}:{peer_port}"
    command = (
        program,
        f"--data-dir={paths.etcd}",
        "--name=local",
        f"--listen-client-urls={address}",
        f"--advertise-client-urls={address}",
        f"--listen-peer-urls={peer}",
        f"--initial-advertise-peer-urls={peer}",
        f"--initial-cluster=local={peer}",
        "--log-level=warn",
    )
    return Service(
        title="etcd",
        process=Process(
            name="etcd",
            command=command,
            pid_file=paths.run / "etcd.pid",
            log=paths.logs / "etcd.log",
        ),
        port=port,
        address=address,
        check=HttpCheck(f"{address}/health"),
    )
