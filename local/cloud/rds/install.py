"""Where moto's RDS is changed. moto has no hooks for it, so classes and methods are replaced.

A name that moto no longer has fails at the start, here.
"""

from collections.abc import Callable
from typing import Any

import moto.rds.models as rds
from moto.rds.exceptions import InvalidDBInstanceStateFault, RDSClientError

from local.cloud.rds.instance import LocalInstance, ServerState
from local.cloud.rds.master_secret import LocalMasterSecret, install_managed_secrets
from local.cloud.rds.parameters import check_parameters


def install(server_state: Callable[[str, str], ServerState]) -> None:
    """Makes moto's instances ours. Call it before the first RDS request.

    server_state: tells how the server of an instance is, by resource id and identifier.
    """
    LocalInstance.server_state = staticmethod(server_state)
    _replace(rds, "DBInstance", LocalInstance)
    _replace(rds, "MasterUserSecret", LocalMasterSecret)
    _replace(rds.RDSBackend, "reboot_db_instance", _reboot)
    _wrap(rds.RDSBackend, "modify_db_parameter_group", _check_parameter_change)
    _wrap(rds.RDSBackend, "delete_db_parameter_group", _check_parameter_group_unused)
    _wrap(rds.RDSBackend, "delete_subnet_group", _check_subnet_group_unused)
    install_managed_secrets()


def _reboot(self: rds.RDSBackend, db_instance_identifier: str) -> Any:
    instance = self.describe_db_instances(db_instance_identifier)[0]
    if instance.status != "available":
        raise InvalidDBInstanceStateFault(
            f"Instance {db_instance_identifier} is {instance.status}, cannot be rebooted."
        )
    if isinstance(instance, LocalInstance) and instance.has_server:
        instance.reboots += 1
    return instance


def _check_parameter_change(self: rds.RDSBackend, *given: Any, **named: Any) -> None:
    group, parameters = [*given, *named.values()][:2]
    if str(group).startswith("default."):
        raise RDSClientError(
            "InvalidParameterValue", f"The DB parameter group {group} cannot be modified."
        )
    found = self.db_parameter_groups.get(group)
    if found is not None and (found.family or "").startswith("postgres"):
        check_parameters(parameters)


def _check_parameter_group_unused(self: rds.RDSBackend, *given: Any, **named: Any) -> None:
    name = str([*given, *named.values()][0]).lower()
    users = [i for i in self.databases.values() if i.db_parameter_groups()[0].name == name]
    if users:
        raise RDSClientError(
            "InvalidDBParameterGroupState",
            f"One or more database instances are still members of this parameter group {name}, "
            f"so the group cannot be deleted: {users[0].db_instance_identifier}",
        )


def _check_subnet_group_unused(self: rds.RDSBackend, *given: Any, **named: Any) -> None:
    name = str([*given, *named.values()][0]).lower()
    for instance in self.databases.values():
        group = getattr(instance, "db_subnet_group", None)
        if group is not None and group.name == name:
            raise RDSClientError(
                "InvalidDBSubnetGroupStateFault",
                f"Cannot delete the subnet group '{name}' because at least one database "
                f"instance: {instance.db_instance_identifier} is still using it.",
            )


def _replace(owner: Any, name: str, value: Any) -> None:
    if not hasattr(owner, name):
        raise TypeError(f"moto's {owner.__name__} no longer has {name}")
    setattr(owner, name, value)


def _wrap(owner: type, name: str, check: Callable[..., None]) -> None:
    original = getattr(owner, name)

    def checked(self: Any, *given: Any, **named: Any) -> Any:
        check(self, *given, **named)
        return original(self, *given, **named)

    setattr(owner, name, checked)
