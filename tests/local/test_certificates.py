"""The local authority: what it signs is accepted, and nobody else may read the keys."""

import datetime
import socket
import ssl
import threading
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtensionOID

from local.services.certificates import Certificates


@pytest.fixture
def certificates(tmp_path: Path) -> Certificates:
    certificates = Certificates(folder=tmp_path / "certificates")
    certificates.ensure()
    return certificates


def presented(certificates: Certificates, client: str) -> dict[str, str]:
    """The subject that the server sees, when the client and it accept each other."""
    serving = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    serving.load_cert_chain(certificates.certificate("server"), certificates.key("server"))
    serving.load_verify_locations(certificates.ca_certificate)
    serving.verify_mode = ssl.CERT_REQUIRED
    asking = ssl.create_default_context(cafile=certificates.ca_certificate)
    asking.verify_flags |= ssl.VERIFY_X509_STRICT
    asking.load_cert_chain(certificates.certificate(client), certificates.key(client))
    subjects = []

    def serve(listener: socket.socket) -> None:
        connection, _ = listener.accept()
        with serving.wrap_socket(connection, server_side=True) as accepted:
            certificate = accepted.getpeercert() or {}
            subjects.append(dict(pair[0] for pair in certificate["subject"]))  # pyright: ignore
            accepted.sendall(b"welcome")

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve, args=(listener,))
        thread.start()
        with socket.create_connection(listener.getsockname()) as plain:
            for_host = asking.wrap_socket(plain, server_hostname="127.0.0.1")
            with for_host as secure:
                assert secure.recv(7) == b"welcome"
        thread.join()
    return subjects[0]


@pytest.mark.parametrize(
    ("client", "user", "group"),
    [
        ("health", "groundwork:health", "system:masters"),
        ("controllers", "system:kube-controller-manager", "groundwork"),
        # A server's certificate is good for a client too; it has to open nothing.
        ("server", "groundwork", "groundwork"),
    ],
)
def test_a_client_and_the_server_accept_each_other(
    certificates: Certificates, client: str, user: str, group: str
) -> None:
    subject = presented(certificates, client)
    assert (subject["commonName"], subject["organizationName"]) == (user, group)


def test_a_critical_list_of_names_is_not_empty(certificates: Certificates) -> None:
    for name in ("server", "health", "controllers"):
        certificate = x509.load_pem_x509_certificate(certificates.certificate(name).read_bytes())
        found = certificate.extensions.get_extension_for_oid(
            ExtensionOID.SUBJECT_ALTERNATIVE_NAME
        ).value
        assert isinstance(found, x509.SubjectAlternativeName)
        assert list(found), f"Go refuses {name}.crt"


def test_the_keys_are_the_owners_alone(certificates: Certificates) -> None:
    for file in certificates.folder.iterdir():
        assert file.stat().st_mode & 0o077 == 0, file


def test_what_is_there_stays(certificates: Certificates) -> None:
    before = {file: file.read_bytes() for file in certificates.folder.iterdir()}
    certificates.ensure()
    assert {file: file.read_bytes() for file in certificates.folder.iterdir()} == before


def test_an_authority_of_before_trustme_signs_on(tmp_path: Path) -> None:
    certificates = Certificates(folder=tmp_path)
    _write_authority_of_before_trustme(certificates)
    before = certificates.ca_certificate.read_bytes()
    certificates.ensure()
    assert certificates.ca_certificate.read_bytes() == before
    assert presented(certificates, "health")["commonName"] == "groundwork:health"


def _write_authority_of_before_trustme(certificates: Certificates) -> None:
    """As our own code made it: one name, ten years, and a key in PKCS #8."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "groundwork local authority")])
    now = datetime.datetime.now(datetime.UTC)
    usage = dict.fromkeys(
        (
            *("content_commitment", "key_encipherment", "data_encipherment", "key_agreement"),
            *("encipher_only", "decipher_only"),
        ),
        False,
    )
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(hours=1))
        .not_valid_after(now + datetime.timedelta(days=3650))
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(
            x509.KeyUsage(digital_signature=True, key_cert_sign=True, crl_sign=True, **usage), True
        )
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), False)
        .sign(key, hashes.SHA256())
    )
    certificates.ca_certificate.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    certificates.ca_key.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
