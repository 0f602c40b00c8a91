"""Draws a stack's components and what needs what, as Mermaid.

`python -m tools.diagram STACK.json` draws it anew in the pages that show it; STACK.json is what
`pulumi stack export` writes.
"""

from __future__ import annotations

import html
import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Annotated, Any

import typer

ROOT = Path(__file__).parents[1]
# The pages, and whether the picture tells there what each component makes.
PAGES = {ROOT / "README.md": False, ROOT / "docs/architecture.md": True}
STACK_TYPE = "pulumi:pulumi:Stack"
# One colour for each subject, readable on a light and on a dark page.
COLOURS = {
    "encryption": "#6b7280",
    "network": "#7c3aed",
    "cluster": "#ea7317",
    "database": "#2563eb",
    "migration": "#0e9bb8",
    "secrets": "#e11d48",
    "gitops": "#16a34a",
}
OTHER_COLOUR = "#64748b"
CONFIGURATION = """---
config:
  flowchart:
    wrappingWidth: 320
---"""
BEGIN = "<!-- Written by `python -m tools.diagram`; do not edit. -->"
END = "<!-- The end of what it writes. -->"


@dataclass(frozen=True, kw_only=True)
class Box:
    """A component of the first level: its name, subject, kind, and its resources by kind."""

    name: str
    subject: str
    kind: str
    contents: Counter[str] = field(default_factory=Counter)

    @property
    def key(self) -> str:
        """Its name in the drawing's text; bare, a name such as `end` would be a keyword."""
        return re.sub(r"\W", "_", f"{self.kind}_{self.name}")

    def drawn(self, *, contents: bool) -> str:
        """As a node: a heading, and what it makes, the most frequent first."""
        heading = [f"<b>{html.escape(self.name)}</b>", f"<i>{self.subject} · {self.kind}</i>"]
        made = self.made if contents else []
        return f'{self.key}["{"<br/>".join([*heading, *made])}"]:::{self.subject}_part'

    @property
    def made(self) -> list[str]:
        """Its resources, the most frequent kind first."""
        ordered = sorted(self.contents.items(), key=lambda item: (-item[1], item[0]))
        return [f"{count} {kind}" if count > 1 else kind for kind, count in ordered]


def draw(resources: Iterable[Mapping[str, Any]], *, contents: bool = True) -> str:
    """A Mermaid flowchart of a deployment's resources.

    contents: whether a box tells what its component makes.
    Raises ValueError if components without parts of their own need each other.
    """
    boxes, needs = _graph(list(resources))
    # In the order in which Pulumi may create them: it reads best, and few arrows cross.
    urns = list(TopologicalSorter({urn: needs.get(urn, ()) for urn in boxes}).static_order())
    lines = [
        *[boxes[urn].drawn(contents=contents) for urn in urns],
        *[f"{boxes[need].key} --> {boxes[urn].key}" for urn in urns for need in needs.get(urn, ())],
        *[
            f"classDef {subject}_part stroke:{COLOURS.get(subject, OTHER_COLOUR)},stroke-width:2px"
            for subject in sorted({box.subject for box in boxes.values()})
        ],
    ]
    return "\n".join([CONFIGURATION, "flowchart TB", *[f"    {line}" for line in lines]]) + "\n"


def _graph(
    resources: list[Mapping[str, Any]],
) -> tuple[dict[str, Box], dict[str, list[str]]]:
    """The boxes by URN, and for each the others that it needs."""
    opened: set[str] = set()
    while True:
        owners = _owners(resources, opened)
        boxes = _boxes(resources, owners, opened)
        edges = _edges(resources, owners, boxes)
        circle = {urn for urn in boxes if urn in _reach(edges, urn)}
        if not circle:
            return boxes, _reduced(edges)
        # A component that wraps another, needing it and needed by it, is shown by its parts.
        parts = circle & {one.get("parent") for one in resources if _is_component(one)}
        if not parts:
            raise ValueError(f"components need each other in a circle: {', '.join(sorted(circle))}")
        opened |= parts


def _is_component(resource: Mapping[str, Any]) -> bool:
    return resource["type"].startswith("groundwork:")


def _owners(resources: list[Mapping[str, Any]], opened: set[str]) -> dict[str, str]:
    """The first-level component of every resource below one, by URN; below `opened`, the next."""
    parents = {one["urn"]: one.get("parent", "") for one in resources}
    stacks = {one["urn"] for one in resources if one["type"] == STACK_TYPE}
    components = parents.keys() - stacks - opened
    owners: dict[str, str] = {}
    for urn in parents:
        top = urn
        while parents[top] in components:
            top = parents[top]
        owners[urn] = top
    return owners


def _boxes(
    resources: list[Mapping[str, Any]], owners: Mapping[str, str], opened: set[str]
) -> dict[str, Box]:
    boxes: dict[str, Box] = {}
    for one in resources:
        urn = one["urn"]
        if owners[urn] == urn and urn not in opened and _is_component(one):
            _, subject, kind = one["type"].split(":")
            boxes[urn] = Box(name=urn.split("::")[-1], subject=subject, kind=kind)
    for one in resources:
        box = boxes.get(owners[one["urn"]])
        if box is not None and not _is_component(one):
            box.contents[_label(one["type"])] += 1
    return dict(sorted(boxes.items(), key=lambda item: item[1].name))


def _label(kind: str) -> str:
    if kind.startswith("pulumi:providers:"):
        return f"{kind.rpartition(':')[2].capitalize()} provider"
    package, module, name = kind.split(":")
    service = module.split("/")[0]
    return f"{service}.{name}" if package == "aws" else name


def _edges(
    resources: list[Mapping[str, Any]], owners: Mapping[str, str], boxes: Mapping[str, Box]
) -> dict[str, set[str]]:
    """For each first-level component, the others that it needs; default providers are none."""
    edges: dict[str, set[str]] = defaultdict(set)
    for one in resources:
        needs = [*one.get("dependencies", []), one.get("provider", "").rpartition("::")[0]]
        for need in needs:
            source, target = owners.get(need, ""), owners[one["urn"]]
            if source in boxes and target in boxes and source != target:
                edges[target].add(source)
    return edges


def _reach(edges: Mapping[str, set[str]], start: str) -> set[str]:
    """All that `start` needs, directly or not; itself only if it stands in a circle."""
    found: set[str] = set()
    todo = list(edges.get(start, ()))
    while todo:
        one = todo.pop()
        if one not in found:
            found.add(one)
            todo += edges.get(one, ())
    return found


def _reduced(edges: Mapping[str, set[str]]) -> dict[str, list[str]]:
    """Without the edges that follow from others."""
    return {
        target: sorted(
            source
            for source in sources
            if not any(source in _reach(edges, other) for other in sources if other != source)
        )
        for target, sources in edges.items()
    }


def with_picture(page: str, drawing: str) -> str:
    """The page with the drawing between its marks; raises ValueError if it has none."""
    before, found, rest = page.partition(BEGIN)
    _, ended, after = rest.partition(END)
    if not (found and ended):
        raise ValueError(f"the page has no lines {BEGIN!r} and {END!r}")
    return f"{before}{BEGIN}\n\n```mermaid\n{drawing}```\n\n{END}{after}"


def main(export: Annotated[Path, typer.Argument(exists=True, dir_okay=False)]) -> None:
    """Draws a stack's export, as `pulumi stack export` writes it, in every page that shows it."""
    resources = json.loads(export.read_text())["deployment"]["resources"]
    for page, contents in PAGES.items():
        page.write_text(with_picture(page.read_text(), draw(resources, contents=contents)))


if __name__ == "__main__":
    typer.run(main)
