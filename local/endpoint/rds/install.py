"""Where moto's RDS is changed. moto has no hooks for it, so classes and methods are replaced.

A name that moto no longer has fails at the start, here.
"""

from collections.abc import Callable
from typing import Any

import moto.rds.models as rds
from moto.core.responses import ActionResult
from moto.rds.exceptions import (
    DBParameterGroupNotFoundError,
    DBSubnetGroupNotFoundError,
    InvalidDBInstanceStateFault,
    RDSClientError,
)
from moto.rds.responses import RDSResponse

from local.endpoint.rds.instance import LocalInstance, ServerState
from local.endpoint.rds.master_secret import LocalMasterSecret, install_managed_secrets
from local.endpoint.rds.parameters import check_parameters
from local.endpoint.replacement import add, check_before, replace

# moto describes what comes of these, but no data would be there.
WITHOUT_DATA = (
    "create_db_instance_read_replica",
    "restore_db_instance_from_db_snapshot",
    "restore_db_instance_to_point_in_time",
)


def install(server_state: Callable[[str, str], ServerState]) -> None:
    """Makes moto's instances ours. Call it before the first RDS request.

    server_state: tells how the server of an instance is, by resource id and identifier.
    """
    LocalInstance.server_state = staticmethod(server_state)
    replace(rds, "DBInstance", LocalInstance)
    replace(rds, "MasterUserSecret", LocalMasterSecret)
    replace(rds.RDSBackend, "reboot_db_instance", _reboot)
    check_before(rds.RDSBackend, "modify_db_parameter_group", _check_parameter_change)
    check_before(rds.RDSBackend, "delete_db_parameter_group", _check_parameter_group_unused)
    check_before(rds.RDSBackend, "delete_subnet_group", _check_subnet_group_unused)
    _install_subnet_group_change()
    add(RDSResponse, "reset_db_parameter_group", _reset_parameter_group)
    for action in WITHOUT_DATA:
        check_before(rds.RDSBackend, action, _refuse)
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


def _refuse(*_: Any, **__: Any) -> None:
    raise NotImplementedError


def _install_subnet_group_change() -> None:
    # moto takes a group that is modified out of its table and does not put it back.
    def modify(self: rds.RDSBackend, subnet_name: str, *given: Any, **named: Any) -> Any:
        if subnet_name not in self.subnet_groups:
            raise DBSubnetGroupNotFoundError(subnet_name)
        group = original(self, subnet_name, *given, **named)
        self.subnet_groups[subnet_name] = group
        return group

    original = replace(rds.RDSBackend, "modify_db_subnet_group", modify)


def _reset_parameter_group(self: RDSResponse) -> ActionResult:
    name = self.params["DBParameterGroupName"]
    group = self.backend.db_parameter_groups.get(name)
    if group is None:
        raise DBParameterGroupNotFoundError(name)
    if self.params.get("ResetAllParameters"):
        group.parameters.clear()
    else:
        for parameter in self.params.get("Parameters", []):
            group.parameters.pop(parameter["ParameterName"], None)
    return ActionResult({"DBParameterGroupName": group.name})
