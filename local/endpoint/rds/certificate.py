"""TLS certificates that the local authority signs for RDS servers."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import trustme
from cryptography import x509

from local import files

LIFETIME = timedelta(days=365)
RENEWED_BEFORE_END = timedelta(days=30)


class Authority:
    """The local certificate authority, read from its PEM files."""

    def __init__(self, *, certificate: Path, key: Path) -> None:
        self.certificate_file = certificate
        pem = certificate.read_bytes()
        self._certificate = x509.load_pem_x509_certificate(pem)
        self._authority = trustme.CA.from_pem(pem, key.read_bytes())

    def ensure(self, name: str, *, certificate: Path, key: Path) -> None:
        """Writes a certificate for `name` and its key, unless a good one is there.

        name: the common name; the certificate is good for 127.0.0.1 and localhost.
        """
        if certificate.exists() and key.exists() and self._is_good(certificate):
            return
        issued = self._authority.issue_cert(
            "localhost",
            "127.0.0.1",
            common_name=name,
            organization_name="groundwork",
            organization_unit_name="rds",
            not_after=datetime.now(UTC) + LIFETIME,
        )
        files.write(key, issued.private_key_pem.bytes(), mode=files.PRIVATE)
        files.write(certificate, issued.cert_chain_pems[0].bytes(), mode=files.PRIVATE)

    def _is_good(self, path: Path) -> bool:
        try:
            found = x509.load_pem_x509_certificate(path.read_bytes())
            found.verify_directly_issued_by(self._certificate)
        except Exception:  # noqa: BLE001 - whatever is wrong with it, a new one is made
            return False
        return found.not_valid_after_utc > datetime.now(UTC) + RENEWED_BEFORE_END
