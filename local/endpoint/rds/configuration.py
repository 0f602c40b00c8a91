"""The configuration files of an RDS server."""

import os
import pwd
from collections.abc import Mapping
from pathlib import Path

from local import files
from local.endpoint.rds.administration import ADMIN
from local.endpoint.rds.parameters import server_settings

# Clients come through the TLS front, which uses the local socket. The endpoint itself is known
# to the server by its process's user, so that the administrator needs no password.
ACCESS_RULES = (
    f"local all {ADMIN} peer map=endpoint",
    "local all all scram-sha-256",
    "host all all all reject",
)


def write_configuration(directory: Path, parameters: Mapping[str, str]) -> Path:
    """Writes postgresql.conf for a DB parameter group's parameters; returns its path."""
    settings = {
        "password_encryption": "scram-sha-256",
        **server_settings(parameters),
        "ident_file": str(directory / "pg_ident.conf"),
    }
    user = pwd.getpwuid(os.geteuid()).pw_name
    files.write(directory / "pg_ident.conf", f"endpoint {user} {ADMIN}\n")
    lines = (f"{name} = '{_quoted(value)}'\n" for name, value in settings.items())
    main = directory / "postgresql.conf"
    files.write(main, "".join(lines))
    return main


def _quoted(value: str) -> str:
    return value.replace("\\", "\\\\").replace("'", "''")
