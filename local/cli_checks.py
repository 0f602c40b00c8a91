"""The check of workflow files."""

import subprocess

from local.paths import Paths
from local.screen import Screen
from local.toolchain.toolchain import actionlint


def workflows(paths: Paths, screen: Screen) -> int:
    """Runs actionlint where there are workflows; gives its exit code."""
    files = sorted((paths.repository / ".github" / "workflows").glob("*.y*ml"))
    if not files:
        return 0
    program = actionlint(paths, screen)
    return subprocess.call([str(program), *map(str, files)], cwd=paths.repository)
