"""What a statement says of an index or a constraint, as SQL again.

A summary leaves out what no rule asks about; a safe form has to repeat it.
"""

import re
from collections.abc import Iterator

from pglast import ast, parse_sql
from pglast.enums import AlterTableType, ConstrType
from pglast.error import Error as PglastError
from pglast.parser import scan
from pglast.stream import RawStream

from migrator.lint.identifiers import identifier
from migrator.lint.summary import actions as a
from migrator.lint.summary.statement import Statement

COMMENTS = ("SQL_COMMENT", "C_COMMENT")
OF_A_COLUMN = {
    ConstrType.CONSTR_CHECK,
    ConstrType.CONSTR_FOREIGN,
    ConstrType.CONSTR_UNIQUE,
    ConstrType.CONSTR_PRIMARY,
    ConstrType.CONSTR_EXCLUSION,
}
OF_A_TABLE = {*OF_A_COLUMN, ConstrType.CONSTR_NOTNULL}


def has_comment(sql: str) -> bool:
    """Whether there is a comment anywhere in the text."""
    return any(token.name in COMMENTS for token in scan(sql))


def index_definition(sql: str) -> str | None:
    """What follows the table's name in CREATE INDEX; None for another statement."""
    if not re.match(r"CREATE\s+(UNIQUE\s+)?INDEX\s", sql, re.IGNORECASE) or has_comment(sql):
        return None
    tokens = scan(sql)
    names = [token.name for token in tokens]
    position = names.index("ON") + 1
    position += names[position] == "ONLY"
    while names[position + 1] == "ASCII_46":  # a dot: what came before it is the schema
        position += 2
    return sql[tokens[position + 1].start :]


def constraint_definition(statement: Statement, wanted: a.NewConstraint) -> str | None:
    """A constraint without its name and without NOT VALID: ``CHECK (n > 0) NO INHERIT``."""
    node = _node(statement, wanted)
    if node is None:
        return None
    node.conname, node.skip_validation, node.initially_valid = None, False, True
    if wanted.kind == "foreign key" and node.fk_attrs is None:
        node.fk_attrs = tuple(ast.String(sval=column) for column in wanted.columns)
    return RawStream()(node)


def key_index(statement: Statement, wanted: a.NewConstraint) -> tuple[str, str] | None:
    """The index of a unique constraint, as after the table's name, and its DEFERRABLE."""
    node = _node(statement, wanted)
    if node is None or wanted.using_index is not None:
        return None
    keys = node.keys or tuple(ast.String(sval=column) for column in wanted.columns)
    plain = ast.Constraint(
        contype=ConstrType.CONSTR_UNIQUE,
        keys=keys,
        including=node.including,
        without_overlaps=node.without_overlaps,
    )
    columns = RawStream()(plain)
    plain.options = node.options
    definition = columns.removeprefix("UNIQUE ")
    definition += " NULLS NOT DISTINCT" if node.nulls_not_distinct else ""
    definition += RawStream()(plain).removeprefix(columns)
    definition += f" TABLESPACE {identifier(node.indexspace)}" if node.indexspace else ""
    deferral = " DEFERRABLE" if node.deferrable else ""
    return definition, deferral + (" INITIALLY DEFERRED" if node.initdeferred else "")


def _node(statement: Statement, wanted: a.NewConstraint) -> ast.Constraint | None:
    """The tree's node of a constraint in the summary: both list them in the same order."""
    try:
        tree = parse_sql(statement.text)
    except PglastError:
        return None
    nodes = list(_nodes(tree[0].stmt)) if len(tree) == 1 else []
    summarised = [c for action in statement.actions for c in _constraints(action)]
    if len(nodes) != len(summarised):
        return None
    return next((node for node, c in zip(nodes, summarised, strict=True) if c is wanted), None)


def _constraints(action: a.Action) -> tuple[a.NewConstraint, ...]:
    if isinstance(action, a.AddConstraint):
        return (action.constraint,)
    if isinstance(action, a.AddColumn):
        return action.column.constraints
    if isinstance(action, a.CreateTable):
        inline = [c for column in action.columns for c in column.constraints]
        return (*inline, *action.constraints)
    return ()


def _nodes(statement: ast.Node | None) -> Iterator[ast.Constraint]:
    if isinstance(statement, ast.AlterTableStmt):
        for command in statement.cmds or ():
            if command.subtype == AlterTableType.AT_AddConstraint:
                yield command.def_
            elif command.subtype == AlterTableType.AT_AddColumn:
                yield from _of_column(command.def_)
    elif isinstance(statement, ast.CreateStmt):
        elements = statement.tableElts or ()
        for element in elements:
            if isinstance(element, ast.ColumnDef):
                yield from _of_column(element)
        for element in elements:
            if isinstance(element, ast.Constraint) and element.contype in OF_A_TABLE:
                yield element


def _of_column(column: ast.ColumnDef) -> Iterator[ast.Constraint]:
    """A column's constraints, each with the DEFERRABLE that was written after it."""
    found: list[ast.Constraint] = []
    for node in column.constraints or ():
        if node.contype in OF_A_COLUMN:
            found.append(node)
        elif node.contype == ConstrType.CONSTR_ATTR_DEFERRABLE:
            found[-1].deferrable = True
        elif node.contype == ConstrType.CONSTR_ATTR_DEFERRED:
            found[-1].deferrable = found[-1].initdeferred = True
    return iter(found)
