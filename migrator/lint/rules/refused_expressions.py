"""Expressions that PostgreSQL does not take where they stand."""

from collections.abc import Iterator

from migrator.lint.rule import Hit, Rule
from migrator.lint.scene import Scene
from migrator.postgres.statements import actions as a
from migrator.postgres.volatility import VOLATILE

Holder = a.AddColumn | a.CreateTable | a.SetDefault | a.AddConstraint | a.AlterColumnType
# Another value in the next transaction, or for another user.
NOT_IMMUTABLE = VOLATILE | {
    *("now", "transaction_timestamp", "statement_timestamp", "txid_current"),
    *("current_setting", "current_database", "current_user", "session_user"),
}


def _expression(action: Holder, scene: Scene) -> Iterator[Hit]:
    for reason in _reasons(action):
        yield Hit(
            severity="unsafe",
            message=f"PostgreSQL refuses this: {reason}",
            names={"table": action.table},
        )


def _reasons(action: Holder) -> Iterator[str]:
    match action:
        case a.SetDefault(column=name, default=default):
            yield from _of_default(name, default)
        case a.AlterColumnType(column=name, using=using):
            if using is not None and using.has_subquery:
                yield f"the USING of {name} holds a query"
        case a.AddConstraint(constraint=constraint):
            yield from _of_check(constraint)
        case a.AddColumn(column=column):
            yield from _of_column(column)
        case a.CreateTable(columns=columns, constraints=constraints):
            for column in columns:
                yield from _of_column(column)
            for constraint in constraints:
                yield from _of_check(constraint)


def _of_column(column: a.NewColumn) -> Iterator[str]:
    yield from _of_default(column.name, column.default)
    if column.generation is not None and column.generation.has_subquery:
        yield f"what {column.name} is generated from holds a query"
    for constraint in column.constraints:
        yield from _of_check(constraint)


def _of_default(column: str, default: a.Expression | None) -> Iterator[str]:
    if default is None:
        return
    if default.has_subquery:
        yield f"the DEFAULT of {column} holds a query"
    elif default.columns:
        name = default.columns[0]
        yield f"the DEFAULT of {column} names the column {name}; a text is written '{name}'"


def _of_check(constraint: a.NewConstraint) -> Iterator[str]:
    check = constraint.expression
    if constraint.kind == "check" and check is not None and check.has_subquery:
        yield (
            f"the check {constraint.name} holds a query"
            if constraint.name
            else "a check holds a query"
        )


def _index(action: a.CreateIndex, scene: Scene) -> Iterator[Hit]:
    own = scene.catalog.volatile_functions
    # What is written in SQL is put in its place first, and may be immutable then.
    written = {each.name for each in scene.catalog.routines.values() if each.language == "sql"}
    changing = [
        name
        for name in action.functions
        if name in NOT_IMMUTABLE or (name in own and name not in written)
    ]
    if changing:
        yield Hit(
            severity="unsafe",
            message=(
                f"PostgreSQL refuses this: {changing[0]}() is not IMMUTABLE, as what an index is "
                "made of has to be"
            ),
            names={"table": action.table},
        )


REFUSED_EXPRESSION_RULES = (
    Rule(
        id="expression-refused",
        title="Default, check or USING with a query or another column",
        kind="compat",
        on=(a.AddColumn, a.CreateTable, a.SetDefault, a.AddConstraint, a.AlterColumnType),
        check=_expression,
        lock="none: the statement fails",
        why="A default knows no row, and a check no row but its own.",
        safe_form="-- a trigger on {table} can read other rows and tables",
    ),
    Rule(
        id="index-expression-refused",
        title="Index of what changes by itself",
        kind="compat",
        on=(a.CreateIndex,),
        check=_index,
        lock="none: the statement fails",
        why="An entry is made once, and has to be right for ever.",
        safe_form="CREATE INDEX CONCURRENTLY … ON {table} (…);  -- without it, or of a constant",
    ),
)
