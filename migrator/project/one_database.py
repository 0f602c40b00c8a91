"""What env.py configures in one run, held to what the migrator brings forward in one run."""

from collections.abc import Iterable
from typing import Any

from alembic.runtime.migration import MigrationContext

from migrator.database import describe
from migrator.errors import UsageError
from migrator.project.environment import Steps

SEVERAL = """\
env.py runs Alembic more than once in one run: on {first}, then on {second}. The migrator takes \
one schema of one database forward in a run, under one lock. Nothing was done. Let env.py choose \
by an argument, and run the migrator once for each:

    wanted = context.get_x_argument(as_dictionary=True)["{key}"]

    python -m migrator -x {key}=… upgrade"""
OPEN_TRANSACTION = (
    "env.py has begun a transaction on its connection before context.configure(), and Alembic "
    "commits nothing inside it. Let env.py call engine.connect() in place of engine.begin(), and "
    "connection.commit() after statements of its own, such as SET search_path"
)


class SeveralDatabasesError(UsageError):
    """One run of env.py is meant for several databases or schemas."""

    def __init__(self, first: str, second: str) -> None:
        key = "schema" if first.split(",")[0] == second.split(",")[0] else "database"
        super().__init__(SEVERAL.format(first=first, second=second, key=key))


class OpenTransactionError(UsageError):
    """Alembic is given a connection with a transaction that it must not commit."""

    def __init__(self, consequence: str) -> None:
        super().__init__(f"{OPEN_TRANSACTION}. {consequence}")


def refuse_own_commits(context: MigrationContext) -> None:
    """Has an autocommit_block raise OpenTransactionError where Alembic could only assert."""

    def refuse() -> Any:
        raise OpenTransactionError("An autocommit_block has to commit")

    if context._in_external_transaction:
        context.autocommit_block = refuse


class OneDatabase:
    """Watches one run of env.py. Raises SeveralDatabasesError at the second that it turns to.

    refusal: that error, should env.py have caught it.
    """

    def __init__(self) -> None:
        self.refusal: SeveralDatabasesError | None = None
        self._name = ""
        self._ran: str | None = None

    def configured(self, context: MigrationContext) -> None:
        """To be told of each context that env.py configures, before its steps."""
        self._name = _name(context)
        self._refuse_second()

    def only(self, steps: Steps) -> Steps:
        """The same steps, for one call."""

        def once(heads: Any, context: MigrationContext) -> Iterable[Any]:
            self._refuse_second()
            self._ran = self._name
            return steps(heads, context)

        return once

    def _refuse_second(self) -> None:
        if self._ran is not None:
            self.refusal = SeveralDatabasesError(self._ran, self._name)
            raise self.refusal


def _name(context: MigrationContext) -> str:
    table = context.version_table
    if context.version_table_schema:
        table = f"{context.version_table_schema}.{table}"
    if context.connection is None:
        return f"no database, {table}"
    return f"{describe(context.connection.engine.url)}, {table}"
