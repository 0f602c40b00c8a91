"""kube-controller-manager: the controllers without which namespaces and owned objects never go."""

from pathlib import Path

from local.paths import Paths
from local.services import kubeconfig
from local.services.certificates import Certificates
from local.services.ports import HOST
from local.services.process import Process
from local.services.service import HttpCheck, Service

CONTROLLERS = (
    "namespace-controller",
    "garbage-collector-controller",
    "serviceaccount-controller",
)


def access_file(paths: Paths) -> Path:
    """The kubeconfig of the controllers."""
    return paths.run / "controllers.kubeconfig"


def write_access(paths: Paths, apiserver: str) -> None:
    """Writes their kubeconfig; `apiserver` is the API server's URL."""
    certificates = Certificates(folder=paths.certificates)
    kubeconfig.write(
        access_file(paths),
        {"server": apiserver, "certificate-authority": str(certificates.ca_certificate)},
        {
            "client-certificate": str(certificates.certificate("controllers")),
            "client-key": str(certificates.key("controllers")),
        },
    )


def controllers(paths: Paths, program: str, port: int) -> Service:
    """The controllers, each with a service account of its own."""
    certificates = Certificates(folder=paths.certificates)
    address = f"https://{HOST}:{port}"
    command = (
        program,
        f"--kubeconfig={access_file(paths)}",
        f"--controllers={','.join(CONTROLLERS)}",
        "--leader-elect=false",
        "--use-service-account-credentials=true",
        f"--service-account-private-key-file={certificates.service_account_key}",
        f"--root-ca-file={certificates.ca_certificate}",
        f"--bind-address={HOST}",
        f"--secure-port={port}",
        f"--tls-cert-file={certificates.certificate('server')}",
        f"--tls-private-key-file={certificates.key('server')}",
    )
    return Service(
        title="kube-controller-manager",
        process=Process(
            name="kube-controller-manager",
            command=command,
            pid_file=paths.run / "kube-controller-manager.pid",
            log=paths.logs / "kube-controller-manager.log",
        ),
        port=port,
        address=address,
        check=HttpCheck(f"{address}/healthz", authority=certificates.ca_certificate),
    )
