"""Checks, domains and whether constraints are enforced: added, validated and changed."""

from collections.abc import Iterator

from migrator.lint.rule import Hit, Rule
from migrator.lint.rules.constraint_names import constraint_names
from migrator.lint.rules.removals import contract_only
from migrator.lint.scene import Scene
from migrator.postgres.default_names import name_of
from migrator.postgres.statements import actions as a


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


CONSTRAINT_RULES = (
    Rule(
        id="add-check",
        title="CHECK or NOT NULL constraint that is tested at once",
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
        id="new-write-restriction",
        title="Constraint that the running application's writes may break",
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
        kind="compat",
        on=(a.AlterConstraint,),
        check=_not_enforced,
        lock="ACCESS EXCLUSIVE on both tables",
        why="The guarantee that the running application relies on is gone.",
        safe_form='-- in a revision with phase = "contract", alone in its transaction',
        since=18,
    ),
)
