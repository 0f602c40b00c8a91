"""Claims about columns."""

from migrator.postgres import lock_modes
from migrator.postgres.claims.constraints import unlock_foreign_key
from migrator.postgres.claims.draft import Claim, Draft
from migrator.postgres.dependents import views_needing
from migrator.postgres.replay import is_there
from migrator.postgres.statements import actions as a
from migrator.postgres.type_change import Conversion, conversion, rebuilt_indexes
from migrator.postgres.volatility import volatility
from migrator.snapshot import Catalog, Table


def rewrite_reason(column: a.NewColumn, draft: Draft) -> tuple[str | None, bool]:
    """Why adding the column writes every row anew (None: it does not), and if that is sure."""
    if column.serial:
        return "serial takes its default from a sequence, row by row", True
    if column.identity:
        return "every row gets its own identity value", True
    if column.generated == "stored":
        return "the generated value is stored in every row", True
    if draft.catalog.constrains(column.type):
        return f"the domain {column.type} has a constraint that every row must pass", True
    return default_reason(column, draft.catalog)


def default_reason(column: a.NewColumn, catalog: Catalog) -> tuple[str | None, bool]:
    """As `rewrite_reason`, for the column's DEFAULT alone, or its domain's where it has none."""
    domain = catalog.domains.get(column.type)
    if column.default is not None:
        functions, source = column.default.functions, ""
    elif domain is not None:
        functions, source = domain.default_functions, f" in the default of {column.type}"
    else:
        return None, True
    verdict, function = volatility(functions, catalog)
    if verdict == "volatile":
        return f"{function}(){source} is volatile, so every row gets its own value", True
    if verdict == "unknown":
        return f"{function}(){source} may be volatile, so that every row gets its own value", False
    return None, True


def _add_column(action: a.AddColumn, draft: Draft) -> None:
    if is_there(action, draft.catalog):
        draft.lock(action.table, lock_modes.ACCESS_EXCLUSIVE)
        return
    family = draft.lock_tree(action.table, lock_modes.ACCESS_EXCLUSIVE)
    column = action.column
    reason, certain = rewrite_reason(column, draft)
    if reason is not None:
        draft.rewrite(family)
        if not certain:
            draft.assumed.append(reason)
    if column.generated == "virtual" and column.not_null:
        draft.scan(family)  # its values are computed to find a NULL
    for constraint in column.constraints:
        if constraint.kind == "foreign key":
            draft.lock(constraint.references, lock_modes.SHARE_ROW)
            # PostgreSQL checks the rows that exist only where the column itself has a default.
            if column.default or column.serial or column.generated:
                draft.scan(family)
                draft.look_up(constraint.references)
        elif constraint.kind in ("unique", "primary key", "check"):
            draft.scan(family)


def _drop_column(action: a.DropColumn, draft: Draft) -> None:
    draft.lock_tree(action.table, lock_modes.ACCESS_EXCLUSIVE)
    table = draft.table(action.table)
    if table is None:
        return
    for key in table.foreign_keys():
        if action.column in key.columns:
            unlock_foreign_key(action.table, key, draft)
    if not action.cascade:
        return
    for other, key in draft.catalog.referencing(action.table):
        if action.column in key.referenced_columns:
            draft.lock(other.name, lock_modes.ACCESS_EXCLUSIVE)
    for view in views_needing(action.table, action.column, draft.catalog):
        draft.lock(view, lock_modes.ACCESS_EXCLUSIVE)


def _exclusive(action: a.OfTable, draft: Draft) -> None:
    draft.lock_tree(action.table, lock_modes.ACCESS_EXCLUSIVE)


def _alter_type(action: a.AlterColumnType, draft: Draft) -> None:
    family = draft.lock_tree(action.table, lock_modes.ACCESS_EXCLUSIVE)
    change = conversion(action, draft.catalog)
    if not change.certain:
        draft.assumed.append(change.reason)
    if change.rewrite:
        draft.rewrite(family)
    table = draft.table(action.table)
    if table is not None:
        _dependents_of_type(action, table, draft, change)


def _dependents_of_type(
    action: a.AlterColumnType, table: Table, draft: Draft, change: Conversion
) -> None:
    """Checks are run again, indexes perhaps rebuilt, foreign keys dropped and made again."""
    for constraint in table.constraints.values():
        if action.column not in constraint.columns:
            continue
        if constraint.kind == "check":
            draft.scan(draft.family(action.table))
        elif constraint.kind == "foreign key":
            draft.lock(constraint.references, lock_modes.ACCESS_EXCLUSIVE)
            draft.look_up(constraint.references)
    if rebuilt_indexes(action, change, table):
        draft.scan(draft.family(action.table))
    for other, key in draft.catalog.referencing(action.table):
        if action.column in key.referenced_columns:
            draft.lock(other.name, lock_modes.ACCESS_EXCLUSIVE)
            if change.rewrite:
                draft.scan([other.name])


def _set_not_null(action: a.SetNotNull, draft: Draft) -> None:
    family = draft.lock_tree(action.table, lock_modes.ACCESS_EXCLUSIVE)
    unproven = []
    for name in family:
        table = draft.table(name)
        if table is None or not table.proves_not_null(action.column):
            unproven.append(name)
    draft.scan(unproven)
    table = draft.table(action.table)
    if unproven and (table is None or not table.complete):
        draft.assumed.append("a CHECK that already rules out NULL would spare the scan")


def _change_identity(action: a.ChangeIdentity, draft: Draft) -> None:
    draft.lock_tree(action.table, lock_modes.ACCESS_EXCLUSIVE)


def _change_generation(action: a.ChangeGeneration, draft: Draft) -> None:
    family = draft.lock_tree(action.table, lock_modes.ACCESS_EXCLUSIVE)
    if action.change == "set":
        draft.rewrite(family)


COLUMN_CLAIMS: dict[type[a.Action], Claim] = {
    a.AddColumn: _add_column,
    a.DropColumn: _drop_column,
    a.RenameColumn: _exclusive,
    a.AlterColumnType: _alter_type,
    a.SetNotNull: _set_not_null,
    a.DropNotNull: _exclusive,
    a.SetDefault: _exclusive,
    a.ChangeIdentity: _change_identity,
    a.ChangeGeneration: _change_generation,
}
