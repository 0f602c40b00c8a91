"""Checks, unique and primary keys, exclusions, domains: added, validated and dropped."""

from collections.abc import Iterator

from migrator.lint.replay import name_of
from migrator.lint.rule import Hit, Rule
from migrator.lint.rules.constraint_names import constraint_names
from migrator.lint.rules.indexes import is_partitioned
from migrator.lint.rules.removals import contract_only
from migrator.lint.safe_form import PARTITIONED
from migrator.lint.scene import Scene
from migrator.lint.summary import actions as a


def _check(action: a.AddConstraint, scene: Scene) -> Iterator[Hit]:
    constraint = action.constraint
    if constraint.kind not in ("check", "not null") or not scene.effects.scans:
        return
    if scene.is_new(action.table):
        return
    yield Hit(
        severity="unsafe",
        message=f"every row of {action.table} is tested under ACCESS EXCLUSIVE",
        names=constraint_names(action.table, constraint, scene),
    )


def validates(action: a.ValidateConstraint, other: a.Action) -> bool:
    """Whether the other action is the ADD CONSTRAINT .. NOT VALID of what is validated."""
    return (
        isinstance(other, a.AddConstraint)
        and other.constraint.not_valid
        and other.table == action.table
        and name_of(other.table, other.constraint) == action.constraint
    )


def _same_transaction(action: a.ValidateConstraint, scene: Scene) -> Iterator[Hit]:
    if scene.is_new(action.table):
        return
    for other in scene.earlier(same_transaction=True):
        if isinstance(other, a.AddConstraint) and validates(action, other):
            mode = (
                "SHARE ROW EXCLUSIVE"
                if other.constraint.kind == "foreign key"
                else ("ACCESS EXCLUSIVE")
            )
            yield Hit(
                severity="unsafe",
                message=(
                    f"{mode} from ADD CONSTRAINT is still held while VALIDATE reads the table: "
                    "NOT VALID gains nothing in one transaction"
                ),
                names={"table": action.table, "constraint": action.constraint},
            )


def _unique(action: a.AddConstraint, scene: Scene) -> Iterator[Hit]:
    constraint = action.constraint
    builds = constraint.kind == "unique" and constraint.using_index is None
    if builds and scene.effects.scans and not scene.is_new(action.table):
        yield Hit(
            severity="unsafe",
            message=f"a unique index on {action.table} is built under ACCESS EXCLUSIVE",
            names=constraint_names(action.table, constraint, scene),
            safe_form=_key_form(action, scene),
        )


def _key_form(action: a.AddConstraint, scene: Scene) -> str | None:
    """The form of a key that cannot be made from an index of the whole table."""
    if "WITHOUT OVERLAPS" in scene.step.statement.text.upper():
        return _NEW_TABLE
    if not is_partitioned(action.table, scene):
        return None
    not_null_first = _NOT_NULL_FIRST if action.constraint.kind == "primary key" else ""
    return PARTITIONED + not_null_first + _KEY_OF_PARTITIONS


def _primary_key(action: a.AddConstraint, scene: Scene) -> Iterator[Hit]:
    constraint = action.constraint
    if constraint.kind != "primary key" or scene.is_new(action.table) or not scene.effects.scans:
        return
    if constraint.using_index is None:
        message = f"a unique index on {action.table} is built under ACCESS EXCLUSIVE"
        if scene.effects.assumed:
            message += ", after a search for NULL"
        yield Hit(
            severity="unsafe",
            message=message,
            names=constraint_names(action.table, constraint, scene),
            safe_form=_key_form(action, scene),
        )
        return
    certain = not scene.effects.assumed
    yield Hit(
        severity="unsafe" if certain else "caution",
        message=(
            f"a primary key's columns must be NOT NULL: every row of {action.table} is searched "
            "for NULL under ACCESS EXCLUSIVE"
            + ("" if certain else ", unless they are NOT NULL already, which is not known here")
        ),
        names=constraint_names(action.table, constraint, scene),
    )


