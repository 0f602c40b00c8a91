"""The workflows: each stack has a runner of its own, which stands in its VPC."""

from __future__ import annotations

from typing import Any

import yaml

from tests.unit.stack_files import ROOT

WORKFLOWS = ROOT / ".github/workflows"


def jobs(workflow: str) -> dict[str, Any]:
    return yaml.safe_load((WORKFLOWS / f"{workflow}.yml").read_text())["jobs"]


def test_no_two_stacks_are_deployed_from_one_runner() -> None:
    runners = {one["with"]["stack"]: one["with"]["runner"] for one in jobs("deploy").values()}
    assert runners == {
        "staging": "${{ vars.RUNNER_STAGING }}",
        "production": "${{ vars.RUNNER_PRODUCTION }}",
    }
    assert jobs("up")["up"]["runs-on"] == "${{ inputs.runner || 'ubuntu-24.04' }}"


def test_no_two_stacks_are_previewed_from_one_runner() -> None:
    preview = jobs("pull-request")["preview"]
    runners = {one["stack"]: one["runner"] for one in preview["strategy"]["matrix"]["include"]}
    assert runners == {"staging": "RUNNER_STAGING", "production": "RUNNER_PRODUCTION"}
    assert preview["runs-on"] == "${{ vars[matrix.runner] || 'ubuntu-24.04' }}"


def test_the_page_names_every_variable() -> None:
    page = (ROOT / "docs/deploying.md").read_text()
    text = "".join(file.read_text() for file in WORKFLOWS.glob("*.yml"))
    for name in ("RUNNER_STAGING", "RUNNER_PRODUCTION", "AWS_REGION", "PULUMI_BACKEND_URL"):
        assert name in text
        assert f"`{name}`" in page
