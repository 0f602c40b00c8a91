"""The local AWS endpoint as a process of its own, for the length of a test session."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import trustme

REGION = "eu-west-1"
ACCOUNT = "123456789012"
_ROOT = Path(__file__).parents[2]
_START_SECONDS = 120


@contextmanager
def running_endpoint(folder: Path) -> Iterator[str]:
    """The URL of an endpoint whose state lies below ``folder``."""
    authority = trustme.CA()
    certificate, key = folder / "ca.crt", folder / "ca.key"
    authority.cert_pem.write_to_path(certificate)
    authority.private_key_pem.write_to_path(key)
    charts = folder / "charts"
    charts.mkdir()
    (charts / "index.yaml").write_text("apiVersion: v1\nentries: {}\n")
    port = _free_port()
    config = folder / "cloud.json"
    config.write_text(
        json.dumps(
            {
                "port": port,
                "state_directory": str(folder / "state"),
                "region": REGION,
                "account_id": ACCOUNT,
                "kubernetes_endpoint": "https://127.0.0.1:6443",
                "kubernetes_ca_file": str(certificate),
                "chart_directory": str(charts),
                "tls_ca_cert": str(certificate),
                "tls_ca_key": str(key),
            }
        )
    )
    log = folder / "cloud.log"
    command = [sys.executable, "-m", "local.cloud", "--config", str(config)]
    with log.open("wb") as output:
        process = subprocess.Popen(command, cwd=_ROOT, stdout=output, stderr=subprocess.STDOUT)
        try:
            url = f"http://127.0.0.1:{port}"
            _wait_until_healthy(url, process, log)
            yield url
        finally:
            process.terminate()
            process.wait(timeout=60)


def _wait_until_healthy(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + _START_SECONDS
    while time.monotonic() < end:
        if process.poll() is not None:
            raise RuntimeError(f"the endpoint ended with {process.returncode}: {log.read_text()}")
        try:
            with urllib.request.urlopen(f"{url}/healthz", timeout=5):
                return
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.1)
    raise RuntimeError(f"the endpoint is not healthy: {log.read_text()}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
