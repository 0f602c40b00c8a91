"""A process of the platform together with its address and its health."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import urllib3

from local import files
from local.failure import LocalError
from local.services.process import Process

READY_SECONDS = 90.0
POLL_SECONDS = 0.1


@dataclass(frozen=True, kw_only=True)
class Service:
    """One service.

    title: what it is to a user.
    port, address: where it listens.
    files: the files that it reads as it starts, with their content.
    check: None if it is healthy, else what is wrong.
    """

    title: str
    process: Process
    port: int
    address: str
    check: Callable[[], str | None]
    files: Mapping[Path, str] = field(default_factory=dict)

    def runs_as_wanted(self) -> bool:
        """Whether it runs, with the arguments and files that it would be started with now."""
        return self.process.runs_as_wanted() and all(
            file.exists() and file.read_text() == content for file, content in self.files.items()
        )

    def start(self) -> None:
        """Writes its files, for the owner alone, and starts it."""
        for file, content in self.files.items():
            file.parent.mkdir(parents=True, exist_ok=True)
            files.write(file, content, mode=files.PRIVATE)
        self.process.start()

    def wait(self, detail: Callable[[str], None]) -> None:
        """Waits until it is healthy. Raises ServiceError if it ends or takes too long."""
        deadline = time.monotonic() + READY_SECONDS
        while True:
            wrong = self.check()
            if wrong is None:
                return
            if self.process.find() is None:
                raise ServiceError(self, "has ended")
            if time.monotonic() > deadline:
                raise ServiceError(self, f"is not healthy after {READY_SECONDS:.0f} s ({wrong})")
            detail(f"{self.title}: {wrong}")
            time.sleep(POLL_SECONDS)


class ServiceError(LocalError):
    """A service did not start; the message has the end of its log."""

    def __init__(self, service: Service, what: str):
        self.service = service
        log = service.process.log
        super().__init__(f"{service.title} {what}. From {log}:\n{service.process.last_lines()}")


class HttpCheck:
    """Asks a URL; healthy is an answer of 200."""

    def __init__(
        self,
        url: str,
        *,
        authority: Path | None = None,
        certificate: Path | None = None,
        key: Path | None = None,
        seconds: float = 5.0,
    ):
        self._url = url
        self._authority = authority
        self._certificate = certificate
        self._key = key
        self._seconds = seconds

    def __call__(self) -> str | None:
        """None if healthy, else what is wrong."""
        options: dict[str, Any] = {"timeout": self._seconds, "retries": False}
        if self._authority is not None:
            options["ca_certs"] = str(self._authority)
        if self._certificate is not None:
            options |= {"cert_file": str(self._certificate), "key_file": str(self._key)}
        pool = urllib3.PoolManager(**options)
        try:
            answer = pool.request("GET", self._url)
        except (urllib3.exceptions.HTTPError, OSError) as error:
            return f"no answer ({type(error).__name__})"
        if answer.status == 200:
            return None
        text = answer.data.decode(errors="replace").strip().splitlines()
        return f"answers {answer.status} {text[-1] if text else ''}".rstrip()
