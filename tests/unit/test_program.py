"""The whole program, under a recording engine."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from local.plugins.aws.catalog import ENTRIES
from tests.unit.program import recorded_stack, recorded_with_a_third_zone, recorded_with_job
from tests.unit.recording import Recording
from tests.unit.stack_files import ROOT, STACKS

# What has no entry in local/plugins/aws cannot run on one machine.
ALLOWED_TYPES = {entry.type for entry in ENTRIES}
OPERATORS = ("external-secrets", "argo-cd")


@pytest.fixture(scope="module", params=STACKS)
def recording(request: pytest.FixtureRequest) -> Recording:
    return recorded_stack(request.param)


def test_uses_only_types_that_the_local_cloud_has(recording: Recording) -> None:
    used = {one.type for one in recording.resources if one.type.startswith("aws:")}
    assert used <= ALLOWED_TYPES


def test_exports_what_a_user_needs_and_no_password(recording: Recording) -> None:
    exports = recording.exports()
    assert exports["schema_revision"] == "a2c95e07b4d1"
    assert exports["database_address"] == "database.example"
    assert "get-token" in exports["kubeconfig"]
    assert "password" not in json.dumps(exports)


def test_nothing_waits_for_a_component_in_vain(recording: Recording) -> None:
    """Every dependency is a resource that the engine keeps in order, also on destroy."""
    known = {one.urn for one in recording.resources}
    assert all(one.dependencies <= known for one in recording.resources)


def test_nodes_come_when_their_subnets_lead_out(recording: Recording) -> None:
    routes = {one.urn for one in recording.of_type(":Route") if "natGatewayId" in one.inputs}
    assert routes
    endpoints = {one.urn for one in recording.of_type("vpcEndpoint:VpcEndpoint")}
    for nodes in recording.of_type("nodeGroup:NodeGroup"):
        assert routes | endpoints <= nodes.dependencies


def test_what_an_operator_must_release_goes_before_the_operator(recording: Recording) -> None:
    """A destroy goes the other way; an object that nobody releases holds its namespace."""
    operator, argo_cd = (recording.named(f"{name}-release") for name in OPERATORS)
    store = recording.only("external-secrets.io/v1:ClusterSecretStore")
    namespaces = recording.of_type("core/v1:Namespace")
    own = {one.name for one in namespaces if recording.needs(operator, one)}
    assert len(own) == 1
    for one in [*namespaces, argo_cd, *recording.of_type("v1:ExternalSecret")]:
        if one.name not in own:
            assert recording.needs(one, operator), one.name
            assert recording.needs(one, store), one.name
    of_applications = [one for one in namespaces if not recording.needs(argo_cd, one)]
    for one in [*of_applications, *recording.of_type("v1alpha1:Application")]:
        assert recording.needs(one, argo_cd), one.name


def test_a_job_migrates_in_a_namespace_that_goes_before_the_operators() -> None:
    recording = recorded_with_job()
    namespace = recording.named("migrator-migrations-namespace")
    for name in OPERATORS:
        assert recording.needs(namespace, recording.named(f"{name}-release"))


def test_a_new_zone_leaves_the_control_plane_where_it_is() -> None:
    """EKS takes no other zones than those that the cluster was made in."""
    before, after = recorded_stack("staging"), recorded_with_a_third_zone()
    assert len(after.of_type(":Subnet")) > len(before.of_type(":Subnet"))
    kept = [each.only("eks/cluster:Cluster").inputs["vpcConfig"] for each in (before, after)]
    assert kept[0] == kept[1]


def test_the_release_is_expand_then_application_then_backfill_then_contract(
    recording: Recording,
) -> None:
    expand = recording.named("schema-expand-run")
    (application,) = recording.of_type("argoproj.io/v1alpha1:Application")
    backfill = recording.only(":BackfillRun")
    contract = recording.named("schema-contract-run")
    assert expand.urn in application.dependencies
    assert {expand.urn, application.urn} <= backfill.dependencies
    assert backfill.urn in contract.dependencies
    assert (expand.inputs["phase"], contract.inputs["phase"]) == ("expand", "contract")
    assert expand.inputs["postgres_version"] == 18


def test_a_job_migrates_in_the_cluster_with_a_role_for_the_databases_secret_only() -> None:
    recording = recorded_with_job()
    expand = recording.named("schema-expand-job")
    assert expand.inputs["metadata"]["namespace"] == "migrations"
    assert expand.inputs["spec"]["template"]["spec"]["serviceAccountName"] == "migrator"
    policy = json.loads(recording.named("migrator-identity-policy").inputs["policy"])
    assert policy["Statement"][0]["Resource"] == ["arn:aws:secretsmanager:::secret:rds"]
    assert not recording.of_type(":AlembicRun")


def test_imports_nothing_heavy() -> None:
    """Alembic and boto3 belong to the migration's own process, moto to the local cloud."""
    script = (
        "import sys; from tests.unit.program import recorded_stack; recorded_stack('local');"
        "print([m for m in ('alembic','boto3','botocore','moto','sqlalchemy') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


def test_nothing_asks_which_stack_it_is_in() -> None:
    """The name is for messages and for the state: what differs between stacks is a setting."""
    asking = {
        str(path.relative_to(ROOT))
        for folder in ("infra", "components")
        for path in (ROOT / folder).rglob("*.py")
        if "get_stack" in path.read_text()
    }
    assert asking == {"infra/changes.py", "infra/settings/reading.py", "infra/state.py"}
