"""Tables that PostgreSQL does not take as partitions."""

from collections.abc import Iterator

from migrator.lint.rule import Hit, Rule
from migrator.lint.scene import Scene
from migrator.postgres.partition_bounds import default_partition
from migrator.postgres.statements import actions as a
from migrator.snapshot import Table

# The first server that refuses a partition with an identity column of its own.
IDENTITY_REFUSED_SINCE = 170000


def _attach(action: a.AttachPartition, scene: Scene) -> Iterator[Hit]:
    parent, part = scene.table(action.table), scene.table(action.partition)
    if scene.catalog.doubtful:
        return
    reasons = list(_of_the_place(action, parent, part, scene))
    if parent is not None and part is not None and parent.is_certain and part.is_certain:
        reasons += [*_of_the_columns(parent, part), *_of_the_rest(parent, part, scene.version)]
    for reason in reasons:
        yield Hit(
            severity="unsafe",
            message=f"PostgreSQL refuses this: {reason}",
            names={"table": action.table, "partition": action.partition},
        )


def _of_the_place(
    action: a.AttachPartition, parent: Table | None, part: Table | None, scene: Scene
) -> Iterator[str]:
    if parent is not None and parent.is_certain and parent.kind == "table":
        yield f"{parent.name} is not partitioned"
    if part is not None and part.parent is not None and part.is_certain:
        yield f"{part.name} is a part of {part.parent} already"
    default = default_partition(action.table, scene.catalog)
    if action.is_default and default is not None:
        yield f"{action.table} has the default partition {default.name} already"


def _of_the_columns(parent: Table, part: Table) -> Iterator[str]:
    for name, column in parent.columns.items():
        own = part.columns.get(name)
        if own is None:
            yield f"{part.name} lacks the column {name} of {parent.name}"
        elif own.type != column.type:
            yield f"{part.name}.{name} is {own.type}, and {parent.name}.{name} {column.type}"
        elif column.not_null and not own.not_null:
            yield f"{part.name}.{name} has to be NOT NULL, as it is in {parent.name}"
        elif own.generated != column.generated:
            yield f"{name} is a generated column of only one of {part.name} and {parent.name}"
    for name in part.columns.keys() - parent.columns.keys():
        yield f"{part.name} has the column {name}, which {parent.name} lacks"


def _of_the_rest(parent: Table, part: Table, version: int) -> Iterator[str]:
    for name, check in parent.constraints.items():
        if check.kind == "check" and name not in part.constraints:
            yield f"{part.name} lacks the constraint {name} of {parent.name}"
    if version >= IDENTITY_REFUSED_SINCE:
        for name, column in part.columns.items():
            if column.identity:
                yield f"{part.name}.{name} is an identity column"


REFUSED_PARTITION_RULES = (
    Rule(
        id="attach-partition-refused",
        title="Attached table that differs from its parent",
        kind="compat",
        on=(a.AttachPartition,),
        check=_attach,
        lock="none: the statement fails",
        why="A partition has the very columns and constraints of its table.",
        safe_form=(
            "CREATE TABLE {partition} (LIKE {table} INCLUDING ALL EXCLUDING IDENTITY);\n"
            "-- or make its columns and constraints the parent's first, each the safe way"
        ),
    ),
)
