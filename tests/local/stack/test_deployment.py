"""Preview, up, change, drift, down."""

import json
import time
from pathlib import Path

import pytest

from tests.local.stack.checkout import Checkout

STACKS = ("local", "staging", "production")
ACCESS = ("groundwork:cluster", "access")
LOG_GROUP = "aws:cloudwatch/logGroup:LogGroup"
APPLICATION = "kubernetes:argoproj.io/v1alpha1:Application"
SECRET = "aws:secretsmanager/secret:Secret"


# Two of the same program tell what the third would.
PREVIEWED = ("local", pytest.param("staging", marks=pytest.mark.sweep), "production")


@pytest.mark.parametrize("stack", PREVIEWED)
def test_preview_of_a_fresh_clone_creates_nothing(stack: str, fresh: Checkout) -> None:
    said = fresh.must("preview", stack)
    assert "to create" in said
    assert "groundwork-" + stack in said
    assert "warning" not in said.lower()
    own = [{"Name": "is-default", "Values": ["false"]}]
    assert fresh.client("ec2").describe_vpcs(Filters=own)["Vpcs"] == []
    assert not fresh.resources()


def test_after_a_first_up_that_failed_nothing_is_lost_either(fresh: Checkout) -> None:
    """Such a stack has a state, and no outputs."""
    with fresh.edited() as file:
        nobody = {"principal_arn": "arn:aws:iam::123456789012:role/nobody"}
        file.set({**nobody, "policy": "AmazonEKSViewPolicy"}, *ACCESS, "nobody")
        failed = fresh.run("up")
        assert failed.returncode == 1
        assert "role/nobody" in failed.stderr
    with fresh.edited() as file:
        file.set("10.99.0.0/16", "groundwork:network", "cidr")
        refused = fresh.run("preview")
    assert refused.returncode != 0
    said = refused.stdout + refused.stderr
    assert "groundwork:network.cidr: from '10.0.0.0/16' to '10.99.0.0/16'" in said
    assert "network-vpc" in said


def test_every_part_is_deployed(deployed: Checkout) -> None:
    kinds = {resource["type"] for resource in deployed.resources()}
    assert {
        "aws:ec2/vpc:Vpc",
        "aws:eks/cluster:Cluster",
        "aws:rds/instance:Instance",
        "kubernetes:helm.sh/v3:Release",
        "kubernetes:external-secrets.io/v1:ExternalSecret",
        "kubernetes:argoproj.io/v1alpha1:Application",
    } <= kinds
    assert "warning:" not in (deployed.home / "logs" / "pulumi.log").read_text()


def test_a_second_up_changes_nothing_and_a_third_beside_it_is_refused(deployed: Checkout) -> None:
    before = {(r["urn"], r.get("id")) for r in deployed.resources()}
    second = deployed.start("up")
    while not (deployed.home / "lock-holder").exists():
        assert second.poll() is None, deployed.output()
        time.sleep(0.01)
    third = deployed.run("up")
    assert third.returncode == 1
    assert f"`up` (pid {second.pid}) is at work" in third.stderr
    assert second.wait(300) == 0, deployed.output()
    assert "no changes" in deployed.output()
    assert {(r["urn"], r.get("id")) for r in deployed.resources()} == before


def test_the_stack_files_of_the_repository_stay_as_they_are(deployed: Checkout) -> None:
    for stack in STACKS:
        assert "encryptionsalt" not in (deployed.root / f"Pulumi.{stack}.yaml").read_text()


def test_a_setting_updates_in_place_or_replaces_and_is_put_back(deployed: Checkout) -> None:
    was = deployed.stack_file().file.read_text()
    vpc = deployed.resource("aws:ec2/vpc:Vpc")["id"]
    cluster = deployed.resource("aws:eks/cluster:Cluster")["id"]
    before = deployed.resource("aws:eks/nodeGroup:NodeGroup")["id"]
    pool = ("groundwork:cluster", "node_pools", "general", "instance_types")
    deployed.stack_file().set(14, "groundwork:network", "flow_log_retention_days")
    deployed.stack_file().set(["m7i.xlarge"], *pool)
    said = deployed.must("up")
    assert "1 replaced" in said
    assert "updated" in said
    assert "created" not in said
    assert deployed.resource("aws:ec2/vpc:Vpc")["id"] == vpc
    assert deployed.resource(LOG_GROUP, "flow-logs-group")["outputs"]["retentionInDays"] == 14
    after = deployed.resource("aws:eks/nodeGroup:NodeGroup")["id"]
    assert after != before
    listed = deployed.client("eks").list_nodegroups(clusterName=cluster)["nodegroups"]
    assert listed == [after.split(":")[1]]
    assert deployed.resource("aws:eks/cluster:Cluster")["id"] == cluster
    deployed.stack_file().file.write_text(was)
    secret = forget(deployed, SECRET, "api-keys")
    said = deployed.must("up")
    assert "1 replaced" in said
    # As a new stack does with what a destroyed one has left.
    assert "1 taken over" in said
    assert "created" not in said
    assert deployed.resource(LOG_GROUP, "flow-logs-group")["outputs"]["retentionInDays"] == 7
    types = deployed.resource("aws:eks/nodeGroup:NodeGroup")["inputs"]["instanceTypes"]
    assert types == ["t3.large"]
    assert deployed.resource(SECRET, "api-keys")["id"] == secret