def _exclude(action: a.AddConstraint, scene: Scene) -> Iterator[Hit]:
    if action.constraint.kind == "exclude" and not scene.is_new(action.table):
        yield Hit(
            severity="unsafe",
            message=(
                f"the exclusion's index is built over {action.table} under ACCESS EXCLUSIVE; "
                "PostgreSQL has no online way, NOT VALID is refused"
            ),
            names=constraint_names(action.table, action.constraint, scene),
        )


def _new_restriction(action: a.AddConstraint | a.CreateIndex, scene: Scene) -> Iterator[Hit]:
    if scene.is_new(action.table) or scene.contract:
        return
    if isinstance(action, a.CreateIndex):
        if not action.unique:
            return
        what = "duplicates"
    else:
        if not action.constraint.enforced:
            return
        what = "values that it forbids"
    yield Hit(
        severity="info",
        message=(
            f"from now on the running application's writes of {what} to {action.table} fail, "
            "NOT VALID or not"
        ),
        names={"table": action.table},
    )


def _domain(action: a.CreateObject | a.ChangeDomain, scene: Scene) -> Iterator[Hit]:
    if isinstance(action, a.CreateObject):
        if action.kind == "domain" and action.constrained:
            yield Hit(
                severity="caution",
                message=(
                    f"a constraint on the domain {action.name} cannot be changed online later: "
                    "every table that uses it is read under lock, and a new column rewrites"
                ),
                names={"domain": action.name},
            )
    elif _reads_tables(action) and not scene.is_new(action.domain):
        yield Hit(
            severity="unsafe",
            message=f"every table with a column of {action.domain} is locked and read",
            names={"domain": action.domain},
        )


def _reads_tables(action: a.ChangeDomain) -> bool:
    return action.validates or (action.adds_constraint and not action.not_valid)


def _enforced(action: a.AlterConstraint, scene: Scene) -> Iterator[Hit]:
    if action.enforced and not scene.is_new(action.table):
        yield Hit(
            severity="unsafe",
            message=(
                f"every row of {action.table} is tested for {action.constraint} under "
                "ACCESS EXCLUSIVE"
            ),
            names={"table": action.table, "constraint": action.constraint},
        )


def _not_enforced(action: a.AlterConstraint, scene: Scene) -> Iterator[Hit]:
    if action.enforced is False:
        yield Hit(
            severity=contract_only(scene),
            message=(
                f"{action.constraint} no longer guards {action.table}, and ACCESS EXCLUSIVE is "
                "taken on both tables of the foreign key"
            ),
            names={"table": action.table, "constraint": action.constraint},
        )


_UNIQUE_FORM = (
    "-- outside a transaction (`with op.get_context().autocommit_block():`):\n"
    "CREATE UNIQUE INDEX CONCURRENTLY {constraint} ON {table} {key};\n"
    "-- then\n"
    "ALTER TABLE {table} ADD CONSTRAINT {constraint} UNIQUE USING INDEX {constraint}{deferral};"
)
_NOT_NULL_FIRST = "-- first make {columns} NOT NULL the safe way\n"
_KEY_OF_PARTITIONS = (
    "ALTER TABLE ONLY {table} ADD CONSTRAINT {constraint}\n"
    "  {definition};\n"
    "-- for each partition, the index outside a transaction:\n"
    "CREATE UNIQUE INDEX CONCURRENTLY {constraint}_<partition> ON <partition> {key};\n"
    "ALTER TABLE <partition> ADD CONSTRAINT {constraint}_<partition>\n"
    "  {kind} USING INDEX {constraint}_<partition>{deferral};\n"
    "ALTER INDEX {index} ATTACH PARTITION {index}_<partition>;"
)
_NEW_TABLE = (
    "CREATE TABLE {table}_new (LIKE {table} INCLUDING ALL, {definition});\n"
    "-- copy in batches, keep both in step with a trigger, then swap the names"
)

