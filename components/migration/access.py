"""What every migration resource is told: the project, the database, and who does the work."""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from pulumi import Input

from components.arguments import Args, Fault, Setting, Settings
from components.credentials import HIDDEN
from components.migration.job import MigratorJobArgs
from components.migration.provider_process import SSL_MODES

# In the place of a file, libpq's word for what the system trusts.
SYSTEM_CERTIFICATES = "system"
SECRET_ARN = re.compile(r"arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:\d{12}:secret:\S+")


@dataclass(frozen=True, kw_only=True)
class MigrationSettings(Settings):
    """Which project, and how strictly the database's server is checked."""

    script_location: Annotated[str, Setting("Folder with alembic.ini, from the project's root")] = (
        "migrations"
    )
    ssl_mode: Annotated[
        str,
        Setting(
            "How strictly the server's certificate is checked, as libpq's",
            choices=("require", "verify-ca", "verify-full"),
        ),
    ] = "require"
    ssl_root_cert: Annotated[
        str | None,
        Setting(
            "File with the authority's certificates, for the `verify` modes, or, for `verify-full`,"
            " `system`: those of the machine; inside the image, if a job does the work"
        ),
    ] = None

    def faults(self) -> Iterator[Fault]:
        """What can be seen without walking the history, which the provider does."""
        # Unlike Path's, these answer for what is no path at all, too.
        if not os.path.isfile(Path(self.script_location) / "alembic.ini"):
            yield Fault(
                "script_location",
                self.script_location,
                f"name a folder with an alembic.ini (looked from {Path.cwd()})",
            )
        if self.ssl_mode not in SSL_MODES:
            yield Fault("ssl_mode", self.ssl_mode, f"write one of {', '.join(SSL_MODES)}")
        if self.ssl_mode.startswith("verify") and not self.ssl_root_cert:
            yield Fault(
                "ssl_root_cert", self.ssl_root_cert, f"{self.ssl_mode} needs the authority's file"
            )
        if self.ssl_root_cert == SYSTEM_CERTIFICATES and self.ssl_mode != "verify-full":
            yield Fault(
                "ssl_root_cert",
                self.ssl_root_cert,
                f"libpq takes it with ssl_mode 'verify-full' only, and not with {self.ssl_mode!r}:"
                " any certificate of any public authority would do",
            )

    def certificate_faults(self, *, in_job: bool) -> Iterator[Fault]:
        """A fault unless the file is there, where this machine reads it and not a job."""
        file = self.ssl_root_cert
        if in_job or not file or file == SYSTEM_CERTIFICATES or os.path.isfile(file):
            return
        yield Fault(
            "ssl_root_cert",
            file,
            f"there is no such file on this machine, which migrates (looked from {Path.cwd()})",
        )


@dataclass(frozen=True, kw_only=True)
class MigrationArgs(MigrationSettings, Args):
    """MigrationSettings, which database, and who does the work.

    host, port, database: where the database answers.
    secret_arn: Secrets Manager secret, JSON with `username` and `password`; read when the work
        is done, never stored.
    region: of the secret; default: the region in its ARN.
    job: None (the default) lets the machine that runs Pulumi connect to the database. Where it
        cannot, a Kubernetes Job in the cluster runs the same command.
    """

    host: Input[str]
    port: Input[int]
    database: Input[str]
    secret_arn: Input[str]
    region: str | None = None
    job: MigratorJobArgs | None = None

    def faults(self) -> Iterator[Fault]:
        """As for the settings, and a secret that is named by no ARN: it may be the password."""
        yield from super().faults()
        if isinstance(self.secret_arn, str) and not SECRET_ARN.fullmatch(self.secret_arn):
            yield Fault("secret_arn", HIDDEN, "give the ARN of a secret of Secrets Manager")
        yield from self.certificate_faults(in_job=self.job is not None)

    def access_inputs(self) -> dict[str, Any]:
        """The inputs that the providers share."""
        return {
            "script_location": self.script_location,
            "host": self.host,
            "port": self.port,
            "database": self.database,
            "secret_arn": self.secret_arn,
            "region": self.region,
            "ssl_mode": self.ssl_mode,
            "ssl_root_cert": self.ssl_root_cert,
        }
