"""A request to lint: what was asked for."""

from dataclasses import dataclass, field
from pathlib import Path

from migrator.postgres.server_version import LOWEST_SUPPORTED, version_number
from migrator.project.limits import Limits
from migrator.snapshot import Catalog


@dataclass(frozen=True, kw_only=True, slots=True)
class Request:
    """What to lint.

    config, x: the project, as `read_config` takes it. version: a server_version_num, None for the
    default. database_url: whose version table tells which revisions are new. own_database: whether
    that is the project's own, which nobody named here. base: the branch that tells it instead.
    note: what the user should know about how this came about. limits: of the
    project's code. replay: whether the history is run on a scratch server where revisions are
    opaque.
    """

    config: Path
    x: tuple[str, ...] = ()
    targets: tuple[str, ...] = ()
    sql: tuple[Path, ...] = ()
    version: int | None = None
    database_url: str | None = None
    own_database: bool = False
    catalog: Catalog | None = None
    base: str | None = None
    note: str | None = None
    single_transaction: bool = False
    enabled: frozenset[str] = field(default_factory=frozenset)
    limits: Limits = field(default_factory=Limits)
    replay: bool = True

    @property
    def pg_version(self) -> int:
        """The server version that holds: the one asked for, the catalog's, the default."""
        known = self.catalog.version if self.catalog else None
        return self.version or known or version_number(LOWEST_SUPPORTED)
