"""What holds state is not replaced or deleted by a changed setting, on the real engine."""

from typing import Any

from tests.local.stack.checkout import Checkout

SECRETS = ("groundwork:secrets", "application_secrets")


def held(checkout: Checkout) -> dict[str, Any]:
    """Each resource's id, and when it was last changed."""
    return {one["urn"]: (one.get("id"), one.get("modified")) for one in checkout.resources()}


def test_what_a_change_would_lose_is_refused_before_anything_is_done(deployed: Checkout) -> None:
    before = held(deployed)
    with deployed.edited() as file:
        file.set("10.99.0.0/16", "groundwork:network", "cidr")
        file.set(["10.99.0.0/17"], "groundwork:cluster", "private_access_cidrs")
        file.set(["10.99.0.0/17"], "groundwork:database", "client_cidrs")
        file.set("shop", "groundwork:database", "database_name")
        preview, up = deployed.shell("pulumi preview"), deployed.run("up")
    for result in (preview, up):
        said = result.stdout + result.stderr
        assert result.returncode != 0
        assert "groundwork:network.cidr: from '10.0.0.0/16' to '10.99.0.0/16'" in said
        assert "groundwork:database.database_name: from 'app' to 'shop'" in said
        assert "database-instance" in said
        assert "Traceback" not in said
    assert held(deployed) == before


def test_a_secret_goes_in_two_deployments(deployed: Checkout) -> None:
    """The state has it as protected, which only a deployment that has it still lifts."""
    name = "application-secrets-secret-prod-app-api-keys"
    with deployed.edited() as file:
        file.remove(*SECRETS, "prod/app/api-keys")
        unnamed = deployed.shell("pulumi preview")
        file.set([name], "groundwork:allow_replace")
        named = deployed.shell("pulumi preview")
    for refused in (unnamed, named):
        assert refused.returncode != 0
        assert "deploy twice: with 'prod/app/api-keys' still there" in refused.stdout
        assert f"groundwork:allow_replace: [{name}], then without it" in refused.stdout
        assert "protected" not in refused.stdout


def test_what_a_change_gives_up_without_a_resource_is_told(deployed: Checkout) -> None:
    """Read from the state as the engine and the Kubernetes provider keep it."""
    with deployed.edited() as file:
        file.set(3, "groundwork:database", "log_retention_days")
        file.set("other", "groundwork:secrets", "external_secrets", "app-secrets", "target_name")
        preview = deployed.shell("pulumi preview")
    assert preview.returncode == 0
    assert "the server's logs are kept for 3 days instead of 7" in preview.stdout
    assert "the Secret 'app-secrets' in 'production' is deleted" in preview.stdout
