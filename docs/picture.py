"""The picture: boxes and arrows as SVG."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from html import escape
from itertools import pairwise

# One colour for each subject: the fill of a box's heading.
COLOURS = {
    "encryption": "#6b7280",
    "network": "#7c3aed",
    "cluster": "#ea7317",
    "database": "#2563eb",
    "migration": "#0e7490",
    "secrets": "#be123c",
    "gitops": "#15803d",
}
BOX_WIDTH, LINE, HEADING = 236, 18, 44


@dataclass(kw_only=True)
class Box:
    """A component of the first level: its name, subject, kind, and its resources by kind.

    Without a name: the place where an arrow passes a layer of boxes.
    """

    name: str = ""
    subject: str = ""
    kind: str = ""
    contents: Counter[str] = field(default_factory=Counter)
    layer: int = 0
    x: float = 0
    y: float = 0
    layer_height: float = 0

    @property
    def lines(self) -> list[str]:
        """What stands in the box, the most frequent first."""
        ordered = sorted(self.contents.items(), key=lambda item: (-item[1], item[0]))
        return [f"{count} {kind}" if count > 1 else kind for kind, count in ordered]

    @property
    def width(self) -> float:
        """In pixels."""
        return BOX_WIDTH if self.name else 0

    @property
    def centre(self) -> float:
        """The middle, from the left."""
        return self.x + self.width / 2

    @property
    def height(self) -> float:
        """In pixels."""
        return HEADING + LINE * len(self.lines) + 12 if self.name else 0


def picture(
    boxes: Iterable[Box], arrows: Iterable[Sequence[Box]], width: float, height: float
) -> str:
    """Boxes, and arrows along the boxes that each is given, as an SVG document."""
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:g}" height="{height:g}"'
        f' viewBox="0 0 {width:g} {height:g}" font-family="Helvetica, Arial, sans-serif">',
        '<defs><marker id="tip" markerWidth="9" markerHeight="8" refX="8" refY="4" orient="auto">'
        '<path d="M0,0 L9,4 L0,8 z" fill="#475569"/></marker></defs>',
        f'<rect width="{width:g}" height="{height:g}" fill="#ffffff"/>',
        *[_arrow(arrow) for arrow in arrows],
        *[_box(box) for box in boxes],
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _arrow(along: Sequence[Box]) -> str:
    source, *_, target = along
    # The ends lean towards each other, so that arrows of one box stay apart.
    lean_out = max(-80.0, min(80.0, (along[1].centre - source.centre) / 5))
    lean_in = max(-80.0, min(80.0, (target.centre - along[-2].centre) / 5))
    points = [(source.centre + lean_out, source.y + source.height)]
    for passing in along[1:-1]:
        points += [(passing.x, passing.y), (passing.x, passing.y + passing.layer_height)]
    points.append((target.centre - lean_in, target.y))
    path = f"M{points[0][0]:.0f},{points[0][1]:.0f}"
    for (x1, y1), (x2, y2) in pairwise(points):
        bend = (y2 - y1) / 2
        path += f" C{x1:.0f},{y1 + bend:.0f} {x2:.0f},{y2 - bend:.0f} {x2:.0f},{y2:.0f}"
    return (
        f'<path d="{path}" fill="none" stroke="#475569" stroke-width="1.6" marker-end="url(#tip)"/>'
    )


def _box(box: Box) -> str:
    colour = COLOURS.get(box.subject, "#334155")
    parts = [
        f'<g><rect x="{box.x:g}" y="{box.y:g}" width="{BOX_WIDTH}" height="{box.height:g}" rx="6"'
        f' fill="#f8fafc" stroke="{colour}" stroke-width="1.5"/>',
        f'<path d="M{box.x:g},{box.y + HEADING - 4:g} v-{HEADING - 10} q0,-6 6,-6'
        f' h{BOX_WIDTH - 12} q6,0 6,6 v{HEADING - 10} z" fill="{colour}"/>',
        f'<text x="{box.centre:g}" y="{box.y + 17:g}" text-anchor="middle" font-size="14"'
        f' font-weight="bold" fill="#ffffff">{escape(box.name)}</text>',
        f'<text x="{box.centre:g}" y="{box.y + 33:g}" text-anchor="middle" font-size="11"'
        f' fill="#ffffff">{escape(box.subject)} · {escape(box.kind)}</text>',
    ]
    for position, line in enumerate(box.lines):
        y = box.y + HEADING + 12 + LINE * position
        parts.append(
            f'<text x="{box.x + 14:g}" y="{y:g}" font-size="12.5" fill="#1e293b">'
            f"{escape(line)}</text>"
        )
    return "\n".join([*parts, "</g>"])
