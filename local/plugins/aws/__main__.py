"""``python -m local.plugins.aws [ENGINE]``: the plugin as a process of its own.

GROUNDWORK_PLUGIN_FOLDER is where the engine has it installed, and where it may keep a file.
"""

import gc

# Before the imports, which it would spend most of its time on; a plugin lives for one run.
gc.disable()

import os  # noqa: E402
from pathlib import Path  # noqa: E402

from local.plugins.aws.provider import AwsPlugin  # noqa: E402
from local.plugins.framework.server import serve  # noqa: E402

if __name__ == "__main__":
    folder = os.environ.get("GROUNDWORK_PLUGIN_FOLDER")
    serve(AwsPlugin(types=Path(folder) / "types.json" if folder else None))
