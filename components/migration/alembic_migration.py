"""A database at the newest revision of its history, as a resource."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

from pulumi import Input, Output, ResourceOptions

from components.arguments import Args, Fault
from components.component import Component
from components.migration.history_hash import history_hash
from components.migration.run import AlembicRun
from components.migration.run_provider import SSL_MODES

Phase = Literal["expand", "contract"]


@dataclass(frozen=True, kw_only=True)
class AlembicMigrationArgs(Args):
    """Which history, which database, how far.

    script_location: folder that holds alembic.ini and env.py, relative to the program's folder.
    host, port, database: where the database answers.
    secret_arn: Secrets Manager secret, JSON with `username` and `password`; read when a
        migration runs, never stored.
    region: of the secret; default: the region in its ARN.
    target: revision to reach: an id, or `head`. A target behind the database is an error.
    approved_contracts: ids of the contract revisions that may run. Keep an id for as long as
        the revision is in the history: a new database needs it too.
    phase: "expand" stops before the contract revisions at the end; "contract" goes on from
        there; None (the default) does both.
    ssl_mode: as libpq's sslmode. ssl_root_cert: file with the authority's certificate, for
        "verify-ca" and "verify-full".
    """

    script_location: str
    host: Input[str]
    port: Input[int]
    database: Input[str]
    secret_arn: Input[str]
    region: str | None = None
    target: str = "head"
    approved_contracts: Sequence[str] = ()
    phase: Phase | None = None
    ssl_mode: str = "require"
    ssl_root_cert: str | None = None

    def faults(self) -> Iterator[Fault]:
        """What can be seen without walking the history, which the provider does."""
        if not (Path(self.script_location) / "alembic.ini").is_file():
            yield Fault(
                "script_location",
                self.script_location,
                f"name a folder with an alembic.ini (looked from {Path.cwd()})",
            )
        if not self.target:
            yield Fault("target", self.target, "name a revision, or head")
        if self.phase not in (None, *get_args(Phase)):
            yield Fault("phase", self.phase, "write expand, contract, or None for both")
        if isinstance(self.approved_contracts, str):
            yield Fault("approved_contracts", self.approved_contracts, "write a list of ids")
        if self.ssl_mode not in SSL_MODES:
            yield Fault("ssl_mode", self.ssl_mode, f"write one of {', '.join(SSL_MODES)}")
        if self.ssl_mode.startswith("verify") and not self.ssl_root_cert:
            yield Fault(
                "ssl_root_cert", self.ssl_root_cert, f"{self.ssl_mode} needs the authority's file"
            )


class AlembicMigration(Component):
    """Brings a database to a revision of an Alembic history, without downtime.

    Child: one AlembicRun. Preview walks the history offline: a broken one (two heads, a missing
    parent, an unknown target) fails there, and the change of the input `revisions` names what
    an update will apply. Refresh reads the database's real revision, and a revision that was
    changed by hand is a difference. Destroy never downgrades.

    Outputs: `revision`, `previous_revision` (before the last run; None if it was empty) and
    `applied` (ids that the last run applied, in order).
    """

    subject = "migration"

    revision: Output[str | None]
    previous_revision: Output[str | None]
    applied: Output[list[str]]

    def __init__(
        self, name: str, args: AlembicMigrationArgs, opts: ResourceOptions | None = None
    ) -> None:
        super().__init__(name, opts)
        run = AlembicRun(
            self.child_name("run"),
            {
                "script_location": args.script_location,
                "history_hash": history_hash(Path(args.script_location)),
                "host": args.host,
                "port": args.port,
                "database": args.database,
                "secret_arn": args.secret_arn,
                "region": args.region,
                "target": args.target,
                "phase": args.phase,
                "approved_contracts": sorted(args.approved_contracts),
                "ssl_mode": args.ssl_mode,
                "ssl_root_cert": args.ssl_root_cert,
            },
            self.child(),
        )
        self.revision = run.revision
        self.previous_revision = run.previous_revision
        self.applied = run.applied
        self.register_outputs(self.outputs())
