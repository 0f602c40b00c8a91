"""TLS certificates that the local authority signs for RDS servers."""

import ipaddress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.types import CertificateIssuerPrivateKeyTypes
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from local import files

LIFETIME = timedelta(days=365)
RENEWED_BEFORE_END = timedelta(days=30)
SERVED_NAMES = (
    x509.DNSName("localhost"),
    x509.IPAddress(ipaddress.ip_address("127.0.0.1")),
)


class Authority:
    """The local certificate authority, read from its PEM files."""

    def __init__(self, *, certificate: Path, key: Path) -> None:
        self.certificate_file = certificate
        self._certificate = x509.load_pem_x509_certificate(certificate.read_bytes())
        loaded = serialization.load_pem_private_key(key.read_bytes(), password=None)
        if not isinstance(loaded, CertificateIssuerPrivateKeyTypes):
            raise TypeError(f"{key}: a key of this kind cannot sign certificates")
        self._key: CertificateIssuerPrivateKeyTypes = loaded

    def ensure(self, name: str, *, certificate: Path, key: Path) -> None:
        """Writes a certificate for `name` and its key, unless a good one is there.

        name: the common name; the certificate is good for 127.0.0.1 and localhost.
        """
        if certificate.exists() and key.exists() and self._is_good(certificate):
            return
        secret = ec.generate_private_key(ec.SECP256R1())
        begin = datetime.now(UTC) - timedelta(minutes=5)
        signed = (
            x509.CertificateBuilder()
            .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
            .issuer_name(self._certificate.subject)
            .public_key(secret.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(begin)
            .not_valid_after(begin + LIFETIME)
            .add_extension(x509.SubjectAlternativeName(SERVED_NAMES), critical=False)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
            .sign(self._key, hashes.SHA256())
        )
        _write(key, _pem(secret))
        _write(certificate, signed.public_bytes(serialization.Encoding.PEM))

    def _is_good(self, path: Path) -> bool:
        try:
            found = x509.load_pem_x509_certificate(path.read_bytes())
            found.verify_directly_issued_by(self._certificate)
        except Exception:  # noqa: BLE001 - whatever is wrong with it, a new one is made
            return False
        return found.not_valid_after_utc > datetime.now(UTC) + RENEWED_BEFORE_END


def _pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


def _write(path: Path, content: bytes) -> None:
    files.write(path, content, mode=files.PRIVATE)
