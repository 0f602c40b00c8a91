"""The parameters of a DB parameter group, and what they mean to a PostgreSQL server."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from moto.rds.exceptions import RDSClientError

from local.endpoint.rds.settings_catalogue import Setting, catalogue

# Parameters of RDS itself, each with whether it is read only at a start.
RDS_PARAMETERS = {
    "rds.adaptive_autovacuum": False,
    "rds.allowed_extensions": False,
    "rds.custom_dns_resolution": True,
    "rds.extensions": False,
    "rds.force_admin_logging_level": False,
    "rds.force_autovacuum_logging_level": False,
    "rds.force_ssl": False,
    "rds.log_retention_period": False,
    "rds.logical_replication": True,
    "rds.rds_superuser_reserved_connections": True,
    "rds.restrict_password_commands": True,
}
# Settings of libraries that RDS can preload.
LIBRARY_SETTING = re.compile(
    r"^(auto_explain|pg_stat_statements|pgaudit|pg_cron|cron|plpgsql)\.\w+$"
)
FORMULA = re.compile(r"[{}]|^(GREATEST|LEAST|SUM)\(", re.IGNORECASE)
PRELOADABLE = frozenset({"auto_explain", "pg_prewarm", "pg_stat_statements"})
FORCE_SSL_SINCE = 15


def check_parameters(parameters: Iterable[Mapping[str, Any]]) -> None:
    """Raises RDSClientError for a parameter that RDS would refuse; names it and its value."""
    for parameter in parameters:
        name, value = parameter["ParameterName"], parameter.get("ParameterValue")
        setting = catalogue().get(name)
        if setting is None and name not in RDS_PARAMETERS and not LIBRARY_SETTING.match(name):
            raise RDSClientError(
                "InvalidParameterValue", f"Could not find parameter with name: {name}"
            )
        if setting is not None and not setting.modifiable:
            raise RDSClientError(
                "InvalidParameterValue", f"The parameter {name} cannot be modified."
            )
        if parameter.get("ApplyMethod") == "immediate" and is_static(name):
            raise RDSClientError(
                "InvalidParameterCombination",
                f"cannot use immediate apply method for static parameter: {name}; use "
                "pending-reboot",
            )
        if setting is not None and value is not None and not _fits(setting, str(value)):
            raise RDSClientError(
                "InvalidParameterValue",
                f"Invalid parameter value: {value} for: {name} allowed values are: "
                f"{_allowed(setting)}",
            )


def is_static(name: str) -> bool:
    """Whether a change waits for a restart of the server."""
    setting = catalogue().get(name)
    return setting.static if setting else RDS_PARAMETERS.get(name, False)


def forces_tls(parameters: Mapping[str, str], major: int) -> bool:
    """Whether connections without TLS are refused; RDS says yes by itself since 15."""
    value = parameters.get("rds.force_ssl", "1" if major >= FORCE_SSL_SINCE else "0")
    return value.lower() in {"1", "on", "true"}


def server_settings(parameters: Mapping[str, str]) -> dict[str, str]:
    """The settings of a server here that follow from the group.

    Left out is what RDS computes from the size of the machine, and libraries that are not
    part of PostgreSQL.
    """
    settings = {
        name: value
        for name, value in sorted(parameters.items())
        if name not in RDS_PARAMETERS and not FORMULA.search(value)
    }
    if parameters.get("rds.logical_replication") == "1":
        settings["wal_level"] = "logical"
    libraries = settings.get("shared_preload_libraries")
    if libraries is not None:
        wanted = [name.strip() for name in libraries.split(",")]
        present = [name for name in wanted if name in PRELOADABLE]
        settings["shared_preload_libraries"] = ",".join(present)
    return settings


def _fits(setting: Setting, value: str) -> bool:
    if FORMULA.search(value):
        return True
    if setting.kind == "BOOLEAN":
        return value.lower() in {"0", "1", "on", "off", "true", "false", "yes", "no"}
    if setting.kind in {"INTEGER", "REAL"}:
        try:
            number = float(value)
        except ValueError:
            return False
        low, high = setting.low, setting.high
        return (low is None or number >= low) and (high is None or number <= high)
    return "\n" not in value


def _allowed(setting: Setting) -> str:
    if setting.kind == "BOOLEAN":
        return "0, 1"
    if setting.low is not None and setting.high is not None:
        return f"{setting.low:g}-{setting.high:g}"
    return f"a {setting.kind.lower()} on one line"
