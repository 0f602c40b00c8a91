"""The generated pages are what the program is."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from docs.diagram import draw
from tests.unit.program import recorded_stack
from tests.unit.stack_files import ROOT
from tools.settings_reference import TARGET, reference


def picture_of(stack: str) -> str:
    return draw(
        {
            "urn": one.urn,
            "type": one.type,
            "parent": one.parent,
            "dependencies": sorted(one.dependencies),
            "provider": one.provider,
        }
        for one in recorded_stack(stack).resources
    )


def test_the_settings_page_is_up_to_date() -> None:
    assert TARGET.read_text() == reference(), "run `python -m tools.settings_reference`"


def test_the_architecture_picture_is_up_to_date() -> None:
    drawn = (ROOT / "docs/architecture.svg").read_text()
    assert drawn == picture_of("production"), "docs/architecture.md says how to draw it again"


def test_the_picture_shows_components_and_their_order() -> None:
    root = ElementTree.fromstring(picture_of("local"))
    texts = [one.text for one in root.iter("{http://www.w3.org/2000/svg}text")]
    assert {"network", "cluster", "database", "schema-expand", "myapp"} <= set(texts)
    assert "8 ec2.Subnet" in texts


def test_a_stack_export_draws_the_same_boxes() -> None:
    """An export has the stack and default providers beside the program's own resources."""
    extra = [
        {"urn": "urn:pulumi:x::y::pulumi:pulumi:Stack::y-x", "type": "pulumi:pulumi:Stack"},
        {
            "urn": "urn:pulumi:x::y::groundwork:network:Vpc::net",
            "type": "groundwork:network:Vpc",
            "parent": "urn:pulumi:x::y::pulumi:pulumi:Stack::y-x",
        },
        {"urn": "urn:pulumi:x::y::pulumi:providers:aws::default", "type": "pulumi:providers:aws"},
        {
            "urn": "urn:pulumi:x::y::groundwork:network:Vpc$aws:ec2/vpc:Vpc::net-vpc",
            "type": "aws:ec2/vpc:Vpc",
            "parent": "urn:pulumi:x::y::groundwork:network:Vpc::net",
            "provider": "urn:pulumi:x::y::pulumi:providers:aws::default::0a1b",
        },
    ]
    assert draw(extra).count("<g>") == 1


def test_components_that_need_each_other_and_have_no_parts_are_an_error() -> None:
    one, other = (f"urn:pulumi:x::y::groundwork:network:Vpc::{name}" for name in "ab")
    circle = [
        {"urn": urn, "type": "groundwork:network:Vpc", "dependencies": [need]}
        for urn, need in ((one, other), (other, one))
    ]
    with pytest.raises(ValueError, match="in a circle"):
        draw(circle)