def test_an_application_is_deployed_once_its_revision_is_synced_and_healthy(
    deployed: Checkout,
) -> None:
    """As Argo CD tells it, which the test stands in for."""
    application = deployed.resource(APPLICATION)
    up = f"pulumi up --yes --skip-preview --target '{application['urn']}'"
    settings = ("groundwork:gitops", "applications", "myapp")
    read = "kubectl get application -n argocd myapp -o jsonpath={.spec.source.targetRevision}"
    with deployed.edited() as file:
        file.set(True, *settings, "wait_for_sync")
        file.set("v2.0.0", *settings, "revision")
        command = deployed.start_in_shell(up)
        while deployed.said(read) != "v2.0.0":
            assert command.poll() is None, deployed.output()
        for revision, health in (("v1.0.0", "Healthy"), ("v2.0.0", "Progressing")):
            tell_sync(deployed, revision, health)
            time.sleep(2)
            assert command.poll() is None, deployed.output()
        tell_sync(deployed, "v2.0.0", "Healthy")
        assert command.wait(120) == 0, deployed.output()
    deployed.said(up)


def tell_sync(checkout: Checkout, revision: str, health: str) -> None:
    """Writes the status that Argo CD does, of an application that is in step with a revision."""
    source = {"path": "k8s/overlays/production", "targetRevision": revision}
    source["repoURL"] = "https://github.com/org/repo"
    compared = {"source": source, "destination": {}}
    status = {"sync": {"status": "Synced", "comparedTo": compared}, "health": {"status": health}}
    words = f"patch application -n argocd myapp --type merge -p '{json.dumps({'status': status})}'"
    checkout.said(f"kubectl {words}")


def forget(checkout: Checkout, kind: str, name_end: str) -> str:
    """Takes a resource out of the state, as a destroy does that leaves it; gives its id."""
    resource = checkout.resource(kind, name_end)
    checkout.said(f"pulumi state delete --force --yes '{resource['urn']}'")
    return resource["id"]


def test_a_preview_tells_what_would_be_replaced_and_leaves_nothing(
    deployed: Checkout, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    with deployed.edited() as file:
        file.set(["m7i.large"], "groundwork:cluster", "node_pools", "general", "instance_types")
        said = deployed.said("pulumi preview")
    assert "aws:eks:NodeGroup cluster-nodes-general-group replace" in said
    assert "aws:ec2:Vpc network-vpc replace" not in said
    assert list(tmp_path.iterdir()) == []


def test_drift_is_seen_and_repaired(deployed: Checkout) -> None:
    vpc = deployed.resource("aws:ec2/vpc:Vpc")["id"]
    ec2 = deployed.client("ec2")
    ec2.modify_vpc_attribute(VpcId=vpc, EnableDnsHostnames={"Value": False})
    deployed.said("kubectl delete externalsecret -n production app-secrets")
    said = deployed.must("refresh")
    assert "1 updated" in said
    assert "1 deleted" in said
    said = deployed.must("up")
    assert "1 updated" in said
    assert "1 created" in said
    answer = ec2.describe_vpc_attribute(VpcId=vpc, Attribute="enableDnsHostnames")
    assert answer["EnableDnsHostnames"]["Value"] is True
    deployed.said("kubectl get externalsecret -n production app-secrets")


# As its operator leaves it, which is not here to remove the finalizer.
HELD = """
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: {name: held, namespace: production, finalizers: [external-secrets.io/cleanup]}
spec:
  secretStoreRef: {name: aws-secrets-manager, kind: ClusterSecretStore}
  data: [{secretKey: key, remoteRef: {key: prod/app/api-keys}}]
"""


@pytest.mark.takes_down
def test_down_waits_for_an_operator_that_is_still_there_and_leaves_nothing_behind(
    deployed: Checkout,
) -> None:
    # After all that the other tests have done to it.
    assert "no changes" in deployed.must("up")
    deployed.said(f"kubectl apply -f - <<'END'{HELD}END")
    own = '{"metadata":{"finalizers":["external-secrets.io/cleanup"]}}'
    deployed.said(f"kubectl patch -n production externalsecret app-secrets --type merge -p '{own}'")
    down = deployed.start("down")
    # First an object of the stack itself, then what the namespace waits for.
    for position, name in enumerate(("app-secrets", "held"), 1):
        while f"waits for externalsecrets.external-secrets.io/{name}," not in deployed.output():
            assert down.poll() is None, deployed.output()
            time.sleep(0.1)
        assert "the finalizer external-secrets.io/cleanup" in deployed.output()
        releases = [r for r in deployed.resources() if r["type"] == "kubernetes:helm.sh/v3:Release"]
        assert len(releases) == 2
        deployed.said(deployed.output().split("Where none runs: ")[position].splitlines()[0])
    assert down.wait(300) == 0, deployed.output()
    assert not deployed.resources()
    assert deployed.processes() == []
    assert not (deployed.home / "tmp").exists()
    locks = deployed.home / "state" / ".pulumi" / "locks"
    assert not [file for file in locks.rglob("*") if file.is_file()]
    assert "Nothing runs" in deployed.must("status")
