"""The endpoint starts, and is the same, whatever AWS and moto settings the user has."""

from pathlib import Path

import pytest

from tests.endpoint.endpoint import Endpoint


def test_the_users_variables_do_not_reach_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("AWS_DEFAULT_PROFILE", "AWS_PROFILE", "PGSERVICE"):
        monkeypatch.setenv(name, "corp")
    monkeypatch.setenv("MOTO_ENABLE_ISO_REGIONS", "maybe")
    endpoint = Endpoint(tmp_path).start()
    try:
        assert endpoint.get("/healthz")[0] == 200
    finally:
        endpoint.stop()
