"""Stack files with faults: a message for each, with file and key, and nothing touched."""

from typing import Any

from tests.local.stack.checkout import Checkout


def changes(checkout: Checkout) -> dict[str, Any]:
    """When each resource was last changed."""
    return {resource["urn"]: resource.get("modified") for resource in checkout.resources()}


def test_a_faulty_stack_file_is_refused(deployed: Checkout) -> None:
    before = changes(deployed)
    with deployed.edited() as file:
        file.set(1, "groundwork:network", "cider")
        file.set(["eu-west-1a", "us-east-1a"], "groundwork:network", "availability_zones")
        file.set("10.0.0.0/20", "groundwork:cluster", "service_cidr")
        file.set("many", "groundwork:database", "backup_retention_days")
        file.remove("groundwork:database", "identifier")
        result = deployed.run("up")
    assert result.returncode == 1
    for fault in (
        "groundwork:network.cider: unknown key",
        "groundwork:network.availability_zones[1]: 'us-east-1a'",
        "groundwork:cluster.service_cidr: '10.0.0.0/20'",
        "groundwork:database.backup_retention_days: 'many'",
        "groundwork:database.identifier: is missing",
    ):
        lines = [line for line in result.stderr.splitlines() if fault in line]
        assert len(lines) == 1, f"{fault}: {result.stderr}"
        assert lines[0].startswith("Pulumi.local.yaml: ")
    assert "Traceback" not in result.stderr
    assert changes(deployed) == before


def test_an_unknown_stack_is_refused(deployed: Checkout) -> None:
    result = deployed.run("preview", "nowhere")
    assert result.returncode == 1
    assert "'nowhere'" in result.stderr
    assert "production" in result.stderr
