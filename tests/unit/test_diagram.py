"""The pictures of the architecture are what the program is."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.stack_export import exported
from tools.diagram import PAGES, draw, with_picture


def drawing(stack: str, *, contents: bool = True) -> str:
    return draw(exported(stack)["deployment"]["resources"], contents=contents)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_picture_is_up_to_date(page: Path) -> None:
    text = page.read_text()
    drawn = with_picture(text, drawing("production", contents=PAGES[page]))
    assert text == drawn, (
        "run `python -m tests.unit.stack_export production > /tmp/production.json` and "
        "`python -m tools.diagram /tmp/production.json`"
    )


def test_the_picture_shows_components_their_resources_and_their_order() -> None:
    lines = drawing("local").splitlines()
    (network,) = [line for line in lines if line.lstrip().startswith('Vpc_network["<b>network</b>')]
    assert "<br/>8 ec2.Subnet<br/>" in network
    assert "    Postgresql_database --> AlembicMigration_schema_expand" in lines
    assert "    AlembicMigration_schema_expand --> Application_myapp" in lines


def test_an_overview_tells_of_no_resources() -> None:
    assert "ec2.Subnet" not in drawing("local", contents=False)


def test_an_arrow_that_follows_from_others_is_left_out() -> None:
    assert "Vpc_network --> Postgresql_database" not in drawing("production")


def test_a_wrapping_component_is_shown_by_its_parts() -> None:
    nodes = [line for line in drawing("production").splitlines() if "<i>migration" in line]
    kinds = ("AlembicMigration_schema_expand", "Backfill_", "AlembicMigration_schema_contract")
    assert [line.strip().startswith(kind) for line, kind in zip(nodes, kinds, strict=True)] == [
        True
    ] * 3


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
    assert draw(extra).count('["<b>') == 1


def test_components_that_need_each_other_and_have_no_parts_are_an_error() -> None:
    one, other = (f"urn:pulumi:x::y::groundwork:network:Vpc::{name}" for name in "ab")
    circle = [
        {"urn": urn, "type": "groundwork:network:Vpc", "dependencies": [need]}
        for urn, need in ((one, other), (other, one))
    ]
    with pytest.raises(ValueError, match="in a circle"):
        draw(circle)


def test_a_page_without_a_place_for_the_picture_is_an_error() -> None:
    with pytest.raises(ValueError, match="has no lines"):
        with_picture("# A page\n", "flowchart TB\n")
