"""What the language host tells the engine about a program's interpreter."""

import json
import os
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import pytest

from local.language_host.interpreter import Interpreter
from local.paths import REPOSITORY


def package(site: Path, name: str, plugin: dict[str, object], version: str) -> None:
    """An installed package with a description of its plugin."""
    (site / name).mkdir(parents=True)
    (site / name / "pulumi-plugin.json").write_text(json.dumps(plugin))
    record = site / f"{name}-{version}.dist-info"
    record.mkdir()
    (record / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")


def interpreter(**variables: str) -> Interpreter:
    return Interpreter(executable=sys.executable, environment={**os.environ, **variables})


@pytest.mark.parametrize("name", ["aws", "kubernetes", "random"])
def test_the_programs_plugins_are_found(name: str) -> None:
    version = metadata.version(f"pulumi-{name}")
    assert {"name": name, "version": version, "server": ""} in interpreter().plugins()


def test_what_a_package_leaves_out_is_its_own(tmp_path: Path) -> None:
    bare = {"resource": True, "name": "bare"}
    package(tmp_path, "pulumi_bare", bare, "1.2.3")
    full = {"resource": True, "name": "full", "version": "v4.5.6", "server": "https://a.test"}
    package(tmp_path, "pulumi_full", full, "9.9.9")
    package(tmp_path, "pulumi_component", {"resource": False, "name": "component"}, "1.0.0")
    found = {plugin["name"]: plugin for plugin in interpreter(PYTHONPATH=str(tmp_path)).plugins()}
    assert found["bare"] == {"name": "bare", "version": "1.2.3", "server": ""}
    assert found["full"] == {"name": "full", "version": "4.5.6", "server": "https://a.test"}
    assert "component" not in found


def test_a_host_starts_without_the_sdk() -> None:
    program = (
        "import sys, local.language_host.__main__; "
        "from pulumi.runtime.proto import language_pb2; "
        "language_pb2.RunRequest(project='groundwork'); "
        "print(sorted(n for n in sys.modules if n.startswith('pulumi') and 'proto' not in n))"
    )
    said = subprocess.run(
        [sys.executable, "-c", program], cwd=REPOSITORY, capture_output=True, text=True, check=True
    )
    assert said.stdout == "['pulumi', 'pulumi.runtime']\n"
