"""Pulumi's protocol without the SDK around it.

The engine starts a language host twice a run, and waits for each. The protocol's modules lie inside
the SDK; to import that whole, which a host has no use for, takes more than half of a host's start.
"""

import sys
from importlib.util import find_spec
from types import ModuleType


def leave_sdk_unimported() -> None:
    """Puts empty packages in the places of `pulumi` and `pulumi.runtime`.

    For a process that imports `pulumi.runtime.proto` afterwards, and nothing else of the SDK.
    """
    found = find_spec("pulumi")
    if "pulumi" in sys.modules or found is None or not found.submodule_search_locations:
        return  # it is too late, or there is nothing to import: Python then says so itself
    (folder,) = found.submodule_search_locations
    for name, place in (("pulumi", folder), ("pulumi.runtime", f"{folder}/runtime")):
        package = ModuleType(name)
        package.__path__ = [place]
        sys.modules[name] = package
