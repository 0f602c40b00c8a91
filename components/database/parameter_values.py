"""Server parameters that RDS sets itself, and values that it does not read as PostgreSQL does."""

from __future__ import annotations

import re
from collections.abc import Iterator

from components.arguments import Fault

# Where the server lies, listens and keeps its files, and how its log of writes is archived.
OWN = frozenset(
    {
        *("archive_command", "archive_library", "archive_mode", "config_file", "data_directory"),
        *("external_pid_file", "hba_file", "ident_file", "listen_addresses", "port"),
        *("primary_conninfo", "primary_slot_name", "restore_command", "ssl_ca_file"),
        *("ssl_cert_file", "ssl_crl_dir", "ssl_crl_file", "ssl_key_file"),
        *("unix_socket_directories", "unix_socket_group", "unix_socket_permissions"),
    }
)
# As PostgreSQL takes it in its own file: `64MB`, `5 min`.
# Of extensions, whose parameters have a dot, nothing is known here.
WITH_UNIT = re.compile(r"[+-]?\d+(?:\.\d+)?\s*(?:B|kB|MB|GB|TB|us|ms|s|min|h|d)", re.IGNORECASE)


def value_faults(path: str, name: str, value: str) -> Iterator[Fault]:
    """What RDS refuses of a parameter in the middle of a deployment, whatever its version."""
    if name in OWN:
        yield Fault(path, name, "RDS sets it itself, and takes no other value; take it out")
    elif "." not in name and WITH_UNIT.fullmatch(value.strip()):
        yield Fault(
            path,
            value,
            "RDS takes a number alone, in the parameter's own unit (`unit` in pg_settings)",
        )
