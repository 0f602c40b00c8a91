"""Runs a project's env.py, as Alembic's commands do."""

import os
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from migrator.project.kept_logging import KeptLogging

Steps = Callable[[Any, MigrationContext], Iterable[Any]]

# `alembic.context` and `alembic.op` are one per process, and a Pulumi provider has threads.
ALEMBIC_GLOBALS = threading.RLock()


def run_environment(
    config: Config,
    steps: Steps,
    *,
    scripts: ScriptDirectory | None = None,
    forced: Mapping[str, Any] | None = None,
    adapted: Callable[[Any], Any] = lambda connection: connection,
    configured: Callable[[MigrationContext], None] | None = None,
    **options: Any,
) -> None:
    """Runs env.py once; `steps` chooses what is done there.

    scripts: the project's, if they are read already. forced: what env.py's `context.configure`
        is given over its own keywords. adapted: makes of the connection that env.py gives the one
        that Alembic gets. configured: told of the context that env.py configured,
        before any step. options: as for Alembic's EnvironmentContext.

    Raises whatever env.py, `configured` and the steps raise.
    """
    scripts = scripts or ScriptDirectory.from_config(config)
    config.attributes["configure_logging"] = False
    environment = EnvironmentContext(config, scripts, fn=steps, **options)
    configure = environment.configure
    with ALEMBIC_GLOBALS, _kept_directory():
        # Most env.py heed only the file's name, and older ones need it.
        logging = KeptLogging.take()

        def configure_all(connection: Any = None, *arguments: Any, **keywords: Any) -> None:
            logging.restore()  # for what is said while the revisions run
            connection = adapted(connection)
            configure(connection, *arguments, **{**keywords, **(forced or {})})
            if configured is not None:
                configured(environment.get_context())

        # env.py calls this through `alembic.context`, which looks only at the instance.
        environment.configure = configure_all
        try:
            with environment:
                scripts.run_env()
        finally:
            logging.restore()


@contextmanager
def _kept_directory() -> Iterator[None]:
    """Comes back from where project code has gone: relative paths would mean other files there."""
    try:
        before = os.getcwd()
    except FileNotFoundError:  # it was deleted, and nothing can be relative to it
        before = None
    try:
        yield
    finally:
        if before is not None:
            os.chdir(before)
