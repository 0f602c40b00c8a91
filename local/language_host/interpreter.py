"""The Python interpreter that runs a program or a plugin."""

import json
import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

# Runs in the program's interpreter, whose packages are not this process's. To look where packages
# lie takes a tenth of a second; to go through the lists of files of all distributions, most of one.
LIST_PLUGINS = """
import importlib.metadata, json, pathlib, sys

def version(package):
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:  # its distribution has another name
        return importlib.metadata.version(importlib.metadata.packages_distributions()[package][0])

found = []
for folder in filter(None, sys.path):
    for file in sorted(pathlib.Path(folder).glob("*/pulumi-plugin.json")):
        plugin = json.loads(file.read_text())
        if plugin.get("resource"):
            version = plugin.get("version") or version(file.parent.name)
            found.append({
                "name": plugin["name"],
                "version": version.removeprefix("v"),
                "server": plugin.get("server", ""),
            })
print(json.dumps(found))
"""

LIST_DISTRIBUTIONS = """
import importlib.metadata, json
print(json.dumps([
    {"name": d.metadata["Name"], "version": d.version}
    for d in importlib.metadata.distributions()
]))
"""


@dataclass(frozen=True, kw_only=True)
class Interpreter:
    """A Python executable and the environment that its programs get."""

    executable: str
    environment: Mapping[str, str]

    @classmethod
    def of(cls, root: Path, options: Mapping[str, Any]) -> "Interpreter":
        """The interpreter that the runtime options in Pulumi.yaml name.

        `virtualenv` is a folder, relative to `root`; without it, PULUMI_PYTHON_CMD or python3 on
        PATH is taken. Raises FileNotFoundError if the virtual environment holds no Python.
        """
        environment = dict(os.environ)
        virtualenv = options.get("virtualenv")
        if not virtualenv:
            command = environment.get("PULUMI_PYTHON_CMD") or "python3"
            return cls(executable=command, environment=environment)
        folder = Path(os.path.normpath(root / virtualenv))
        executable = folder / "bin" / "python"
        if not executable.exists():
            raise FileNotFoundError(
                f"runtime option virtualenv: {folder} has no bin/python; make the environment "
                f"with `python3 -m venv {folder}` and install requirements.txt into it"
            )
        environment.pop("PYTHONHOME", None)
        environment["VIRTUAL_ENV"] = environment["PULUMI_RUNTIME_VIRTUALENV"] = str(folder)
        environment["PATH"] = f"{executable.parent}{os.pathsep}{environment.get('PATH', '')}"
        return cls(executable=str(executable), environment=environment)

    def version(self) -> str:
        """The interpreter's version, as "3.11.7"."""
        return self._output("-c", "import platform; print(platform.python_version())").strip()

    def plugins(self) -> list[dict[str, str]]:
        """The resource plugins (name, version, server) that its installed packages ask for."""
        return json.loads(self._output("-c", LIST_PLUGINS))

    def distributions(self) -> list[dict[str, str]]:
        """Its installed distributions (name, version)."""
        return json.loads(self._output("-c", LIST_DISTRIBUTIONS))

    def _output(self, *arguments: str) -> str:
        result = subprocess.run(
            [self.executable, *arguments],
            capture_output=True,
            text=True,
            env=self.environment,
            check=True,
        )
        return result.stdout
