"""A rehearsal from start to end, on a server of its own."""

from collections.abc import Callable, Collection

import psycopg
from sqlalchemy import make_url

from migrator.project.connections import connections_led
from migrator.project.history_files import read_linear_history
from migrator.project.settings import MigratorSettings
from migrator.rehearse.act import play
from migrator.rehearse.report import Rehearsal, RevisionReport
from migrator.rehearse.stage import DATABASE, Stage
from migrator.scratch import PostgresBinaries, temporary_server

# Nothing that happens to a scratch server is worth waiting for a disk.
SETTINGS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


def rehearse(
    settings: MigratorSettings,
    *,
    only: Collection[str] = (),
    rows: int = 200,
    binaries: PostgresBinaries | None = None,
    say: Callable[[str], None] = lambda message: None,
) -> Rehearsal:
    """Rehearses a project's revisions on a scratch server that it starts and destroys.

    only: the revisions to rehearse, in any form the history resolves; default: all. The others
        are applied on the way.
    rows: rows that each table is given before a revision runs.
    binaries: the server's; default: the newest that is installed.
    say: told what is being done, a line at a time.

    Raises MigratorError for a project that cannot be read and for a revision that was not asked
    for and fails. What fails in a revision that was is in the report, which ends there.
    """
    with (
        temporary_server(SETTINGS, binaries) as server,
        connections_led(make_url(server.url(DATABASE, driver="postgresql+psycopg"))),
        psycopg.connect(server.url(DATABASE), autocommit=True) as connection,
    ):
        history = read_linear_history(settings.config, x=settings.x)
        wanted = {history.resolve(each) for each in only} or {each.id for each in history.revisions}
        stage = Stage(settings, history, server, connection, rows=rows)
        reports: list[RevisionReport] = []
        for revision in history.revisions:
            if revision.id not in wanted:
                stage.raise_to(revision)
                continue
            say(f"rehearsing {revision}")
            reports.append(play(stage, revision))
            if not reports[-1].finished:
                break
    return Rehearsal(
        server_version=server.binaries.version,
        rows=rows,
        revisions=tuple(reports),
        notes=tuple(map(str, stage.generator.refused.values())),
    )