CONSTRAINT_RULES = (
    Rule(
        id="add-check",
        title="CHECK or NOT NULL constraint that is tested at once",
        rows=(22,),
        kind="scan",
        on=(a.AddConstraint,),
        check=_check,
        lock="ACCESS EXCLUSIVE during a scan",
        why="Nobody can read or write while every row is tested.",
        safe_form=(
            "ALTER TABLE {table} ADD CONSTRAINT {constraint}\n"
            "  {definition} NOT VALID;\n"
            "-- in another transaction:\n"
            "ALTER TABLE {table} VALIDATE CONSTRAINT {constraint};"
        ),
    ),
    Rule(
        id="validate-in-same-transaction",
        title="NOT VALID and VALIDATE in one transaction",
        rows=(24,),
        kind="lock",
        on=(a.ValidateConstraint,),
        check=_same_transaction,
        lock="the lock of ADD CONSTRAINT during a scan",
        why="Locks last until the transaction ends, so the strong one is held for the scan.",
        safe_form=(
            "-- in a later revision, or in an autocommit block:\n"
            "ALTER TABLE {table} VALIDATE CONSTRAINT {constraint};"
        ),
    ),
    Rule(
        id="add-unique",
        title="UNIQUE constraint that builds its index",
        rows=(27,),
        kind="lock",
        on=(a.AddConstraint,),
        check=_unique,
        lock="ACCESS EXCLUSIVE while an index is built",
        why="Reads and writes wait for the whole build.",
        safe_form=_UNIQUE_FORM,
    ),
    Rule(
        id="add-primary-key",
        title="PRIMARY KEY that builds its index or reads the table",
        rows=(28,),
        kind="lock",
        on=(a.AddConstraint,),
        check=_primary_key,
        lock="ACCESS EXCLUSIVE while an index is built",
        why="Reads and writes wait for the build, and for a search for NULL.",
        safe_form=(
            "-- first make {columns} NOT NULL the safe way; outside a transaction:\n"
            "CREATE UNIQUE INDEX CONCURRENTLY {constraint} ON {table} {key};\n"
            "-- then\n"
            "ALTER TABLE {table} ADD CONSTRAINT {constraint}\n"
            "  PRIMARY KEY USING INDEX {constraint}{deferral};"
        ),
    ),
    Rule(
        id="add-exclude",
        title="EXCLUDE constraint",
        rows=(29,),
        kind="lock",
        on=(a.AddConstraint,),
        check=_exclude,
        lock="ACCESS EXCLUSIVE while an index is built",
        why="An exclusion cannot be made from an index, nor added NOT VALID.",
        safe_form=_NEW_TABLE,
    ),
    Rule(
        id="new-write-restriction",
        title="Constraint that the running application's writes may break",
        rows=(32,),
        kind="compat",
        on=(a.AddConstraint, a.CreateIndex),
        check=_new_restriction,
        lock="none of its own",
        why="New rows are checked from the first moment, whoever writes them.",
        safe_form="-- release code that respects the constraint on {table} before this revision",
    ),
    Rule(
        id="domain-constraint",
        title="Domain with a constraint",
        rows=(33,),
        kind="scan",
        on=(a.CreateObject, a.ChangeDomain),
        check=_domain,
        lock="SHARE on every table that uses the domain",
        why="A domain's constraint is tested in all tables at once.",
        safe_form="use the base type and a CHECK … NOT VALID on each table instead of {domain}",
    ),
    Rule(
        id="enforce-constraint",
        title="Constraint made ENFORCED",
        rows=(31,),
        kind="scan",
        on=(a.AlterConstraint,),
        check=_enforced,
        lock="ACCESS EXCLUSIVE on its table, SHARE ROW EXCLUSIVE on the other, during a scan",
        why="Nobody can read or write while every row is tested; there is no NOT VALID for it.",
        safe_form=(
            "-- each in a transaction of its own:\n"
            "ALTER TABLE {table} ADD CONSTRAINT {constraint}_enforced\n"
            "  FOREIGN KEY (<columns>) REFERENCES <parent> NOT VALID;\n"
            "ALTER TABLE {table} VALIDATE CONSTRAINT {constraint}_enforced;\n"
            "ALTER TABLE {table} DROP CONSTRAINT {constraint};"
        ),
        since=18,
    ),
    Rule(
        id="constraint-not-enforced",
        title="Constraint made NOT ENFORCED",
        rows=(31,),
        kind="compat",
        on=(a.AlterConstraint,),
        check=_not_enforced,
        lock="ACCESS EXCLUSIVE on both tables",
        why="The guarantee that the running application relies on is gone.",
        safe_form='-- in a revision with phase = "contract", alone in its transaction',
        since=18,
    ),
)
