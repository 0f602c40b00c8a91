"""The server settings that PostgreSQL knows, as the server itself lists them."""

import subprocess
from dataclasses import dataclass
from functools import cache

from migrator.scratch import find_binaries

# The server's files, its network and its archive are RDS's own business.
UNMODIFIABLE_PREFIXES = ("archive_", "listen_", "restore_", "ssl_", "unix_socket_")
UNMODIFIABLE = frozenset(
    {
        *("allow_alter_system", "config_file", "data_directory", "external_pid_file", "fsync"),
        *("full_page_writes", "hba_file", "ident_file", "log_directory", "logging_collector"),
        *("dynamic_library_path", "extension_control_path", "port", "ssl"),
    }
)


@dataclass(frozen=True, kw_only=True)
class Setting:
    """One server setting.

    static: it is read only when the server starts.
    kind: BOOLEAN, INTEGER, REAL, STRING or ENUM.
    low, high: what a number must lie within; None for other kinds.
    """

    name: str
    static: bool
    kind: str
    low: float | None
    high: float | None

    @property
    def modifiable(self) -> bool:
        """Whether a parameter group may set it."""
        return self.name not in UNMODIFIABLE and not self.name.startswith(UNMODIFIABLE_PREFIXES)


@cache
def catalogue() -> dict[str, Setting]:
    """Every setting of the newest installed server, by name."""
    postgres = find_binaries()[0].program("postgres")
    answer = subprocess.run(
        [postgres, "--describe-config"], capture_output=True, text=True, check=True
    )
    settings: dict[str, Setting] = {}
    for line in answer.stdout.splitlines():
        name, context, _, kind, _, low, high = line.split("\t")[:7]
        settings[name] = Setting(
            name=name,
            static=context == "postmaster",
            kind=kind,
            low=float(low) if low else None,
            high=float(high) if high else None,
        )
    return settings
