"""A revision's function that returns what nobody runs: Alembic calls it, and that is all."""

import inspect
from typing import Any

_ADVICE = "nothing of it runs; write a plain `def`"


def unrun(function: str, result: Any) -> str | None:
    """Why a call of `function` has done nothing, in words; None if it has run. Ends what waits."""
    kind = None
    if inspect.iscoroutine(result):
        kind = "async"
        result.close()  # or Python warns of it
    elif inspect.isgenerator(result):
        kind = "a generator, by its `yield`"
    elif inspect.isasyncgen(result):
        kind = "an async generator"
    elif inspect.isawaitable(result):
        kind = "async"
    return f"{function}() is {kind}: {_ADVICE}" if kind else None
