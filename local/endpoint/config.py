"""What the endpoint is told at its start, as a JSON file."""

from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from local import partitions


def _region(name: str) -> str:
    if name not in partitions.regions():
        raise ValueError(f"{name!r} is no region of AWS")
    return name


class EndpointConfig(BaseModel):
    """The settings of one local AWS endpoint.

    port: the loopback port it listens on.
    state_directory: its journal, credentials and RDS data; created when missing.
    region: the region of the credentials' profile, such as ``eu-central-1``.
    account_id: the AWS account that every request belongs to.
    kubernetes_endpoint: the URL of the API server that stands for every EKS cluster.
    kubernetes_ca_file: the PEM certificate that signs that API server's certificate.
    chart_directory: a folder with ``index.yaml`` and charts, served below ``/charts/``.
    platform_directory: the folder of the platform that the endpoint belongs to, if any; all that
        runs below it ends when the file with these settings is gone.
    tls_ca_cert, tls_ca_key: the PEM authority that signs the RDS servers' certificates.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    port: int = Field(ge=1, le=65535)
    state_directory: Path
    region: Annotated[str, AfterValidator(_region)]
    account_id: str = Field(default="123456789012", pattern=r"^\d{12}$")
    kubernetes_endpoint: str = Field(pattern=r"^https://")
    kubernetes_ca_file: Path
    chart_directory: Path
    platform_directory: Path | None = None
    tls_ca_cert: Path
    tls_ca_key: Path

    @property
    def journal_file(self) -> Path:
        """Every request that changed AWS state; holds secrets."""
        return self.state_directory / "journal.jsonl"

    @property
    def credentials_file(self) -> Path:
        """The AWS shared-credentials file of the user ``platform-engineer``."""
        return self.state_directory / "credentials"

    @property
    def rds_directory(self) -> Path:
        """One folder per RDS instance: its PostgreSQL data and certificate."""
        return self.state_directory / "rds"
