"""Stack files with a fault: one message, with file and key, and nothing touched."""

from collections.abc import Callable

import pytest

from tests.local.stack.checkout import Checkout, StackFile

FAULTS: dict[str, tuple[Callable[[StackFile], None], str]] = {
    "unknown key": (lambda f: f.set(1, "groundwork:network", "cider"), "cider"),
    "wrong type": (lambda f: f.set("many", "groundwork:database", "backup_retention_days"), "many"),
    "zone of another region": (
        lambda f: f.set(["eu-west-1a", "us-east-1a"], "groundwork:network", "availability_zones"),
        "us-east-1a",
    ),
    "overlapping CIDRs": (
        lambda f: f.set("10.0.0.0/20", "groundwork:cluster", "service_cidr"),
        "10.0.0.0/20",
    ),
    "missing setting": (lambda f: f.remove("groundwork:database", "identifier"), "identifier"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_faulty_stack_file_is_refused(deployed: Checkout, fault: str) -> None:
    spoil, named = FAULTS[fault]
    before = deployed.resources()
    with deployed.edited() as file:
        spoil(file)
        result = deployed.run("up")
    assert result.returncode == 1
    assert "Pulumi.local.yaml" in result.stderr
    assert named in result.stderr
    assert "Traceback" not in result.stderr
    assert deployed.resources() == before


def test_an_unknown_stack_is_refused(deployed: Checkout) -> None:
    result = deployed.run("preview", "nowhere")
    assert result.returncode == 1
    assert "'nowhere'" in result.stderr
    assert "production" in result.stderr
