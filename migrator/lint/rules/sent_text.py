"""What SQLAlchemy and psycopg read into a text before the server sees it."""

from collections.abc import Iterator

from migrator.lint.python_text import execute_call
from migrator.lint.rule import Hit, Rule
from migrator.lint.rules.indexes import one_by_one
from migrator.lint.scene import Scene
from migrator.postgres.statements import actions as a


def _unbound(action: a.Action, scene: Scene) -> Iterator[Hit]:
    if scene.position > 0:
        return
    text = scene.step.statement.text
    for found in scene.step.unbound:
        if found.startswith("%"):
            yield Hit(
                severity="unsafe",
                message=(
                    f"psycopg takes {found} for a placeholder, and refuses the statement: a "
                    "percent sign is written twice here"
                ),
                names={"command": execute_call(text)},
                safe_form="{command}",
            )
        elif found in text:
            yield Hit(
                severity="unsafe",
                message=(
                    f"SQLAlchemy takes {found} for a parameter that has no value: the statement "
                    "fails, or NULL gets into it; in a string write a backslash before the colon"
                ),
                names={"command": execute_call(text)},
                safe_form="{command}",
            )
        else:
            yield Hit(
                severity="unsafe",
                message=f"the parameter {found} has no value: the statement fails",
                safe_form=f"op.execute(sa.text(…).bindparams({found[1:]}=…))",
            )


def _several(action: a.Action, scene: Scene) -> Iterator[Hit]:
    if scene.position == 0 and scene.step.together and scene.step.parameterised:
        yield Hit(
            severity="unsafe",
            message=(
                "values are sent beside a text of several statements: PostgreSQL takes them only "
                "beside one"
            ),
            names={"command": one_by_one(scene)},
            safe_form="{command}",
        )


def _over_connection(action: a.CopyOverConnection, scene: Scene) -> Iterator[Hit]:
    if not scene.is_sql_file:  # psql does
        yield Hit(
            severity="unsafe",
            message=f"COPY {action.words}: neither SQLAlchemy nor psycopg runs it as a statement",
        )


SENT_TEXT_RULES = (
    Rule(
        id="unbound-parameter",
        title="Text that is taken for a parameter",
        kind="compat",
        on=(a.Action,),
        check=_unbound,
        lock="none: the statement fails",
        why=(
            "SQLAlchemy reads a colon before a word as a parameter, in a string too; psycopg so a "
            "percent sign."
        ),
        safe_form='op.execute(r"… \'{"days"\\:28}\' …")  # or op.get_bind().exec_driver_sql("…")',
    ),
    Rule(
        id="several-with-parameters",
        title="Several statements with parameters",
        kind="compat",
        on=(a.Action,),
        check=_several,
        lock="none: the statement fails",
        why="A text with parameters is prepared by the server, and that is one statement.",
        safe_form="op.execute(…)  # one call for each",
        once=True,
    ),
    Rule(
        id="copy-over-connection",
        title="COPY FROM STDIN or TO STDOUT in a revision",
        kind="compat",
        on=(a.CopyOverConnection,),
        check=_over_connection,
        lock="none: the statement fails",
        why="The rows follow the statement on the connection, and nobody sends or takes them.",
        safe_form=(
            "op.bulk_insert(sa.table(…), […])  # or a file on the server: COPY … FROM '/…'; many "
            "rows: a backfill"
        ),
    ),
)
