"""`migrator upgrade`, `downgrade`, `status` and `history`."""

from enum import StrEnum
from typing import Annotated

import typer

from migrator.command import Format, FormatOption, out, print_json, reported, say
from migrator.database import refused
from migrator.errors import UsageError
from migrator.project.history import HEAD
from migrator.project.project import Project
from migrator.project.settings import MigratorSettings
from migrator.runner import report
from migrator.runner.downgrade import downgrade
from migrator.runner.policy import WaitPolicy
from migrator.runner.status import status
from migrator.runner.upgrade import upgrade

DEFAULTS = WaitPolicy()
OPTIONS = {
    "migrator_wait": "--wait",
    "lock_deadline": "--lock-deadline",
    "strong_statement": "--statement-limit",
}


class PhaseOption(StrEnum):
    """Of the revisions to apply."""

    EXPAND = "expand"
    CONTRACT = "contract"


ApproveOption = Annotated[
    list[str] | None,
    typer.Option("--approve", help="Id of a contract revision that may run. Repeatable."),
]
LockWaitOption = Annotated[
    float, typer.Option(help="Seconds that one revision may wait for locks, in all.")
]
WaitOption = Annotated[float, typer.Option(help="Seconds to wait for another migrator.")]
StatementLimitOption = Annotated[
    float,
    typer.Option(
        help="Seconds that a statement may keep readers or writers out; it is cancelled "
        "then. 0: no limit."
    ),
]


def register(app: typer.Typer) -> None:
    """Adds the commands to the migrator's."""
    app.command("upgrade")(upgrade_command)
    # Lets `-1` be an argument, as it is for Alembic.
    app.command("downgrade", context_settings={"ignore_unknown_options": True})(downgrade_command)
    app.command("status")(status_command)
    app.command("history")(history_command)


def _policy(wait: float, lock_deadline: float, statement_limit: float) -> WaitPolicy:
    """Raises UsageError, which names the option."""
    try:
        return WaitPolicy(
            migrator_wait=wait, lock_deadline=lock_deadline, strong_statement=statement_limit
        )
    except UsageError as error:
        name, _, reason = str(error).partition(":")
        raise UsageError(f"{OPTIONS[name]}:{reason}") from None


def upgrade_command(
    context: typer.Context,
    revision: Annotated[str, typer.Argument(help="To reach: head, an id, or +N.")] = HEAD,
    phase: Annotated[
        PhaseOption | None,
        typer.Option(help="expand: stop before the contract revisions at the end. Default: both."),
    ] = None,
    approve: ApproveOption = None,
    wait: WaitOption = DEFAULTS.migrator_wait,
    lock_deadline: LockWaitOption = DEFAULTS.lock_deadline,
    statement_limit: StatementLimitOption = DEFAULTS.strong_statement,
    format: FormatOption = Format.TEXT,  # noqa: A002
) -> None:
    """Apply revisions, up to the first contract revision that is not approved.

    Exit code 1 if a revision fails, if a contract revision's backfill is not complete, or if
    an unapproved contract revision is in the way of REVISION, of --phase contract, or of
    expand revisions behind it.
    """
    settings: MigratorSettings = context.obj
    with reported(translate=refused):
        done = upgrade(
            settings,
            target=revision,
            phase=phase.value if phase else None,
            approved=approve or (),
            policy=_policy(wait, lock_deadline, statement_limit),
            say=say,
        )
    if format is Format.JSON:
        print_json(report.upgrade_json(done))
    else:
        report.print_upgrade(out, done)
    if phase is PhaseOption.CONTRACT and done.gate is not None:
        raise typer.Exit(1)


def downgrade_command(
    context: typer.Context,
    revision: Annotated[str, typer.Argument(help="To go back to: base, an id, or -N.")],
    wait: WaitOption = DEFAULTS.migrator_wait,
    lock_deadline: LockWaitOption = DEFAULTS.lock_deadline,
    statement_limit: StatementLimitOption = DEFAULTS.strong_statement,
    format: FormatOption = Format.TEXT,  # noqa: A002
) -> None:
    """Undo the revisions after REVISION, newest first."""
    settings: MigratorSettings = context.obj
    with reported(translate=refused):
        done = downgrade(
            settings,
            target=revision,
            policy=_policy(wait, lock_deadline, statement_limit),
            say=say,
        )
    if format is Format.JSON:
        print_json(report.downgrade_json(done))
    else:
        report.print_downgrade(out, done)


def status_command(
    context: typer.Context,
    approve: ApproveOption = None,
    format: FormatOption = Format.TEXT,  # noqa: A002
) -> None:
    """Show where the database stands, what is pending, and what that waits for."""
    settings: MigratorSettings = context.obj
    with reported(translate=refused):
        found = status(settings, approved=approve or ())
    if format is Format.JSON:
        print_json(report.status_json(found))
    else:
        report.print_status(out, found)


def history_command(
    context: typer.Context,
    format: FormatOption = Format.TEXT,  # noqa: A002
) -> None:
    """List all revisions; those that the database has are marked, if one is named."""
    settings: MigratorSettings = context.obj
    with reported(translate=refused):
        project = Project.open(settings)
        asked = project.engine is not None
        current = project.observe().revision if asked else None
        if format is Format.JSON:
            print_json(report.history_json(project.history, current, asked=asked))
        else:
            report.print_history(out, project.history, current, asked=asked)
