"""The local certificate authority and the certificates and keys that the services need.

What makes them is imported where one is missing: no command after the first needs it.
"""

from dataclasses import dataclass
from pathlib import Path

from local import files

SERVICE_ADDRESS = "10.96.0.1"
"""The first address of the API server's service range, where programs in a cluster reach it."""
SERVER_NAMES = (
    "localhost",
    "kubernetes",
    "kubernetes.default",
    "kubernetes.default.svc",
    "127.0.0.1",
    SERVICE_ADDRESS,
)
ORGANIZATION = "groundwork"
"""The API server takes a certificate's organization for its user's group: this one may nothing."""


@dataclass(frozen=True, kw_only=True)
class Certificates:
    """The files in one folder; each pair is NAME.crt and NAME.key."""

    folder: Path

    @property
    def ca_certificate(self) -> Path:
        """Signs everything here, and the RDS servers' certificates."""
        return self.folder / "ca.crt"

    @property
    def ca_key(self) -> Path:
        """The authority's private key."""
        return self.folder / "ca.key"

    @property
    def service_account_key(self) -> Path:
        """Signs the tokens of service accounts."""
        return self.folder / "service-account.key"

    @property
    def service_account_public_key(self) -> Path:
        """Verifies the tokens of service accounts."""
        return self.folder / "service-account.pub"

    def certificate(self, name: str) -> Path:
        """The certificate NAME.crt."""
        return self.folder / f"{name}.crt"

    def key(self, name: str) -> Path:
        """The private key NAME.key."""
        return self.folder / f"{name}.key"

    def ensure(self) -> None:
        """Makes what is missing: the authority, the server's, the clients' and the token keys."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not self.ca_certificate.exists():
            self._make_authority()
        self._issue("server", *SERVER_NAMES, user=ORGANIZATION)
        self._issue("health", user="groundwork:health", group="system:masters")
        self._issue("controllers", user="system:kube-controller-manager")
        if not self.service_account_public_key.exists():
            self._make_token_keys()

    def _make_authority(self) -> None:
        import trustme

        authority = trustme.CA(
            path_length=0,
            organization_name=ORGANIZATION,
            organization_unit_name="local authority",
        )
        files.write(self.ca_key, authority.private_key_pem.bytes(), mode=files.PRIVATE)
        files.write(self.ca_certificate, authority.cert_pem.bytes(), mode=files.PRIVATE)

    def _issue(self, name: str, *served: str, user: str, group: str = ORGANIZATION) -> None:
        """Makes the certificate NAME.crt and its key, if it is missing; it does not expire.

        served: the host names and addresses of a server; a client's are of no use to anybody.
        user, group: who the API server takes the certificate's holder for.
        """
        if self.certificate(name).exists():
            return
        import trustme

        authority = trustme.CA.from_pem(self.ca_certificate.read_bytes(), self.ca_key.read_bytes())
        issued = authority.issue_cert(
            # Without a name, Go refuses the certificate: its list of names is marked critical.
            *(served or [f"{name}.groundwork.internal"]),
            common_name=user,
            organization_name=group,
            organization_unit_name=name,
        )
        files.write(self.key(name), issued.private_key_pem.bytes(), mode=files.PRIVATE)
        files.write(self.certificate(name), issued.cert_chain_pems[0].bytes(), mode=files.PRIVATE)

    def _make_token_keys(self) -> None:
        from cryptography.hazmat.primitives import serialization
        from cryptography.hazmat.primitives.asymmetric import rsa

        key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        private = key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        public = key.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        files.write(self.service_account_key, private, mode=files.PRIVATE)
        files.write(self.service_account_public_key, public, mode=files.PRIVATE)
