"""kube-apiserver: the control plane that every EKS cluster of the local AWS points at."""

from dataclasses import dataclass
from pathlib import Path

from local.paths import Paths
from local.services import kubeconfig
from local.services.certificates import Certificates
from local.services.ports import HOST
from local.services.process import Process
from local.services.service import HttpCheck, Service

SERVICE_RANGE = "10.96.0.0/16"
NO_CREDENTIALS: dict[str, object] = {}


@dataclass(frozen=True, kw_only=True)
class Webhooks:
    """The webhook files of the API server: who a token is, and what EKS policies allow."""

    folder: Path

    @property
    def authenticate(self) -> Path:
        """The file for TokenReview requests."""
        return self.folder / "authenticate.yaml"

    @property
    def authorize(self) -> Path:
        """The file for SubjectAccessReview requests."""
        return self.folder / "authorize.yaml"

    def files(self, endpoint: str) -> dict[Path, str]:
        """Their content; both point at the AWS endpoint, whose URL is `endpoint`."""
        return {
            file: kubeconfig.render(
                {"server": f"{endpoint}/kubernetes/{file.stem}"}, NO_CREDENTIALS
            )
            for file in (self.authenticate, self.authorize)
        }


def apiserver(paths: Paths, program: str, port: int, etcd: str, endpoint: str) -> Service:
    """The API server. `etcd` and `endpoint` are the URLs of the store and the AWS endpoint."""
    certificates = Certificates(folder=paths.certificates)
    webhooks = Webhooks(folder=paths.run)
    address = f"https://{HOST}:{port}"
    command = (
        program,
        f"--etcd-servers={etcd}",
        f"--bind-address={HOST}",
        f"--advertise-address={HOST}",
        f"--secure-port={port}",
        f"--service-cluster-ip-range={SERVICE_RANGE}",
        f"--cert-dir={paths.certificates}",
        f"--tls-cert-file={certificates.certificate('server')}",
        f"--tls-private-key-file={certificates.key('server')}",
        f"--client-ca-file={certificates.ca_certificate}",
        "--service-account-issuer=https://kubernetes.default.svc",
        f"--service-account-key-file={certificates.service_account_public_key}",
        f"--service-account-signing-key-file={certificates.service_account_key}",
        f"--authentication-token-webhook-config-file={webhooks.authenticate}",
        "--authentication-token-webhook-version=v1",
        "--authentication-token-webhook-cache-ttl=5s",
        "--authorization-mode=RBAC,Webhook",
        f"--authorization-webhook-config-file={webhooks.authorize}",
        "--authorization-webhook-version=v1",
        "--authorization-webhook-cache-authorized-ttl=5s",
        "--authorization-webhook-cache-unauthorized-ttl=1s",
        # Nothing else serves the `kubernetes` service here, and leases slow the stop down.
        "--endpoint-reconciler-type=none",
    )
    return Service(
        title="kube-apiserver",
        process=Process(
            name="kube-apiserver",
            command=command,
            pid_file=paths.run / "kube-apiserver.pid",
            log=paths.logs / "kube-apiserver.log",
        ),
        port=port,
        address=address,
        files=webhooks.files(endpoint),
        check=HttpCheck(
            f"{address}/readyz",
            authority=certificates.ca_certificate,
            certificate=certificates.certificate("health"),
            key=certificates.key("health"),
        ),
    )
