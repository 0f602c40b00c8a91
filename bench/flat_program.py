"""Writes the Pulumi program that the platform would be without components.

The resources are those of a finished stack, taken from its exported state, so
that the two programs declare the same. References are restored: an input that
holds another resource's output becomes that output again.
"""

import importlib
import keyword
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

# A shorter value could stand in an input by chance.
SHORTEST_REFERENCE = 5
# What the engine adds to the inputs of a resource, and of a provider.
ENGINE_INPUTS = ("__defaults", "__internal")
PROVIDER_INPUTS = (*ENGINE_INPUTS, "version")
# Outputs whose keys are data, not attributes.
MAPS = ("keepers", "tags", "tagsAll")
PACKAGES = {
    "aws": "pulumi_aws",
    "kubernetes": "pulumi_kubernetes",
    "random": "pulumi_random",
}


@dataclass
class _Resource:
    """One custom resource of the state."""

    urn: str
    token: str
    name: str
    inputs: dict[str, Any]
    outputs: dict[str, Any]
    id: str
    references: dict[str, list[str]]
    depends_on: list[str]
    provider: str | None
    variable: str = field(default="")


def generate(state: dict[str, Any]) -> str:
    """The source of a program that declares a stack's resources without any component.

    state: what `pulumi stack export` prints, parsed. The stack must have been
        created in full, since references are found by their values.
    """
    resources = {r.urn: r for r in _custom_resources(state)}
    for number, resource in enumerate(resources.values()):
        resource.variable = f"r{number}"
    lines = [
        "import pulumi",
        *(f"import {p}" for p in PACKAGES.values()),
        "",
        "O = pulumi.Output",
        "",
    ]
    for resource in resources.values():
        lines.append(_declaration(resource, resources))
    return "\n".join(lines) + "\n"


def _custom_resources(state: dict[str, Any]) -> Iterator[_Resource]:
    for entry in state["deployment"]["resources"]:
        token: str = entry["type"]
        default_provider = token.startswith("pulumi:providers:") and "::default" in entry["urn"]
        if not entry.get("custom") or default_provider:
            continue
        yield _Resource(
            urn=entry["urn"],
            token=token,
            name=entry["urn"].rsplit("::", 1)[1],
            inputs=entry.get("inputs", {}),
            outputs=entry.get("outputs", {}),
            id=entry.get("id", ""),
            references=entry.get("propertyDependencies", {}),
            depends_on=entry.get("dependencies", []),
            provider=entry.get("provider", "").rsplit("::", 1)[0] or None,
        )


def _declaration(resource: _Resource, resources: dict[str, _Resource]) -> str:
    target = _class_path(resource.token)
    arguments = [repr(resource.name)]
    added = PROVIDER_INPUTS if resource.token.startswith("pulumi:providers:") else ENGINE_INPUTS
    values = {
        key: _expression(
            value, [resources[u] for u in resource.references.get(key, []) if u in resources]
        )
        for key, value in resource.inputs.items()
        if key not in added
    }
    if target is None:
        target = "pulumi.CustomResource"
        properties = ", ".join(f"{key!r}: {value}" for key, value in values.items())
        arguments = [repr(resource.token), repr(resource.name), f"{{{properties}}}"]
    else:
        arguments += [f"{_python_name(key)}={value}" for key, value in values.items()]
    arguments.append(f"opts={_options(resource, resources)}")
    return f"{resource.variable} = {target}({', '.join(arguments)})"


def _options(resource: _Resource, resources: dict[str, _Resource]) -> str:
    mentioned = {urn for urns in resource.references.values() for urn in urns}
    extra = [
        resources[u].variable for u in resource.depends_on if u in resources and u not in mentioned
    ]
    options = [f"depends_on=[{', '.join(extra)}]"] if extra else []
    if resource.provider in resources:
        options.append(f"provider={resources[resource.provider].variable}")
    return f"pulumi.ResourceOptions({', '.join(options)})"


def _class_path(token: str) -> str | None:
    """Where the SDK keeps a type's class: ``aws:ec2/vpc:Vpc`` is ``pulumi_aws.ec2.Vpc``."""
    package, module, kind = token.split(":")
    if token.startswith("pulumi:providers:"):
        package, module, kind = kind, "index", "Provider"
    if package not in PACKAGES:
        return None
    if package == "kubernetes":
        folder = module.replace(".k8s.io", "").replace("helm.sh", "helm").replace("/", ".")
    else:
        folder = module.split("/")[0]
    path = PACKAGES[package] if folder == "index" else f"{PACKAGES[package]}.{folder}"
    try:
        found = hasattr(importlib.import_module(path), kind)
    except ModuleNotFoundError:
        found = False
    # Custom resources of Kubernetes have no class: their token is declared as it is.
    return f"{path}.{kind}" if found else None


def _python_name(key: str) -> str:
    snake = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", key).lower()
    return f"{snake}_" if keyword.iskeyword(snake) else snake


def _expression(value: Any, dependencies: list[_Resource]) -> str:
    """Python source for an input, with the outputs that it came from put back."""
    if isinstance(value, dict):
        items = (f"{key!r}: {_expression(item, dependencies)}" for key, item in value.items())
        return f"{{{', '.join(items)}}}"
    if isinstance(value, list):
        return f"[{', '.join(_expression(item, dependencies) for item in value)}]"
    if not dependencies or isinstance(value, bool):
        return repr(value)
    known = _known_values(dependencies)
    if isinstance(value, str):
        return _text(value, [(v, source) for v, source in known if isinstance(v, str)])
    return next((source for v, source in known if v == value), repr(value))


def _text(value: str, known: list[tuple[str, str]]) -> str:
    for text, source in known:
        if text == value:
            return source
        if text in value:
            parts = [_text(part, known) for part in value.split(text)]
            return f"O.concat({f', {source}, '.join(parts)})"
    return repr(value)


def _known_values(dependencies: list[_Resource]) -> list[tuple[Any, str]]:
    """What the dependencies gave out, longest first, and how the program names each."""
    found: list[tuple[Any, str]] = []
    for resource in dependencies:
        found.append((resource.id, f"{resource.variable}.id"))
        if _class_path(resource.token) is not None:
            found += _values(resource.outputs, resource.variable)
    telling = [(value, path) for value, path in found if len(str(value)) >= SHORTEST_REFERENCE]
    return sorted(telling, key=lambda pair: len(str(pair[0])), reverse=True)


def _values(value: Any, path: str) -> Iterator[tuple[Any, str]]:
    if isinstance(value, dict):
        for key, item in value.items():
            if key.isidentifier() and not key.startswith("__") and key not in MAPS:
                yield from _values(item, f"{path}.{_python_name(key)}")
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _values(item, f"{path}[{index}]")
    elif value is not None and not isinstance(value, bool):
        yield value, path
