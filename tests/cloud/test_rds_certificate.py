"""A database server's certificate: kept while it is good, and made anew in time."""

from datetime import timedelta
from pathlib import Path

import pytest
import trustme
from cryptography import x509

from local.cloud.rds import certificate as certificates
from local.cloud.rds.certificate import Authority


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return make_authority(tmp_path / "authority")


def make_authority(folder: Path) -> Authority:
    folder.mkdir()
    made = trustme.CA()
    made.cert_pem.write_to_path(folder / "ca.crt")
    made.private_key_pem.write_to_path(folder / "ca.key")
    return Authority(certificate=folder / "ca.crt", key=folder / "ca.key")


def ensure(authority: Authority, folder: Path) -> x509.Certificate:
    certificate, key = folder / "server.crt", folder / "server.key"
    authority.ensure("127.0.0.1", certificate=certificate, key=key)
    for file in (certificate, key):
        assert file.stat().st_mode & 0o077 == 0, file
    return x509.load_pem_x509_certificate(certificate.read_bytes())


def test_a_good_one_stays(authority: Authority, tmp_path: Path) -> None:
    assert ensure(authority, tmp_path) == ensure(authority, tmp_path)


def test_one_near_its_end_is_renewed(
    authority: Authority, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(certificates, "LIFETIME", timedelta(days=29))
        ending = ensure(authority, tmp_path)
    renewed = ensure(authority, tmp_path)
    assert renewed.not_valid_after_utc - ending.not_valid_after_utc > timedelta(days=300)


def test_one_of_another_authority_is_replaced(authority: Authority, tmp_path: Path) -> None:
    ensure(make_authority(tmp_path / "other"), tmp_path)
    found = ensure(authority, tmp_path)
    signer = x509.load_pem_x509_certificate(authority.certificate_file.read_bytes())
    found.verify_directly_issued_by(signer)
