"""The dynamic provider behind AlembicMigration. Pulumi runs it in a process of its own.

State refers to the class by this module's path: it must not move. It has no attributes, so
that nothing of this process travels into the state. Alembic, SQLAlchemy and boto3 are imported
where they are used, because the program imports this module too.
"""

import logging
import sys
from pathlib import Path
from typing import Any

from pulumi.dynamic import (
    CheckFailure,
    CheckResult,
    CreateResult,
    DiffResult,
    ReadResult,
    ResourceProvider,
    UpdateResult,
)
from pulumi.output import Unknown

from migrator.errors import MigratorError

SSL_MODES = ("require", "verify-ca", "verify-full", "prefer", "allow", "disable")
OUTPUTS = ("revision", "previous_revision", "applied")
# Which input a fault of the history is about.
PROPERTY_OF = {"history": "script_location", "target": "target", "approval": "approved_contracts"}

logger = logging.getLogger("migrator")

Properties = dict[str, Any]


class RunProvider(ResourceProvider):
    """Create and update upgrade the database; delete leaves it as it is."""

    serialize_as_secret_always = False

    def check(self, _olds: Properties, news: Properties) -> CheckResult:
        """Walks the history offline, and puts the revisions it leads to among the inputs."""
        inputs = {key: value for key, value in news.items() if key not in OUTPUTS}
        failures = _check_connection(inputs)
        plan_inputs = ("script_location", "target", "phase", "approved_contracts")
        if not any(_unknown(inputs.get(key)) for key in plan_inputs):
            failures += _check_history(inputs)
        return CheckResult(inputs, failures)

    def diff(self, _id: str, _olds: Properties, _news: Properties) -> DiffResult:
        """Compares inputs, and the revision that was last seen with the one wanted.

        A database that stands beyond the wanted revision needs nothing: the contract phase of
        the same deployment brought it there.
        """
        # The pickled provider differs between Python versions, which changes nothing here.
        keys = (_olds.keys() | _news.keys()).difference(OUTPUTS, {"__provider"})
        changed = any(_differs(_olds.get(key), _news.get(key)) for key in keys)
        return DiffResult(changes=changed or _behind(_olds, _news), replaces=[])

    def create(self, props: Properties) -> CreateResult:
        """Upgrades; a database that is already there is left as it is."""
        return CreateResult(props["database"], _upgrade(props))

    def update(self, _id: str, _olds: Properties, _news: Properties) -> UpdateResult:
        """Upgrades to what the inputs say now."""
        return UpdateResult(_upgrade(_news))

    def read(self, id_: str, props: Properties) -> ReadResult:
        """The revision that the database really has; unchanged, with a warning, if unreachable."""
        return ReadResult(id_, {**props, **_observed(props)})

    def delete(self, _id: str, _props: Properties) -> None:
        """Forgets the resource. A schema is never downgraded by removing its declaration."""


def _check_connection(inputs: Properties) -> list[CheckFailure]:
    failures: list[CheckFailure] = []
    port = inputs.get("port")
    if not _unknown(port):
        if not isinstance(port, (int, float)) or not 0 < port < 65536 or port != int(port):
            failures.append(CheckFailure("port", f"port: {port!r} is not a TCP port"))
        else:
            inputs["port"] = int(port)
    mode = inputs.get("ssl_mode")
    if not _unknown(mode) and mode not in SSL_MODES:
        failures.append(
            CheckFailure("ssl_mode", f"ssl_mode: {mode!r} is none of {', '.join(SSL_MODES)}")
        )
    for key in ("host", "database", "secret_arn"):
        if inputs.get(key) in (None, ""):
            failures.append(CheckFailure(key, f"{key}: is empty"))
    return failures


def _check_history(inputs: Properties) -> list[CheckFailure]:
    from migrator.history import HistoryError, load
    from migrator.runner.plan import plan

    try:
        history = load(_alembic_file(inputs))
        way = plan(
            history,
            target=inputs["target"],
            phase=inputs.get("phase"),
            approved=inputs["approved_contracts"],
        )
    except HistoryError as error:
        return [
            CheckFailure(name, f"{name}: {inputs[name]!r}: {fault.message}")
            for fault in error.faults
            for name in (PROPERTY_OF[fault.subject],)
        ]
    except (MigratorError, OSError, SyntaxError, ImportError) as error:
        location = inputs["script_location"]
        return [CheckFailure("script_location", f"script_location: {location!r}: {error}")]
    if way.blocked:
        return [CheckFailure("approved_contracts", f"approved_contracts: {way.blocked}")]
    # Pulumi shows inputs when they change, and so names the revisions that an update applies.
    inputs["revisions"] = [f"{each.id} {each.message}" for each in way.revisions]
    return []


def _differs(old: Any, new: Any) -> bool:
    return _unknown(new) or new != old


def _behind(olds: Properties, news: Properties) -> bool:
    from migrator.history import HistoryError, load

    wanted = [each.split(" ", 1)[0] for each in news.get("revisions") or ()]
    if not wanted or _unknown(news.get("script_location")):
        return False
    history = load(_alembic_file(news))
    try:
        return history.position(olds.get("revision")) < history.position(wanted[-1])
    except HistoryError:  # the database has a revision that these files do not know
        return True


def _upgrade(properties: Properties) -> Properties:
    from migrator.runner.upgrade import upgrade

    _log_to_pulumi()
    report = upgrade(
        _settings(properties),
        target=properties["target"],
        phase=properties.get("phase"),
        approved=properties["approved_contracts"],
    )
    if report.gate is not None:
        logger.warning("%s", report.gate)
    return {
        **properties,
        "revision": report.revision,
        "previous_revision": report.previous,
        "applied": list(report.applied),
    }


def _observed(properties: Properties) -> Properties:
    from components.migration.database_access import SecretError
    from migrator.database import UnreachableError
    from migrator.runner.project import Project

    _log_to_pulumi()
    try:
        standing = Project.open(_settings(properties)).observe()
    except (UnreachableError, SecretError) as error:
        logger.warning("the revision of %s is taken as it was: %s", properties["database"], error)
        return {}
    return {"revision": standing.revision}


def _settings(properties: Properties) -> Any:
    from components.migration.database_access import database_url
    from migrator.settings import MigratorSettings

    return MigratorSettings(config=_alembic_file(properties), database_url=database_url(properties))


def _alembic_file(properties: Properties) -> Path:
    return Path(properties["script_location"]) / "alembic.ini"


def _unknown(value: Any) -> bool:
    return isinstance(value, Unknown)


def _log_to_pulumi() -> None:
    """Pulumi shows what a provider writes to its standard error beside the resource."""
    if not logger.handlers:
        logger.addHandler(logging.StreamHandler(sys.stderr))
        logger.setLevel(logging.INFO)
