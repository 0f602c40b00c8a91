"""The local certificate authority and the certificates and keys that the services need."""

import datetime
import ipaddress
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from local import files

LIFETIME = datetime.timedelta(days=3650)
SERVICE_ADDRESS = "10.96.0.1"
"""The first address of the API server's service range, where programs in a cluster reach it."""
SERVER_NAMES = ("localhost", "kubernetes", "kubernetes.default", "kubernetes.default.svc")


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
        if not self.certificate("server").exists():
            self._issue("server", "groundwork", None, ExtendedKeyUsageOID.SERVER_AUTH)
        clients = {"health": "groundwork:health", "controllers": "system:kube-controller-manager"}
        groups = {"health": "system:masters"}
        for name, user in clients.items():
            if not self.certificate(name).exists():
                self._issue(name, user, groups.get(name), ExtendedKeyUsageOID.CLIENT_AUTH)
        if not self.service_account_public_key.exists():
            self._make_token_keys()

    def _make_authority(self) -> None:
        key = ec.generate_private_key(ec.SECP256R1())
        name = _name("groundwork local authority", None)
        usage = x509.KeyUsage(
            digital_signature=True,
            key_cert_sign=True,
            crl_sign=True,
            content_commitment=False,
            key_encipherment=False,
            data_encipherment=False,
            key_agreement=False,
            encipher_only=False,
            decipher_only=False,
        )
        certificate = (
            _builder(name, name, key.public_key())
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(usage, critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), False)
            .sign(key, hashes.SHA256())
        )
        _write(self.ca_key, _pem(key))
        _write(self.ca_certificate, certificate.public_bytes(serialization.Encoding.PEM))

    def _issue(
        self, name: str, user: str, group: str | None, purpose: x509.ObjectIdentifier
    ) -> None:
        authority = x509.load_pem_x509_certificate(self.ca_certificate.read_bytes())
        signer = serialization.load_pem_private_key(self.ca_key.read_bytes(), password=None)
        assert isinstance(signer, ec.EllipticCurvePrivateKey)  # noqa: S101 (made above)
        key = ec.generate_private_key(ec.SECP256R1())
        builder = _builder(_name(user, group), authority.subject, key.public_key())
        builder = builder.add_extension(x509.ExtendedKeyUsage([purpose]), critical=False)
        builder = builder.add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), False
        )
        if purpose == ExtendedKeyUsageOID.SERVER_AUTH:
            builder = builder.add_extension(_server_names(), critical=False)
        certificate = builder.sign(signer, hashes.SHA256())
        _write(self.key(name), _pem(key))
        _write(self.certificate(name), certificate.public_bytes(serialization.Encoding.PEM))

    def _make_token_keys(self) -> None:
        key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        public = key.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        _write(self.service_account_key, _pem(key))
        _write(self.service_account_public_key, public)


def _name(user: str, group: str | None) -> x509.Name:
    attributes = [x509.NameAttribute(NameOID.COMMON_NAME, user)]
    if group is not None:
        attributes.append(x509.NameAttribute(NameOID.ORGANIZATION_NAME, group))
    return x509.Name(attributes)


def _server_names() -> x509.SubjectAlternativeName:
    addresses = [ipaddress.ip_address(a) for a in ("127.0.0.1", SERVICE_ADDRESS)]
    return x509.SubjectAlternativeName(
        [*map(x509.DNSName, SERVER_NAMES), *map(x509.IPAddress, addresses)]
    )


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey
) -> x509.CertificateBuilder:
    now = datetime.datetime.now(datetime.UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(hours=1))
        .not_valid_after(now + LIFETIME)
    )


def _pem(key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


def _write(file: Path, content: bytes) -> None:
    """Writes a file that only its owner may read, whole or not at all."""
    files.write(file, content, mode=files.PRIVATE)
