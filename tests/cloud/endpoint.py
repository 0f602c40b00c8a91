"""A local AWS endpoint for tests: started, killed and started again as a process."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import boto3
import psutil
import trustme
from botocore.config import Config

ROOT = Path(__file__).parents[2]
REGION = "eu-central-1"
ACCOUNT = "123456789012"
ENGINEER = f"arn:aws:iam::{ACCOUNT}:user/platform-engineer"
START_TIMEOUT_SECONDS = 120


class Endpoint:
    """One endpoint below `directory`, with its own authority and chart folder."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.authority = directory / "ca.pem"
        self.log = directory / "endpoint.log"
        self.port = _free_port()
        self._process: subprocess.Popen[bytes] | None = None
        self._clients: dict[tuple[str, ...], Any] = {}
        authority = trustme.CA()
        authority.cert_pem.write_to_path(self.authority)
        authority.private_key_pem.write_to_path(directory / "ca.key")
        (directory / "charts").mkdir()
        self.config: dict[str, Any] = {
            "port": self.port,
            "state_directory": str(self.state),
            "region": REGION,
            "kubernetes_endpoint": "https://127.0.0.1:6443",
            "kubernetes_ca_file": str(self.authority),
            "chart_directory": str(directory / "charts"),
            "tls_ca_cert": str(self.authority),
            "tls_ca_key": str(directory / "ca.key"),
        }

    @property
    def state(self) -> Path:
        return self.directory / "state"

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def environment(self) -> dict[str, str]:
        """What a user's shell has to reach the endpoint."""
        return {
            **os.environ,
            "AWS_ENDPOINT_URL": self.url,
            "AWS_SHARED_CREDENTIALS_FILE": str(self.state / "credentials"),
            "AWS_CONFIG_FILE": str(self.directory / "no-such-file"),
            "AWS_DEFAULT_REGION": REGION,
            "PYTHONWARNINGS": "ignore",
        }

    def start(self) -> "Endpoint":
        path = self.directory / "config.json"
        path.write_text(json.dumps(self.config))
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "local.cloud", "--config", str(path)],
                cwd=ROOT,
                stdout=log,
                stderr=log,
            )
        deadline = time.monotonic() + START_TIMEOUT_SECONDS
        while True:
            try:
                status, _ = self.get("/healthz")
            except OSError:
                status = 0
            if status == 200:
                return self
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise AssertionError(f"the endpoint did not start:\n{self.log.read_text()}")
            time.sleep(0.05)

    def kill(self) -> None:
        """kill -9."""
        assert self._process is not None
        self._process.kill()
        self._process.wait()

    def stop(self) -> int:
        """SIGTERM; returns the exit code."""
        assert self._process is not None
        self._process.send_signal(signal.SIGTERM)
        return self._process.wait(timeout=60)

    @property
    def ended(self) -> bool:
        """Whether it ended by itself."""
        return self._process is not None and self._process.poll() is not None

    def restart(self) -> None:
        self.kill()
        self.start()

    def get(self, path: str) -> tuple[int, bytes]:
        return self.request("GET", path)

    def post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        status, answer = self.request("POST", path, json.dumps(body).encode())
        assert status == 200, answer
        return json.loads(answer)

    def request(self, method: str, path: str, body: bytes | None = None) -> tuple[int, bytes]:
        request = urllib.request.Request(self.url + path, data=body, method=method)
        if body is not None:
            request.add_header("Content-Type", "application/json")
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return answer.status, answer.read()
        except urllib.error.HTTPError as error:
            return error.code, error.read()

    def client(self, service: str, *, region: str = REGION, **credentials: str) -> Any:
        """A boto3 client as platform-engineer, or with the credentials given."""
        cached = (service, region, *credentials.values())
        if cached in self._clients:
            return self._clients[cached]
        if not credentials:
            key, secret = self.engineer_keys()
            credentials = {"aws_access_key_id": key, "aws_secret_access_key": secret}
        session = boto3.Session(region_name=region, **credentials)
        retry_nothing = Config(retries={"max_attempts": 1, "mode": "standard"}, read_timeout=120)
        client = session.client(service, endpoint_url=self.url, config=retry_nothing)
        self._clients[cached] = client
        return client

    def engineer_keys(self) -> tuple[str, str]:
        lines = (self.state / "credentials").read_text().splitlines()
        values = dict(line.split(" = ") for line in lines if " = " in line)
        return values["aws_access_key_id"], values["aws_secret_access_key"]

    def postgres_processes(self) -> list[psutil.Process]:
        """The PostgreSQL servers that run below this endpoint's state directory."""
        found = []
        for process in psutil.process_iter(["cmdline"]):
            command = process.info["cmdline"] or []
            if "-D" in command and any(str(self.state) in word for word in command):
                found.append(process)
        return found


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
