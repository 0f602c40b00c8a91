"""One revision, tried again as a whole when it lost a lock, a deadlock or its snapshot."""

from collections.abc import Callable, Iterable
from typing import Any, Literal

from alembic.runtime.migration import MigrationContext
from tenacity import RetryCallState, Retrying, retry_if_exception, wait_exponential_jitter

from migrator.database import DATABASE_ERRORS, server_message, sqlstate
from migrator.errors import MigratorError
from migrator.project.history import BASE, Revision
from migrator.project.project import Project
from migrator.runner.errors import RevisionError, first_reason
from migrator.runner.guard import IN_FAILED_TRANSACTION, StatementGuard
from migrator.runner.guarded import run_guarded, script_of
from migrator.runner.lock_wait import LockBudget
from migrator.runner.policy import WaitPolicy
from migrator.runner.sent import Sent, own_statement

LOCK_NOT_AVAILABLE = "55P03"
DEADLOCK_DETECTED = "40P01"
# Where env.py asks for a stricter isolation than read committed.
SERIALIZATION_FAILURE = "40001"
RETRIED = frozenset({LOCK_NOT_AVAILABLE, DEADLOCK_DETECTED, SERIALIZATION_FAILURE})

Direction = Literal["up", "down"]


def run_revision(
    project: Project,
    revision: Revision,
    direction: Direction,
    *,
    policy: WaitPolicy,
    say: Callable[[str], None],
) -> None:
    """Runs a revision's upgrade() or downgrade(), and writes the new revision down.

    Raises RevisionError, for whatever reason the revision failed.
    """
    budget = LockBudget(limit=policy.lock_deadline)
    guard = StatementGuard(policy=policy, budget=budget, say=say)

    def steps(heads: Any, context: MigrationContext) -> Iterable[Any]:
        script = script_of(context)
        if direction == "up":
            return script._upgrade_revs(revision.id, heads)
        return script._downgrade_revs(revision.parent or "base", heads)

    try:
        attempts(revision.id, budget, policy=policy, say=say)(run_guarded, project, guard, steps)
    except MigratorError as error:
        raise RevisionError(
            revision, guard.sent, error, at=_standing(project), half_done=guard.half_done
        ) from error
    # Whatever the revision's Python raises has to be reported with the revision's name.
    except Exception as error:  # noqa: BLE001
        reason = first_reason(error)
        # A database error would carry the statement's parameters along.
        cause = None if isinstance(reason, DATABASE_ERRORS) else error
        raise failure_of(revision, reason, guard, budget, at=_standing(project)) from cause


def _standing(project: Project) -> str:
    """Where the database says it is; empty where it cannot be asked any more."""
    try:
        return project.observe().revision or BASE
    except (MigratorError, *DATABASE_ERRORS):
        return ""


def attempts(
    name: str,
    budget: LockBudget,
    *,
    policy: WaitPolicy,
    say: Callable[[str], None],
) -> Retrying:
    """Tries again what lost a lock, until the budget is spent. name: of what is tried."""

    def pause(state: RetryCallState) -> None:
        seconds = state.next_action.sleep if state.next_action else 0.0
        budget.spent += seconds
        error = state.outcome.exception() if state.outcome else None
        reason = server_message(error) if error else "unknown"
        if budget.blocked_by:
            reason += f": it waited for {budget.blocked_by}"
        overtaken = error is not None and sqlstate(error) == SERIALIZATION_FAILURE
        what = "was overtaken by others" if overtaken else "lost a lock"
        say(f"{name} {what} ({reason}); the whole of it again in {seconds:.1f} s")

    return Retrying(
        retry=retry_if_exception(lambda error: sqlstate(error) in RETRIED),
        wait=wait_exponential_jitter(
            multiplier=policy.retry_base, max=policy.retry_cap, jitter=policy.retry_base
        ),
        stop=lambda _state: budget.exhausted,
        before_sleep=pause,
        reraise=True,
    )


def failure_of(
    revision: Revision,
    reason: BaseException,
    guard: StatementGuard,
    budget: LockBudget,
    *,
    at: str,
) -> RevisionError:
    """What to say of a revision that failed. at: as for RevisionError."""
    return RevisionError(
        revision,
        _what_failed(reason, guard),
        reason,
        at=at,
        went_on_after=guard.failed if sqlstate(reason) == IN_FAILED_TRANSACTION else None,
        half_done=guard.half_done,
        blocked_by=budget.blocked_by if sqlstate(reason) in RETRIED else "",
    )


def _what_failed(reason: BaseException, guard: StatementGuard) -> Sent | None:
    if isinstance(reason, DATABASE_ERRORS):
        return own_statement(reason) or guard.sent or guard.before
    if isinstance(reason, MigratorError):
        return guard.sent
    return None  # Python's own, whatever was sent before it
