"""The Helm charts of the operators, packed from the definitions in their pinned Go modules.

A chart holds the operator's custom resource definitions, below crds/, and nothing else: the
API server then judges the program's objects as in production, and no operator has to run.
"""

import hashlib
import io
import re
import tarfile
from dataclasses import dataclass
from pathlib import Path

import yaml

from local.failure import LocalError
from local.screen import Screen
from local.toolchain.cache import Cache, publish
from local.toolchain.go_command import GoCommand

INDEX = "index.yaml"
CREATED = "2026-01-01T00:00:00Z"  # the index format asks for a time; a fixed one keeps it equal


@dataclass(frozen=True, kw_only=True)
class Chart:
    """A chart and where its definitions lie.

    name: the chart's name, as in the operator's own repository.
    module: the operator's Go module.
    definitions: a pattern of YAML files in that module.
    version: the chart's, where it is not the operator's.
    """

    name: str
    module: str
    definitions: str
    version: str | None = None


CHARTS = (
    Chart(
        name="external-secrets",
        module="github.com/external-secrets/external-secrets",
        definitions="deploy/crds/bundle.yaml",
    ),
    Chart(
        name="argo-cd",
        module="github.com/argoproj/argo-cd/v3",
        definitions="manifests/crds/*-crd.yaml",
        version="10.3.0",
    ),
)


def versions(modules: Path) -> dict[str, str]:
    """The version of each chart, without a leading v."""
    pinned = _pinned(modules)
    return {chart.name: chart.version or pinned[chart.module] for chart in CHARTS}


def pack(cache: Cache, modules: Path, screen: Screen) -> Path:
    """The folder of the chart repository (index.yaml and one archive a chart).

    Fetches the modules and packs them on the first call. Raises LocalError.
    """
    folder = modules / "operators"
    sums = (folder / "go.sum").read_bytes()
    target = cache.folder("charts", sums + Path(__file__).read_bytes())
    if target.exists():
        return target
    with cache.building("charts") as scratch:
        if target.exists():
            return target
        go = GoCommand.find(cache.go_build, [f"the chart {chart.name}" for chart in CHARTS])
        entries = {}
        with screen.step("packing the operators' Helm charts") as step:
            for chart in CHARTS:
                version = _pinned(modules)[chart.module]
                step.show(f"fetching {chart.module} v{version}")
                source, checksum = go.module_folder(chart.module, f"v{version}", folder)
                if f"{chart.module} v{version} {checksum}".encode() not in sums.splitlines():
                    raise LocalError(f"{chart.module} v{version} differs from {folder}/go.sum")
                entries[chart.name] = [_write(chart, version, source, scratch / "charts")]
        index = {"apiVersion": "v1", "entries": entries, "generated": CREATED}
        (scratch / "charts" / INDEX).write_text(yaml.safe_dump(index))
        publish(scratch / "charts", target)
    return target


def _pinned(modules: Path) -> dict[str, str]:
    """The version of each operator's module, without a leading v."""
    text = (modules / "operators" / "go.mod").read_text()
    return dict(re.findall(r"^\s+(\S+) v(\S+)$", text, re.MULTILINE))


def _write(chart: Chart, operator: str, source: Path, folder: Path) -> dict[str, object]:
    """Writes one chart's archive into `folder`; gives its entry in the index."""
    folder.mkdir(exist_ok=True)
    version = chart.version or operator
    metadata = {
        "apiVersion": "v2",
        "name": chart.name,
        "version": version,
        "appVersion": operator,
        "description": f"The custom resource definitions of {chart.name}",
    }
    files = {"Chart.yaml": yaml.safe_dump(metadata).encode()}
    for definition in _definitions(source, chart.definitions):
        name = definition["metadata"]["name"]
        files[f"crds/{name}.yaml"] = yaml.safe_dump(definition).encode()
    archive = folder / f"{chart.name}-{version}.tgz"
    with tarfile.open(archive, "w:gz") as tar:
        for name, content in files.items():
            entry = tarfile.TarInfo(f"{chart.name}/{name}")
            entry.size = len(content)
            tar.addfile(entry, io.BytesIO(content))
    digest = hashlib.sha256(archive.read_bytes()).hexdigest()
    return {**metadata, "urls": [archive.name], "digest": digest, "created": CREATED}


def _definitions(source: Path, pattern: str) -> list[dict]:
    """Every custom resource definition in the module's files."""
    documents = [
        document
        for file in sorted(source.glob(pattern))
        for document in yaml.load_all(file.read_text(), Loader=yaml.CSafeLoader)
        if document and document.get("kind") == "CustomResourceDefinition"
    ]
    if not documents:
        raise LocalError(f"no custom resource definitions at {source}/{pattern}")
    for document in documents:
        for version in document["spec"]["versions"]:
            # External Secrets serves no v1beta1 from 0.17 on, the oldest release a user would run.
            version["served"] = version["name"] != "v1beta1"
    return documents
