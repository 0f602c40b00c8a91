"""What a statement returns that is only rendered."""

from collections.abc import Callable, Iterator
from typing import Any

from sqlalchemy.engine import IteratorResult
from sqlalchemy.engine.result import SimpleResultMetaData


class NoRows:
    """A result without rows. `asked` is called whenever something is read off it.

    The revision then goes on, so that what it does after is judged as well.
    """

    rowcount = property(lambda self: self._ask() or 0)

    def __init__(self, asked: Callable[[], None]) -> None:
        self._ask = asked

    def __getattr__(self, name: str) -> Any:
        self._ask()
        return getattr(IteratorResult(SimpleResultMetaData(("value",)), iter(())), name)

    def __iter__(self) -> Iterator[Any]:
        self._ask()
        return iter(())
