"""kube-controller-manager: the controllers without which namespaces and owned objects never go."""

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


def controllers(paths: Paths, program: str, port: int, apiserver: str) -> Service:
    """The controllers, each with a service account of its own; `apiserver` is a URL."""
    certificates = Certificates(folder=paths.certificates)
    address = f"https://{HOST}:{port}"
    access = paths.run / "controllers.kubeconfig"
    access_content = kubeconfig.render(
        {"server": apiserver, "certificate-authority": str(certificates.ca_certificate)},
        {
            "client-certificate": str(certificates.certificate("controllers")),
            "client-key": str(certificates.key("controllers")),
        },
    )
    command = (
        program,
        f"--kubeconfig={access}",
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
        files={access: access_content},
        check=HttpCheck(f"{address}/healthz", authority=certificates.ca_certificate),
    )
