"""What a Python function does, as text that is the same in every process."""

import functools
import inspect
import linecache
import textwrap
from collections.abc import Callable, Iterator
from types import CodeType
from typing import Any


def function_code(function: Callable[..., Any]) -> str:
    """The function's source where it can be had, else its compiled code; not what it calls.

    Another version of Python may compile it to other code.
    """
    while isinstance(function, functools.partial):
        function = function.func
    if not inspect.isroutine(function):
        function = type(function).__call__
    function = inspect.unwrap(function)
    code = getattr(function, "__code__", None)
    if not isinstance(code, CodeType):
        return f"{getattr(function, '__module__', '')}.{function.__qualname__}"
    return _source(code) or repr(_compiled(code))


def _source(code: CodeType) -> str:
    """All its lines. inspect.getsource gives no more than the first ones of some lambdas."""
    linecache.checkcache(code.co_filename)
    last = max((line for line in _lines(code)), default=code.co_firstlineno)
    lines = linecache.getlines(code.co_filename)[code.co_firstlineno - 1 : last]
    return textwrap.dedent("".join(lines)).strip()


def _lines(code: CodeType) -> Iterator[int]:
    """The lines on which its parts end."""
    for first, last, _, _ in code.co_positions():
        yield last or first or code.co_firstlineno
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _lines(constant)


def _compiled(code: CodeType) -> list[object]:
    constants = [
        _compiled(constant)
        if isinstance(constant, CodeType)
        # The order of a set is another one in each process.
        else sorted(map(repr, constant))
        if isinstance(constant, frozenset)
        else constant
        for constant in code.co_consts
    ]
    return [code.co_code.hex(), code.co_names, constants]
