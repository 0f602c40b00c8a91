"""The stack files that are previewed: one other value each, and the rest as it was."""

from __future__ import annotations

from pathlib import Path

import pytest
import typer
import yaml
from typer.testing import CliRunner

from tests.unit.stack_files import STACKS
from tools.verify_aws.__main__ import main
from tools.verify_aws.changes import other_values


@pytest.mark.parametrize("stack", STACKS)
def test_each_setting_of_a_stack_file_gets_another_value(stack: str) -> None:
    file = yaml.safe_load(Path(f"Pulumi.{stack}.yaml").read_text())
    before = yaml.safe_dump(file)
    others = {one.setting: one.file for one in other_values(file, {"network-vpc"})}
    assert len(others) > 60
    assert yaml.safe_dump(file) == before
    config = others["network.cidr"]["config"]
    assert config.pop("groundwork:allow_replace") == ["network-vpc"]
    other, old = config["groundwork:network"], file["config"]["groundwork:network"]
    assert other.pop("cidr") != old.pop("cidr")
    assert config == file["config"]


def test_what_the_stack_file_has_no_place_for_is_left_out() -> None:
    file = yaml.safe_load(Path("Pulumi.staging.yaml").read_text())
    del file["config"]["groundwork:migrations"]
    assert not [one for one in other_values(file) if one.setting.startswith("migrations.")]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nowhere"], "there is no Pulumi.nowhere.yaml"),
        (["staging", "--log", "none.jsonl"], "--log: there is no file none.jsonl"),
    ],
)
def test_what_cannot_be_judged_is_said(arguments: list[str], message: str) -> None:
    done = CliRunner().invoke(application(), arguments)
    assert done.exit_code == 2
    assert message in done.stderr


def test_a_recorded_preview_is_told_in_one_line() -> None:
    log = str(Path(__file__).parent / "preview.jsonl")
    done = CliRunner().invoke(application(), ["staging", "--log", log])
    assert (done.exit_code, done.stdout) == (0, "8 changed properties judged, 0 differ\n")


def application() -> typer.Typer:
    made = typer.Typer()
    made.command()(main)
    return made
