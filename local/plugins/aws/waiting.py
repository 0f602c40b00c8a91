"""Waits with an end: for an object to be ready, and for it to be gone."""

from __future__ import annotations

import time
from collections.abc import Iterator

from local.plugins.aws import calling
from local.plugins.aws.entry import Entry
from local.plugins.aws.reading import read_object
from local.plugins.aws.scope import Scope
from local.plugins.aws.session import AwsError
from local.plugins.framework.failure import ProviderError, StoppedError

_READY_SECONDS = 600.0
_GONE_SECONDS = 120.0
_FIRST_PAUSE, _LONGEST_PAUSE = 0.05, 1.0


def until_ready(entry: Entry, scope: Scope) -> None:
    """Waits for the entry's status. Raises ``ProviderError`` on a bad one or after the timeout."""
    wait = entry.wait
    if wait is None:
        return
    status = None
    for _ in _attempts(scope, scope.target.timeout or _READY_SECONDS):
        status = scope.search(wait.at, read_object(entry, scope) or {})
        if status in wait.done:
            return
        if status in wait.failed:
            raise ProviderError(f"{scope.target}: became {status}")
    raise ProviderError(f"{scope.target}: still {status}, wanted {', '.join(sorted(wait.done))}")


def until_gone(entry: Entry, scope: Scope) -> None:
    """Deletes the object, again while others still need it, and waits until it is gone."""
    limit = scope.target.timeout or _GONE_SECONDS
    for last in _attempts(scope, limit):
        try:
            _delete(entry, scope)
            break
        except AwsError as fault:
            # What is missing may be something else that the object refers to.
            if fault.not_found and read_object(entry, scope) is None:
                return
            if last or not fault.in_use:
                raise
    if entry.wait is None:
        return
    for _ in _attempts(scope, scope.target.timeout or _READY_SECONDS):
        if read_object(entry, scope) is None:
            return
    raise ProviderError(f"{scope.target}: was deleted, but is still there")


def _delete(entry: Entry, scope: Scope) -> None:
    if callable(entry.delete):
        entry.delete(scope)
    else:
        calling.send(entry, scope, entry.delete, scope.state)


def _attempts(scope: Scope, seconds: float) -> Iterator[bool]:
    """Yields whether this is the last attempt, with growing pauses between them."""
    end = time.monotonic() + seconds
    pause = _FIRST_PAUSE
    while True:
        last = time.monotonic() >= end
        yield last
        if last:
            return
        if scope.session.stopping.wait(pause):
            raise StoppedError(f"{scope.target}: interrupted while waiting")
        pause = min(pause * 1.5, _LONGEST_PAUSE)
