"""What an RDS instance should be, read off moto's description of it."""

import json
from dataclasses import dataclass, field
from typing import Any

from moto.rds.models import rds_backends

from local.endpoint.rds.versions import major_version


@dataclass(frozen=True, kw_only=True)
class Parameter:
    """A parameter that a group sets; `immediate` if it need not wait for a restart."""

    name: str
    value: str
    immediate: bool


@dataclass(frozen=True, kw_only=True)
class InstanceSpec:
    """The wanted state of one server.

    resource_id: tells an instance from a later one of the same name.
    reboots: how often a restart has been asked for.
    database: made when the server is new; None makes none.
    """

    resource_id: str
    identifier: str
    running: bool
    reboots: int
    major: int
    username: str
    password: str = field(repr=False)
    database: str | None
    parameters: tuple[Parameter, ...]

    def values(self) -> dict[str, str]:
        """The value of each parameter."""
        return {parameter.name: parameter.value for parameter in self.parameters}


def wanted_instances() -> list[InstanceSpec]:
    """Every PostgreSQL instance of every account and region.

    Read it while moto's state is kept still.
    """
    return [
        _specification(instance)
        for _, _, backend in rds_backends.iter_backends()
        for instance in getattr(backend, "databases").values()  # noqa: B009
        if hasattr(instance, "reboots")
    ]


def _specification(instance: Any) -> InstanceSpec:
    groups = instance.db_parameter_groups()
    return InstanceSpec(
        resource_id=instance.dbi_resource_id,
        identifier=instance.db_instance_identifier,
        running=instance.status != "stopped",
        reboots=instance.reboots,
        major=major_version(instance.engine_version),
        username=instance.master_username,
        password=_password(instance),
        database=instance.db_name,
        parameters=tuple(
            Parameter(
                name=name,
                value=str(given["ParameterValue"]),
                immediate=given.get("ApplyMethod") == "immediate",
            )
            for name, given in sorted(groups[0].parameters.items())
            if given.get("ParameterValue") is not None
        ),
    )


def _password(instance: Any) -> str:
    if instance.manage_master_user_password:
        secret = instance.master_user_secret.secret
        current = secret.versions[secret.default_version_id]
        return json.loads(current["secret_string"])["password"]
    return instance._master_user_password
