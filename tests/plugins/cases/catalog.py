"""All cases: those of every module beside this one."""

from importlib import import_module
from pkgutil import iter_modules

from tests.plugins import cases
from tests.plugins.cases.case import Case

_FRAME = ("case", "catalog")

CASES: tuple[Case, ...] = tuple(
    case
    for module in iter_modules(cases.__path__)
    if module.name not in _FRAME
    for case in import_module(f"{cases.__name__}.{module.name}").CASES
)
