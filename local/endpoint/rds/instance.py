"""A DB instance as moto keeps it, made strict and true for PostgreSQL."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar

from botocore import xform_name
from moto.core.utils import get_service_model
from moto.moto_api._internal import mock_random
from moto.rds.exceptions import RDSClientError
from moto.rds.models import DBInstance, RDSBackend

from local.endpoint.rds.instance_checks import check_change, check_creation, check_references
from local.endpoint.rds.versions import full_version, major_version

# Where a request's name for a thing differs from the description's.
RENAMED = {
    "enable_performance_insights": "performance_insights_enabled",
    "enable_iam_database_authentication": "enable_iam_database_authentication",
    "db_port_number": "port",
}
RESOURCE_ID_CHARACTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"


@dataclass(frozen=True, kw_only=True)
class ServerState:
    """How the server of an instance is.

    status: in RDS's words, ``available`` for example.
    port: where it listens on 127.0.0.1.
    pending_reboot: whether a parameter waits for a restart.
    """

    status: str
    port: int
    pending_reboot: bool


class LocalInstance(DBInstance):
    """A DB instance whose endpoint and status are its server's.

    Engines other than postgres are moto's alone and have no server.
    """

    # How to learn the state of a server, by resource id and identifier; set once at the start.
    server_state: ClassVar[Callable[[str, str], ServerState]]

    def __init__(self, backend: RDSBackend, **given: Any) -> None:
        if given.get("engine") == "postgres" and not given.get("db_cluster_identifier"):
            given["engine_version"] = full_version(given.get("engine_version"))
            given.setdefault("license_model", "postgresql-license")
            given.setdefault("storage_type", "gp2")
            check_creation(backend, given)
            self.reboots = 0
        given["publicly_accessible"] = given.get("publicly_accessible") or False
        super().__init__(backend, **given)
        self.dbi_resource_id = "db-" + "".join(
            mock_random.choice(RESOURCE_ID_CHARACTERS) for _ in range(26)
        )
        self._keep_rest(given)

    def update(self, *given: Any, **changes: Any) -> None:
        """ModifyDBInstance, as far as moto has found nothing wrong with it."""
        version = changes.get("engine_version")
        if version and self.has_server:
            changes["engine_version"] = self._checked_version(version)
        if self.has_server:
            check_change(self, changes)
        check_references(self.backend, changes)
        renamed = {RENAMED.get(name, name): value for name, value in changes.items()}
        super().update(*given, **renamed)

    @property
    def has_server(self) -> bool:
        """Whether a PostgreSQL server belongs to it."""
        return hasattr(self, "reboots")

    @property
    def db_instance_status(self) -> str:
        """What DescribeDBInstances reports."""
        return self._server.status if self.has_server else self.status

    @property
    def endpoint(self) -> dict[str, Any]:  # pyright: ignore[reportIncompatibleVariableOverride]
        """Where the server really listens."""
        if not self.has_server:
            return super().endpoint
        return {"Address": "127.0.0.1", "Port": self._server.port, "HostedZoneId": "Z1LOCAL"}

    @property
    def db_parameter_group_status_list(self) -> list[dict[str, str]]:
        """Whether the server has all its parameters already."""
        waiting = self.has_server and self._server.pending_reboot
        return [
            {
                "DBParameterGroupName": group.name,
                "ParameterApplyStatus": "pending-reboot" if waiting else "in-sync",
            }
            for group in self.db_parameter_groups()
        ]

    def default_db_parameter_group_details(self) -> tuple[str, str]:
        """The family's name and its default group's, as RDS names them since PostgreSQL 10."""
        if not self.has_server:
            return super().default_db_parameter_group_details()
        family = f"postgres{major_version(self.engine_version)}"
        return family, f"default.{family}"

    @property
    def _server(self) -> ServerState:
        return type(self).server_state(self.dbi_resource_id, self.db_instance_identifier)

    def _checked_version(self, version: str) -> str:
        wanted = full_version(version)
        if major_version(wanted) != major_version(self.engine_version):
            raise RDSClientError(
                "InvalidParameterCombination",
                f"Cannot upgrade postgres from {self.engine_version} to {wanted}: the local "
                "endpoint does not do major version upgrades",
            )
        return wanted

    def _keep_rest(self, given: dict[str, Any]) -> None:
        # moto drops what it has no argument for; a description must bring it back.
        described = get_service_model("rds").shape_for("DBInstance").members
        names = {xform_name(name) for name in described}
        for name, value in given.items():
            kept = RENAMED.get(name, name)
            if kept in names and getattr(self, kept, None) is None:
                setattr(self, kept, value)
