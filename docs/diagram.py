"""Draws a stack's components and what depends on what: `python -m docs.diagram STACK.json OUT.svg`.

STACK.json is what `pulumi stack export` writes.
"""

from __future__ import annotations

import json
import sys
from collections import defaultdict
from collections.abc import Iterable, Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any

from docs.picture import Box, picture

STACK_TYPE = "pulumi:pulumi:Stack"
GAP_X, GAP_Y, MARGIN = 36, 64, 24


def draw(resources: Iterable[Mapping[str, Any]]) -> str:
    """An SVG picture of a deployment's resources."""
    resources = list(resources)
    opened: set[str] = set()
    while True:
        owners = _owners(resources, opened)
        boxes = _boxes(resources, owners, opened)
        edges = _edges(resources, owners, boxes)
        circle = {urn for urn in boxes if urn in _reach(edges, urn)}
        if not circle:
            break
        # A component that wraps another, needing it and needed by it, is shown by its parts.
        parts = circle & {one.get("parent") for one in resources if _is_component(one)}
        if not parts:
            raise ValueError(f"components need each other in a circle: {', '.join(sorted(circle))}")
        opened |= parts
    edges = _reduced(edges)
    _set_layers(boxes, edges)
    arrows = [
        _arrow(boxes[source], boxes[target])
        for target, sources in sorted(edges.items())
        for source in sources
    ]
    width, height = _arrange(boxes.values(), arrows)
    return picture(boxes.values(), arrows, width, height)


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
            boxes[one["urn"]] = Box(name=one["urn"].split("::")[-1], subject=subject, kind=kind)
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


def _set_layers(boxes: Mapping[str, Box], edges: Mapping[str, list[str]]) -> None:
    """A box stands below all that it needs, and right above the first that needs it."""
    depth: dict[str, int] = {}

    def deepest(urn: str) -> int:
        if urn not in depth:
            depth[urn] = 1 + max((deepest(one) for one in edges.get(urn, ())), default=-1)
        return depth[urn]

    for urn in boxes:
        boxes[urn].layer = deepest(urn)
    for urn in sorted(boxes, key=lambda one: -boxes[one].layer):
        below = [boxes[other].layer for other in boxes if urn in edges.get(other, ())]
        if below:
            boxes[urn].layer = min(below) - 1


def _arrow(source: Box, target: Box) -> list[Box]:
    """The boxes along an arrow: its ends, and a place in every layer between."""
    between = [Box(layer=layer) for layer in range(source.layer + 1, target.layer)]
    return [source, *between, target]


def _arrange(boxes: Iterable[Box], arrows: Iterable[list[Box]]) -> tuple[float, float]:
    """Place the boxes in their layers so that few arrows cross; the picture's size."""
    layers: dict[int, list[Box]] = defaultdict(list)
    near: dict[int, list[Box]] = defaultdict(list)
    for box in boxes:
        layers[box.layer].append(box)
    for arrow in arrows:
        for passing in arrow[1:-1]:
            layers[passing.layer].append(passing)
        for upper, lower in pairwise(arrow):
            near[id(upper)].append(lower)
            near[id(lower)].append(upper)

    def mean(box: Box) -> float:
        others = near[id(box)]
        return sum(one.centre for one in others) / len(others) if others else box.centre

    ordered = [layers[layer] for layer in sorted(layers)]
    size = _place(ordered)
    for _ in range(8):
        for layer in (*ordered, *reversed(ordered)):
            layer.sort(key=mean)
            size = _place(ordered)
    return size


def _place(layers: list[list[Box]]) -> tuple[float, float]:
    """Give every box its place; the picture's size."""
    widths = [sum(box.width for box in one) + (len(one) - 1) * GAP_X for one in layers]
    width = 2 * MARGIN + max(widths)
    y: float = MARGIN
    for layer, used in zip(layers, widths, strict=True):
        x, height = (width - used) / 2, max(box.height for box in layer)
        for box in layer:
            box.x, box.y, box.layer_height = x, y, height
            x += box.width + GAP_X
        y += height + GAP_Y
    return width, y - GAP_Y + MARGIN


if __name__ == "__main__":
    exported = json.loads(Path(sys.argv[1]).read_text())
    Path(sys.argv[2]).write_text(draw(exported["deployment"]["resources"]))
