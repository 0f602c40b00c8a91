"""What RDS refuses when an instance is created or changed."""

import re
from collections.abc import Mapping
from typing import Any

from moto.ec2.models import ec2_backends
from moto.iam.models import iam_backends
from moto.kms.models import kms_backends
from moto.rds.exceptions import (
    DBParameterGroupNotFoundError,
    KMSKeyNotAccessibleFault,
    RDSClientError,
)
from moto.rds.models import RDSBackend
from pglast.keywords import RESERVED_KEYWORDS

from local.endpoint.rds.instance_classes import check_instance_class
from local.endpoint.rds.storage import check_new_storage, check_storage_change
from local.endpoint.rds.versions import major_version

LOG_TYPES = frozenset({"postgresql", "upgrade", "iam-db-auth-error"})
# PostgreSQL itself makes no roles of the last two names.
RESERVED_NAMES = frozenset(
    {*RESERVED_KEYWORDS, "admin", "rdsadmin", "rdsrepladmin", "rds_superuser", "none", "public"}
)
SQL_NAME = re.compile(r"^[A-Za-z][A-Za-z0-9_]{0,62}$")
UNFIT_FOR_PASSWORDS = re.compile(r"[/@\" ]|[^\x20-\x7e]")


def check_creation(backend: RDSBackend, given: Mapping[str, Any]) -> None:
    """Raises RDSClientError unless a PostgreSQL instance can be made of the arguments."""
    _check_username(given.get("master_username"))
    if given.get("db_name") is not None and not SQL_NAME.match(given["db_name"]):
        raise _invalid("DBName", given["db_name"], "it must be letters, digits and underscores")
    check_instance_class(given["db_instance_class"])
    check_new_storage(given)
    _check_password_source(given)
    check_references(backend, given)


def check_change(instance: Any, changes: Mapping[str, Any]) -> None:
    """Raises RDSClientError unless a PostgreSQL instance can become what it is told to."""
    if changes.get("db_instance_class"):
        check_instance_class(changes["db_instance_class"])
    check_storage_change(instance, changes)


def check_references(backend: RDSBackend, given: Mapping[str, Any]) -> None:
    """Raises RDSClientError unless what the arguments name exists and they lie in range."""
    _check_parameter_group(backend, given)
    ec2 = ec2_backends[backend.account_id][backend.region_name]
    for group in given.get("vpc_security_group_ids") or []:
        if ec2.get_security_group_from_id(group) is None:
            raise RDSClientError(
                "InvalidParameterValue", f"Invalid security group , groupId= {group}, groupName=."
            )
    for argument in ("kms_key_id", "master_user_secret_kms_key_id"):
        if given.get(argument):
            _check_key(backend, given[argument])
    _check_monitoring_role(backend, given.get("monitoring_role_arn"))
    retention = given.get("backup_retention_period")
    if retention is not None and not 0 <= int(retention) <= 35:
        raise _invalid("BackupRetentionPeriod", retention, "it must be between 0 and 35 days")
    unknown = set(given.get("enable_cloudwatch_logs_exports") or []) - LOG_TYPES
    if unknown:
        raise RDSClientError(
            "InvalidParameterCombination",
            f"You cannot use the log types '{', '.join(sorted(unknown))}' with engine postgres; "
            f"there are {', '.join(sorted(LOG_TYPES))}",
        )
    password = given.get("master_user_password")
    if password is not None:
        _check_password(password)


def _check_username(name: str | None) -> None:
    if not name:
        raise _invalid("MasterUsername", None, "it must be provided")
    if not SQL_NAME.match(name):
        raise _invalid("MasterUsername", name, "it must be letters, digits and underscores")
    if name.lower() in RESERVED_NAMES:
        raise RDSClientError(
            "InvalidParameterValue",
            f"MasterUsername {name} cannot be used as it is a reserved word used by the engine",
        )
    if name.lower().startswith("pg_"):
        raise RDSClientError(
            "InvalidParameterValue",
            f'MasterUsername {name} cannot be used because role names starting with "pg_" are '
            "reserved by the PostgreSQL engine",
        )


def _check_password_source(given: Mapping[str, Any]) -> None:
    managed, password = given.get("manage_master_user_password"), given.get("master_user_password")
    if managed and password is not None:
        raise RDSClientError(
            "InvalidParameterCombination",
            "You can't specify MasterUserPassword for an instance with ManageMasterUserPassword "
            "enabled.",
        )
    if not managed and password is None:
        raise RDSClientError(
            "InvalidParameterValue",
            "The parameter MasterUserPassword must be provided and must not be blank, unless "
            "ManageMasterUserPassword is set",
        )


def _check_password(password: str) -> None:
    # The value itself must not be in the message.
    if not 8 <= len(password) <= 128:
        raise RDSClientError(
            "InvalidParameterValue",
            "The parameter MasterUserPassword is not a valid password because it is shorter than "
            "8 or longer than 128 characters.",
        )
    if UNFIT_FOR_PASSWORDS.search(password):
        raise RDSClientError(
            "InvalidParameterValue",
            "The parameter MasterUserPassword is not a valid password. Only printable ASCII "
            "characters besides '/', '@', '\"', ' ' may be used.",
        )


def _check_parameter_group(backend: RDSBackend, given: Mapping[str, Any]) -> None:
    name, version = given.get("db_parameter_group_name"), given.get("engine_version")
    if not name or name.startswith("default."):
        return
    group = backend.db_parameter_groups.get(name)
    if group is None:
        raise DBParameterGroupNotFoundError(name)
    if version and group.family != f"postgres{major_version(version)}":
        raise RDSClientError(
            "InvalidParameterCombination",
            f"The parameter group {name} with DBParameterGroupFamily {group.family} can't be used "
            "for this instance. Please use a parameter group with DBParameterGroupFamily "
            f"postgres{major_version(version)}.",
        )


def _check_key(backend: RDSBackend, key: str) -> None:
    kms = kms_backends[backend.account_id][backend.region_name]
    if key.startswith("alias/") or ":alias/" in key:
        known = kms.get_key_id_from_alias(key) is not None
    else:
        found = kms.keys.get(key.rpartition("/")[2])
        known = found is not None and found.key_state == "Enabled"
    if not known:
        raise KMSKeyNotAccessibleFault(key)


def _check_monitoring_role(backend: RDSBackend, arn: str | None) -> None:
    iam = iam_backends[backend.account_id][backend.partition]
    if arn and arn not in {role.arn for role in iam.get_roles()}:
        raise RDSClientError(
            "InvalidParameterValue", f"IAM role ARN value is invalid or does not exist: {arn}"
        )


def _invalid(name: str, value: object, reason: str) -> RDSClientError:
    return RDSClientError(
        "InvalidParameterValue", f"Value {value} for parameter {name} is invalid: {reason}"
    )
