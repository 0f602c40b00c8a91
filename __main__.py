"""Where `pulumi up` starts: the program itself is infra/__main__.py.

This file stands at the root so that the root is the working directory of the
program and of Pulumi's dynamic providers, which import `components` by name.
"""

import gc

# A program builds one graph and ends: the collector takes a third of its time, most of it over
# the SDK's classes, and gives back no memory worth the name.
gc.disable()

from infra import __main__  # noqa: E402, F401
