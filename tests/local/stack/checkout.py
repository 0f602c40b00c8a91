"""A copy of the repository whose platform runs apart from every other."""

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import boto3
import psutil
import yaml

from local.paths import REPOSITORY

# Of the last three, other tests write files meanwhile.
NOT_COPIED = shutil.ignore_patterns(
    ".git", ".venv", ".local", "docs", "dist", "__pycache__", ".*_cache", ".hypothesis"
)
COMMAND_SECONDS = 600


class Checkout:
    """A checkout below `root`, with the virtual environment of the repository under test."""

    def __init__(self, root: Path):
        self.root = root
        shutil.copytree(REPOSITORY, root, ignore=NOT_COPIED, symlinks=True)
        (root / ".venv").symlink_to(REPOSITORY / ".venv")

    @property
    def home(self) -> Path:
        """Its `.local`."""
        return self.root / ".local"

    @property
    def state_file(self) -> Path:
        """The state of the stack `local`."""
        return self.home / "state" / ".pulumi" / "stacks" / "groundwork" / "local.json"

    def command(self, *arguments: str) -> list[str]:
        """The command line of `python -m local ARGUMENTS`."""
        return [str(self.root / ".venv" / "bin" / "python"), "-m", "local", *arguments]

    def environment(self) -> dict[str, str]:
        """This process's environment, without another platform's."""
        foreign = ("AWS_", "PULUMI_", "PG", "GROUNDWORK_HOME", "PYTHONPATH")
        kept = {k: v for k, v in os.environ.items() if not k.startswith(foreign)}
        return {**kept, "COLUMNS": "200"}

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Runs `python -m local ARGUMENTS` to its end."""
        return subprocess.run(
            self.command(*arguments),
            cwd=self.root,
            env=self.environment(),
            capture_output=True,
            text=True,
            timeout=COMMAND_SECONDS,
            check=False,
        )

    def start(self, *arguments: str) -> subprocess.Popen[bytes]:
        """Starts `python -m local ARGUMENTS`, its output in a file."""
        with (self.root / "output.log").open("wb") as output:
            return subprocess.Popen(
                self.command(*arguments),
                cwd=self.root,
                env=self.environment(),
                stdout=output,
                stderr=subprocess.STDOUT,
            )

    def output(self) -> str:
        """What the command that was started last has said."""
        return (self.root / "output.log").read_text()

    def must(self, *arguments: str) -> str:
        """What a command that has to succeed says."""
        result = self.run(*arguments)
        assert result.returncode == 0, f"{arguments}: {result.stdout}\n{result.stderr}"
        return result.stdout

    def shell(self, script: str, shell: str = "bash") -> subprocess.CompletedProcess[str]:
        """Runs a script in a shell that has sourced `.local/env`."""
        return subprocess.run(
            [shell, "-c", f"set -e; . ./.local/env; {script}"],
            cwd=self.root,
            env=self.environment(),
            capture_output=True,
            text=True,
            timeout=COMMAND_SECONDS,
            check=False,
        )

    def start_in_shell(self, command: str) -> subprocess.Popen[bytes]:
        """Starts one command in a shell that has sourced `.local/env`, its output in a file."""
        with (self.root / "output.log").open("wb") as output:
            return subprocess.Popen(
                ["bash", "-c", f". ./.local/env; exec {command}"],
                cwd=self.root,
                env=self.environment(),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )

    def said(self, script: str) -> str:
        """What a script that has to succeed prints."""
        result = self.shell(script)
        assert result.returncode == 0, f"{script}: {result.stdout}\n{result.stderr}"
        return result.stdout

    def client(self, service: str) -> Any:
        """A boto3 client as the user of the sourced shell has it."""
        pairs = self.said("env -0").split("\0")
        variables = dict(pair.split("=", 1) for pair in pairs if "=" in pair)
        credentials = Path(variables["AWS_SHARED_CREDENTIALS_FILE"]).read_text().splitlines()
        keys = dict(line.split(" = ") for line in credentials if " = " in line)
        return boto3.client(
            service,
            endpoint_url=variables["AWS_ENDPOINT_URL"],
            region_name=variables["AWS_REGION"],
            aws_access_key_id=keys["aws_access_key_id"],
            aws_secret_access_key=keys["aws_secret_access_key"],
        )

    def resources(self) -> list[dict[str, Any]]:
        """The resources in the state of the stack `local`."""
        return json.loads(self.state_file.read_text())["checkpoint"]["latest"].get("resources", [])

    def interrupt(self, resource: dict[str, Any]) -> None:
        """Lets the state of the stack `local` say that this creation has begun."""
        state = json.loads(self.state_file.read_text())
        latest = state["checkpoint"]["latest"]
        begun = {"resource": resource, "type": "creating"}
        latest["pending_operations"] = [*(latest.get("pending_operations") or []), begun]
        self.state_file.write_text(json.dumps(state))

    def resource(self, kind: str, name_end: str = "") -> dict[str, Any]:
        """The one resource of a type whose name ends so."""
        found = [r for r in self.resources() if r["type"] == kind and r["urn"].endswith(name_end)]
        assert len(found) == 1, f"{kind} …{name_end}: {[r['urn'] for r in found]}"
        return found[0]

    def tags(self, resource_id: str) -> dict[str, str]:
        """The tags of an EC2 object."""
        wanted = [{"Name": "resource-id", "Values": [resource_id]}]
        found = self.client("ec2").describe_tags(Filters=wanted)["Tags"]
        return {tag["Key"]: tag["Value"] for tag in found}

    def stack_file(self, stack: str = "local") -> "StackFile":
        """A stack file, to be changed for good."""
        return StackFile(self.root / f"Pulumi.{stack}.yaml")

    @contextmanager
    def edited(self, stack: str = "local") -> Iterator["StackFile"]:
        """A stack file that a test may change; afterwards it is as it was."""
        before = self.stack_file(stack).file.read_text()
        try:
            yield self.stack_file(stack)
        finally:
            self.stack_file(stack).file.write_text(before)

    def processes(self) -> list[psutil.Process]:
        """Every process that has to do with this checkout, ours apart."""
        found = []
        for process in psutil.process_iter():
            try:
                words = [*process.cmdline(), *process.environ().values()]
                if any(str(self.root) in word for word in words):
                    found.append(process)
            except psutil.Error:
                continue  # it has ended
        return found

    def pid(self, service: str) -> int:
        """The recorded process id of a service."""
        return int((self.home / "run" / f"{service}.pid").read_text())


class StackFile:
    """The settings of one stack."""

    def __init__(self, file: Path):
        self.file = file
        self._content = yaml.safe_load(file.read_text())

    def set(self, value: object, *keys: str) -> None:
        """Sets a setting, named by its config key and the keys below that."""
        self._parent(keys)[keys[-1]] = value
        self._save()

    def remove(self, *keys: str) -> None:
        """Removes a setting."""
        del self._parent(keys)[keys[-1]]
        self._save()

    def _parent(self, keys: tuple[str, ...]) -> dict[str, Any]:
        place = self._content["config"]
        for key in keys[:-1]:
            place = place[key]
        return place

    def _save(self) -> None:
        self.file.write_text(yaml.safe_dump(self._content, sort_keys=False))
