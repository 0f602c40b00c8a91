"""Partitions that are made, attached and detached."""

from collections.abc import Iterator

from migrator.lint.rule import Hit, Rule
from migrator.lint.scene import Scene
from migrator.postgres.lock_modes import ACCESS_EXCLUSIVE
from migrator.postgres.partition_bounds import (
    default_excludes,
    default_partition,
    missing_indexes,
    own_foreign_key,
    proves_bound,
)
from migrator.postgres.statements import actions as a


def _detach(action: a.DetachPartition, scene: Scene) -> Iterator[Hit]:
    beside_others = action.concurrently or action.finalize
    if not beside_others and not scene.is_new(action.table):
        yield Hit(
            severity="unsafe",
            message=(
                f"reads and writes of all of {action.table} wait (ACCESS EXCLUSIVE on it and on "
                f"{action.partition})"
            ),
            names={"table": action.table, "partition": action.partition},
            safe_form=_detach_form(action, scene),
        )


def _detach_form(action: a.DetachPartition, scene: Scene) -> str | None:
    """The form where CONCURRENTLY is refused."""
    if scene.version < 140000:
        return _BEFORE_14 + _DETACH_ALONE
    has_default = default_partition(action.table, scene.catalog) is not None
    return _BESIDE_DEFAULT + _DETACH_ALONE if has_default else None


def _detach_refused(action: a.DetachPartition, scene: Scene) -> Iterator[Hit]:
    default = default_partition(action.table, scene.catalog)
    if action.concurrently and default is not None:
        yield Hit(
            severity="unsafe",
            message=(
                f"PostgreSQL refuses this: {action.table} has the default partition "
                f"{default.name}, so none can be detached CONCURRENTLY"
            ),
            names={"table": action.table, "partition": action.partition},
        )


def _create_partition(action: a.CreateTable, scene: Scene) -> Iterator[Hit]:
    parent = action.partition_of
    if parent is None or scene.is_new(parent):
        return
    default = default_partition(parent, scene.catalog)
    beside_default = default is not None and not action.is_default_partition
    yield Hit(
        severity="unsafe",
        message=f"PARTITION OF takes ACCESS EXCLUSIVE on {parent}: its reads and writes wait",
        names={
            "table": parent,
            "partition": action.table,
            "rest": default.name if default else "",
        },
        safe_form=_EXCLUDE_FIRST + _CREATE if beside_default else None,
    )


def _attach(action: a.AttachPartition, scene: Scene) -> Iterator[Hit]:
    parent, part = scene.table(action.table), scene.table(action.partition)
    names = {"table": action.table, "partition": action.partition}
    if scene.is_new(action.partition):
        return
    if not proves_bound(action, scene.catalog):
        yield Hit(
            severity="caution",
            message=(
                f"every row of {action.partition} is tested against the bound under ACCESS "
                "EXCLUSIVE; no validated CHECK that implies it, of columns that are NOT NULL, is "
                "known here"
            ),
            names=names,
        )
    if parent is None or part is None or not part.complete:
        return
    indexes = missing_indexes(parent, part)
    if indexes:
        yield Hit(
            severity="caution",
            message=(
                f"{action.partition} has no index like {', '.join(indexes)}, so one is built while "
                "it is locked (ACCESS EXCLUSIVE)"
            ),
            names=names,
            safe_form=_INDEX_FIRST,
        )
    for key in parent.foreign_keys():
        own = own_foreign_key(key, part)
        if own is None or not own.validated:
            yield Hit(
                severity="caution",
                message=(
                    f"every row of {part.name} is looked up in {key.references} for {key.name} "
                    f"under ACCESS EXCLUSIVE, while writes to {key.references} wait (SHARE ROW "
                    "EXCLUSIVE)"
                ),
                names=names | {"constraint": key.name},
                safe_form=_KEY_FIRST,
            )


def _attach_key(action: a.AttachPartition, scene: Scene) -> Iterator[Hit]:
    parent, part = scene.table(action.table), scene.table(action.partition)
    for key in parent.foreign_keys() if parent and part else ():
        own = own_foreign_key(key, part) if part else None
        if own is not None and scene.effects.mode_on(key.references or "") == ACCESS_EXCLUSIVE:
            yield Hit(
                severity="caution",
                message=(
                    f"{own.name} becomes a part of {key.name}, which takes ACCESS EXCLUSIVE on "
                    f"{key.references} as well"
                ),
                names={"table": action.table, "partition": action.partition},
            )


def _attach_default(action: a.AttachPartition, scene: Scene) -> Iterator[Hit]:
    default = default_partition(action.table, scene.catalog)
    if default is None or action.is_default or scene.is_new(default.name):
        return
    if not default_excludes(action, default, scene.catalog):
        yield Hit(
            severity="unsafe",
            message=(
                f"reads and writes of {default.name} wait (ACCESS EXCLUSIVE) while every row of it "
                f"is tested: it must hold none that belongs to {action.partition}"
            ),
            names={"table": action.table, "partition": action.partition, "rest": default.name},
        )


