"""Where the local platform keeps what it writes.

Everything about one checkout's running platform lies below one folder (`.local` in the checkout,
or GROUNDWORK_HOME); what is built once and shared by all lies in the cache (the user's cache
folder, or GROUNDWORK_CACHE).
"""

import os
from dataclasses import dataclass
from pathlib import Path

import platformdirs

REPOSITORY = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, kw_only=True)
class Paths:
    """The folders of one local platform; nothing is created by asking for a path."""

    home: Path
    cache: Path
    repository: Path = REPOSITORY

    @classmethod
    def from_environment(cls) -> "Paths":
        """The folders that GROUNDWORK_HOME and GROUNDWORK_CACHE name, or the defaults."""
        home = os.environ.get("GROUNDWORK_HOME")
        cache = os.environ.get("GROUNDWORK_CACHE")
        return cls(
            home=Path(home).resolve() if home else REPOSITORY / ".local",
            cache=Path(cache).resolve() if cache else platformdirs.user_cache_path("groundwork"),
        )

    @property
    def lock(self) -> Path:
        """Held by the one command that changes the platform; `clean` leaves it in place."""
        return self.home / "lock"

    @property
    def bin(self) -> Path:
        """Commands that `source .local/env` puts first on PATH."""
        return self.home / "bin"

    @property
    def shell(self) -> Path:
        """The file that a user sources."""
        return self.home / "env"

    @property
    def logs(self) -> Path:
        """One log file a service, and the engine's."""
        return self.home / "logs"

    @property
    def run(self) -> Path:
        """Process ids and ports."""
        return self.home / "run"

    @property
    def certificates(self) -> Path:
        """The local certificate authority and what it signed."""
        return self.home / "certificates"

    @property
    def etcd(self) -> Path:
        """The Kubernetes objects."""
        return self.home / "etcd"

    @property
    def endpoint(self) -> Path:
        """The AWS endpoint's state (journal, credentials, RDS data), where it has always been."""
        return self.home / "cloud"

    @property
    def engine(self) -> Path:
        """The Pulumi CLI with the language host beside it."""
        return self.home / "engine"

    @property
    def pulumi_home(self) -> Path:
        """PULUMI_HOME: plugins and the selected stack."""
        return self.home / "pulumi"

    @property
    def temporary(self) -> Path:
        """TMPDIR of the engine: the Kubernetes plugin leaves a kubeconfig there at every run."""
        return self.home / "tmp"

    @property
    def state(self) -> Path:
        """The file backend that holds the stacks."""
        return self.home / "state"

    @property
    def passphrase(self) -> Path:
        """The key that encrypts secrets in the state."""
        return self.home / "passphrase"

    @property
    def project(self) -> Path:
        """The Pulumi project as the engine sees it: the repository's, with local stack files."""
        return self.home / "project"

    @property
    def go(self) -> Path:
        """The pinned Go modules of the toolchain."""
        return self.repository / "local" / "toolchain" / "go"

    @property
    def python(self) -> Path:
        """The interpreter of the checkout's virtual environment."""
        return self.repository / ".venv" / "bin" / "python"
