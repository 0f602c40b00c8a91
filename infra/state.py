"""What the stack was when it was last deployed, as its state has it."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import pulumi
from tenacity import retry, stop_after_attempt, wait_exponential


@dataclass(frozen=True, kw_only=True)
class Deployed:
    """A resource or component in the state."""

    type: str
    name: str
    outputs: Mapping[str, Any]

    def at(self, path: str) -> Any:
        """An output, dotted where nested; None if there is none."""
        value: Any = self.outputs
        for part in path.split("."):
            value = value.get(part) if isinstance(value, Mapping) else None
        return value


class State(Sequence[Deployed]):
    """The resources of the state. `protected`: the names of those that it has as protected; asked
    for when it is needed only.
    """

    def __init__(
        self,
        resources: Sequence[Deployed] = (),
        protected: Callable[[], Collection[str]] = frozenset,
    ) -> None:
        self._resources = list(resources)
        self.protected = protected

    def __getitem__(self, index: Any) -> Any:
        return self._resources[index]

    def __len__(self) -> int:
        return len(self._resources)

    def of_type(self, *types: str) -> list[Deployed]:
        """The resources of some types, sorted by name."""
        return sorted((one for one in self if one.type in types), key=lambda one: one.name)

    def named(self, kind: str, name: str) -> Deployed | None:
        """The resource of a type and name."""
        return next((one for one in self if (one.type, one.name) == (kind, name)), None)


def read_state() -> State:
    """The state before this run changes anything. The engine reads it; no provider is asked."""
    stack = f"{pulumi.get_organization()}/{pulumi.get_project()}/{pulumi.get_stack()}"
    if _ask("readStackOutputs", name=stack):
        there = _ask("readStackResourceOutputs", stackName=stack)
    else:
        # Never deployed to its end. Asked for the resources of a stack without any, the engine
        # crashes (v3.274); the command that runs this program does not.
        there = exported(stack)
    return State(list(_resources(there)), protected=partial(_protected, stack))


@retry(stop=stop_after_attempt(5), wait=wait_exponential(0.1), reraise=True)
def exported(stack: str) -> Mapping[str, Mapping[str, Any]]:
    """The resources of a stack by URN, as `pulumi stack export` has them; none without that."""
    pulumi_cli = shutil.which("pulumi")
    if pulumi_cli is None:
        return {}
    words = ("stack", "export", "--stack", stack, "--non-interactive")
    done = subprocess.run([pulumi_cli, *words], capture_output=True, text=True, check=False)
    if done.returncode:
        raise pulumi.RunError(f"the state of {stack} cannot be read: {done.stderr.strip()}")
    deployment = json.loads(done.stdout).get("deployment") or {}
    there = deployment.get("resources") or []
    return {resource["urn"]: resource for resource in there if not resource.get("delete")}


# The engine begins to write the state while it is asked, and a file backend writes the attributes
# beside the state in place (v3.274): read half written, the answer is an error ("EOF").
@retry(stop=stop_after_attempt(5), wait=wait_exponential(0.1), reraise=True)
def _ask(function: str, **arguments: str) -> Mapping[str, Any]:
    answer = pulumi.runtime.invoke(f"pulumi:pulumi:{function}", arguments).value
    return (answer or {}).get("outputs") or {}


def _protected(stack: str) -> set[str]:
    """The engine's own function does not tell of it."""
    there = exported(stack)
    return {_name(urn) for urn, resource in there.items() if resource.get("protect")}


def _resources(outputs: Mapping[str, Mapping[str, Any]]) -> Iterator[Deployed]:
    for urn, resource in outputs.items():
        outputs = resource.get("outputs") or {}
        yield Deployed(type=resource["type"], name=_name(urn), outputs=outputs)


def _name(urn: str) -> str:
    return urn.rpartition("::")[2]
