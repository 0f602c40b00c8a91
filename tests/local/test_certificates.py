"""The local authority: what it signs is accepted, and nobody else may read the keys."""

import socket
import ssl
import threading
from pathlib import Path

import pytest

from local.services.certificates import Certificates


@pytest.fixture
def certificates(tmp_path: Path) -> Certificates:
    certificates = Certificates(folder=tmp_path / "certificates")
    certificates.ensure()
    return certificates


def test_a_client_and_the_server_accept_each_other(certificates: Certificates) -> None:
    serving = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    serving.load_cert_chain(certificates.certificate("server"), certificates.key("server"))
    serving.load_verify_locations(certificates.ca_certificate)
    serving.verify_mode = ssl.CERT_REQUIRED
    asking = ssl.create_default_context(cafile=certificates.ca_certificate)
    asking.verify_flags |= ssl.VERIFY_X509_STRICT
    asking.load_cert_chain(certificates.certificate("health"), certificates.key("health"))
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
    assert subjects == [{"organizationName": "system:masters", "commonName": "groundwork:health"}]


def test_the_keys_are_the_owners_alone(certificates: Certificates) -> None:
    for file in certificates.folder.iterdir():
        assert file.stat().st_mode & 0o077 == 0, file


def test_what_is_there_stays(certificates: Certificates) -> None:
    before = {file: file.read_bytes() for file in certificates.folder.iterdir()}
    certificates.ensure()
    assert {file: file.read_bytes() for file in certificates.folder.iterdir()} == before
