"""Pause, resume and cancel a backfill from another process."""

from typing import Any

import psycopg

from migrator.backfill.errors import BackfillError, BackfillUsageError
from migrator.backfill.run_lock import find_holder
from migrator.backfill.state import Progress, StateStore


def pause(connection: "psycopg.Connection[Any]", name: str) -> str:
    """Asks for a pause; returns what that means now, as a sentence."""
    store = StateStore(connection)
    progress = _begun(store, name)
    if progress.state in ("done", "cancelled"):
        raise BackfillError(f"backfill {name} is {progress.state}; there is nothing to pause")
    store.ask(name, "pause")
    holder = find_holder(connection, name)
    if holder is None:
        store.set_state(name, "paused")
        return f"{name} is paused; nobody runs it now"
    return f"{name} pauses after its current batch; it is run by {holder}"


def resume(connection: "psycopg.Connection[Any]", name: str) -> str:
    """Takes a pause or a cancellation back; returns what that means now."""
    store = StateStore(connection)
    progress = _begun(store, name)
    if progress.state == "done":
        raise BackfillError(f"backfill {name} is done; there is nothing to resume")
    holder = find_holder(connection, name)
    store.ask(name, None)
    if holder is None or progress.state == "cancelled":
        store.set_state(name, "running")
        return f"{name} may go on, but nobody runs it: `migrator backfill run {name}`"
    return f"{name} goes on; it is run by {holder}"


def cancel(connection: "psycopg.Connection[Any]", name: str) -> str:
    """Asks the run to end for good; returns what that means now."""
    store = StateStore(connection)
    progress = _begun(store, name)
    if progress.state == "done":
        raise BackfillError(f"backfill {name} is done; there is nothing to cancel")
    store.ask(name, "cancel")
    holder = find_holder(connection, name)
    if holder is None:
        store.set_state(name, "cancelled")
        return f"{name} is cancelled; nobody was running it"
    return f"{name} ends after its current batch; it is run by {holder}"


def _begun(store: StateStore, name: str) -> Progress:
    progress = store.read(name)
    if progress is None:
        raise BackfillUsageError(f"the backfill {name!r} never began in this database")
    return progress
