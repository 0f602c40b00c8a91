"""Where `pulumi up` starts: the program itself is infra/__main__.py.

This file stands at the root so that the root is the working directory of the
program and of Pulumi's dynamic providers, which import `components` by name.
"""

from infra import __main__  # noqa: F401