_BEFORE_14 = "-- CONCURRENTLY needs PostgreSQL 14; until then:\n"
_BESIDE_DEFAULT = "-- CONCURRENTLY is refused beside a default partition; so:\n"
_ALONE = (
    "-- alone in its transaction, with a short lock_timeout and retries\n"
    "-- (`python -m migrator upgrade` does both):\n"
)
_DETACH_ALONE = _ALONE + "ALTER TABLE {table} DETACH PARTITION {partition};"
_ATTACH = "ALTER TABLE {table} ATTACH PARTITION {partition} FOR VALUES …;"
_CREATE = (
    "CREATE TABLE {partition} (LIKE {table} INCLUDING ALL EXCLUDING IDENTITY);\n"
    "ALTER TABLE {partition} ADD CONSTRAINT {partition:bare}_bound CHECK (…);\n"
    "-- takes SHARE UPDATE EXCLUSIVE on {table}, and reads nothing thanks to the CHECK:\n" + _ATTACH
)
_EXCLUDE_FIRST = (
    "-- the default partition must be known to hold none of the rows; in two transactions:\n"
    "ALTER TABLE {rest} ADD CONSTRAINT {partition:bare}_elsewhere CHECK (NOT (…)) NOT VALID;\n"
    "ALTER TABLE {rest} VALIDATE CONSTRAINT {partition:bare}_elsewhere;\n"
    "-- then, with a short lock_timeout and retries:\n"
)
_INDEX_FIRST = (
    "-- for each, and outside a transaction; for a constraint's, then also ADD … USING INDEX:\n"
    "CREATE INDEX CONCURRENTLY ON {partition} (<columns>);\n"
    "-- then\n" + _ATTACH
)
_KEY_FIRST = (
    "-- each in a transaction of its own:\n"
    "ALTER TABLE {partition} ADD CONSTRAINT {constraint}\n"
    "  FOREIGN KEY (<columns>) REFERENCES <parent> NOT VALID;\n"
    "ALTER TABLE {partition} VALIDATE CONSTRAINT {constraint};\n" + _ATTACH
)

PARTITION_RULES = (
    Rule(
        id="detach-partition",
        title="DETACH PARTITION without CONCURRENTLY",
        kind="lock",
        on=(a.DetachPartition,),
        check=_detach,
        lock="ACCESS EXCLUSIVE on the parent and the partition",
        why="Queries on every other partition wait too.",
        safe_form=(
            "-- outside a transaction:\n"
            "ALTER TABLE {table} DETACH PARTITION {partition} CONCURRENTLY;"
        ),
    ),
    Rule(
        id="detach-concurrently-refused",
        title="DETACH PARTITION CONCURRENTLY beside a default partition",
        kind="lock",
        on=(a.DetachPartition,),
        check=_detach_refused,
        lock="none: the statement fails",
        why="The default partition would have to take the rows in between.",
        safe_form=_BESIDE_DEFAULT + _DETACH_ALONE,
    ),
    Rule(
        id="create-partition",
        title="CREATE TABLE .. PARTITION OF",
        kind="lock",
        on=(a.CreateTable,),
        check=_create_partition,
        lock="ACCESS EXCLUSIVE on the parent",
        why="Queries on every partition of the parent wait.",
        safe_form=_CREATE,
    ),
    Rule(
        id="attach-partition-scan",
        title="ATTACH PARTITION that reads the partition",
        kind="scan",
        on=(a.AttachPartition,),
        check=_attach,
        lock="ACCESS EXCLUSIVE on the partition during a scan",
        why=(
            "Without a CHECK that implies the bound, every row is tested; without the parent's "
            "indexes and foreign keys, these are made."
        ),
        safe_form=(
            "ALTER TABLE {partition} ADD CONSTRAINT {partition:bare}_bound CHECK (…) NOT VALID;\n"
            "ALTER TABLE {partition} VALIDATE CONSTRAINT {partition:bare}_bound;\n" + _ATTACH
        ),
    ),
    Rule(
        id="attach-partition-scans-default",
        title="ATTACH PARTITION beside a default partition",
        kind="scan",
        on=(a.AttachPartition,),
        check=_attach_default,
        lock="ACCESS EXCLUSIVE on the default partition during a scan",
        why="The default partition must hold no row that belongs to the new one.",
        safe_form=_EXCLUDE_FIRST + _ATTACH,
    ),
    Rule(
        id="attach-partition-locks-referenced",
        title="ATTACH PARTITION of a table with the parent's foreign key",
        kind="lock",
        on=(a.AttachPartition,),
        check=_attach_key,
        lock="ACCESS EXCLUSIVE on the referenced table, brief",
        why="The triggers of the partition's own foreign key on the referenced table are dropped.",
        safe_form=_ALONE + _ATTACH,
    ),
)
