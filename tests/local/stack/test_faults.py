"""What is killed or taken away."""

import json
import socket
import subprocess
import time

import psutil

from tests.local.stack import killing
from tests.local.stack.checkout import Checkout

SECRETS = ("groundwork:secrets", "application_secrets")
SERVICES = ("etcd", "kube-apiserver", "kube-controller-manager", "cloud")


def kill(pid: int) -> None:
    """Ends a process at once, and waits until it is gone."""
    process = psutil.Process(pid)
    process.kill()
    process.wait(20)


def test_killed_services_return_with_what_they_held(deployed: Checkout) -> None:
    vpcs = deployed.client("ec2").describe_vpcs()["Vpcs"]
    for service in SERVICES:
        kill(deployed.pid(service))
    said = deployed.must("up")
    assert said.count("had ended and is started again") == len(SERVICES)
    assert "no changes" in said
    assert deployed.client("ec2").describe_vpcs()["Vpcs"] == vpcs
    deployed.said("kubectl get externalsecret -n production app-secrets")
    deployed.said("psql -c 'select count(*) from users'")


def test_up_after_a_killed_up_ends_the_engine_that_it_left(deployed: Checkout) -> None:
    deployed.stack_file().set("killed", "groundwork:tags", "environment")
    first = deployed.start("up")
    wait_for_operation(deployed, first, "update")
    first.kill()
    first.wait(20)
    said = deployed.must("up")
    assert "The engine of an interrupted run still works" in said
    assert deployed.tags(deployed.resource("aws:ec2/vpc:Vpc")["id"])["environment"] == "killed"


def test_up_after_all_was_killed_adopts_what_it_had_made(deployed: Checkout) -> None:
    """As when the machine loses power: the command, the engine, the plugins, the services.

    AWS had made another secret as well, and the engine could not write that down any more.
    """
    made = "prod/app/made"
    deployed.client("secretsmanager").create_secret(Name=made)
    deployed.stack_file().set("Made as the power fails", *SECRETS, "prod/app/late")
    first = deployed.start("up")
    wait_for_operation(deployed, first, "create")
    for process in deployed.processes():
        if process.is_running():
            process.kill()
    first.wait(20)
    deployed.stack_file().set("Made before the power fails", *SECRETS, made)
    begun = json.dumps(deployed.resource("aws:secretsmanager/secret:Secret", "api-keys"))
    resource = json.loads(begun.replace("prod-app-api-keys", "prod-app-made"))
    resource["inputs"]["name"] = made
    del resource["id"], resource["outputs"]
    deployed.interrupt(resource)
    said = deployed.must("up")
    assert "unlocked" in said
    (begun,) = [line for line in said.splitlines() if "An interrupted run had begun with" in line]
    assert "application-secrets-secret-prod-app-made" in begun
    secrets = deployed.client("secretsmanager").list_secrets()["SecretList"]
    by_name = {secret["Name"]: secret.get("Description") for secret in secrets}
    assert len(by_name) == len(secrets)
    assert by_name["prod/app/late"] == "Made as the power fails"
    assert by_name[made] == "Made before the power fails"


NODE_GROUP = "aws:eks/nodeGroup:NodeGroup"
UP = "pulumi up --stack local --yes --skip-preview --non-interactive"
STEPS = {
    # As on AWS, where nothing else than this command knows of it.
    NODE_GROUP: "python -m infra.recovery --stack local --yes",
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": "true",
    "kubernetes:core/v1:Namespace": "true",
}


def test_the_documented_steps_finish_a_pulumi_up_that_was_killed(deployed: Checkout) -> None:
    """At a type that takes minutes on AWS, at one without a name, and at one of Kubernetes."""
    pool = {"instance_types": ["t3.large"], "min_size": 1, "max_size": 2}
    deployed.stack_file().set(pool, "groundwork:cluster", "node_pools", "late")
    clients = ["10.0.0.0/17", "10.0.128.0/17"]
    deployed.stack_file().set(clients, "groundwork:database", "client_cidrs")
    deployed.stack_file().set(["production", "late"], "groundwork:secrets", "namespaces")
    left = dict(STEPS)
    while left:
        command = deployed.start_in_shell(UP)
        met = killing.stop_at_creation(deployed, command, lambda kind: kind in left)
        assert met, deployed.output()
        killing.kill_all(command)
        deployed.said("pulumi cancel --stack local --yes")
        for kind in met:
            deployed.said(left.pop(kind))
    deployed.said(UP)
    assert killing.state(deployed).get("pending_operations") is None
    assert killing.strangers(deployed) == []


def test_a_taken_port_is_given_up_although_the_up_that_did_so_was_killed(
    deployed: Checkout,
) -> None:
    ports = ports_of(deployed)
    kind = "aws:rds/instance:Instance"
    database = deployed.resource(kind)["outputs"]["port"]
    for service in ("cloud", "kube-apiserver"):
        kill(deployed.pid(service))
    with taken(ports["cloud"]), taken(ports["kube-apiserver"]), taken(database):
        first = deployed.start("up")
        moved = f"Port {ports['kube-apiserver']} of kube-apiserver is taken"
        while moved not in deployed.output() or ports_of(deployed) == ports:
            assert first.poll() is None, deployed.output()
            time.sleep(0.01)
        first.kill()
        first.wait(20)
        assert f"Port {ports['cloud']} of cloud is taken" in deployed.output()
        deployed.must("up")
    assert deployed.resource(kind)["outputs"]["port"] != database
    deployed.said("kubectl get externalsecret -n production app-secrets")
    deployed.said("psql -c 'select count(*) from users'")


def test_after_all_this_the_state_is_what_is_there(deployed: Checkout) -> None:
    assert "no changes" in deployed.must("refresh")


def ports_of(checkout: Checkout) -> dict[str, int]:
    """The ports of the services."""
    return json.loads((checkout.home / "run" / "ports.json").read_text())


def taken(port: int) -> socket.socket:
    """Another program's server on a port."""
    taker = socket.socket()
    taker.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    taker.bind(("127.0.0.1", port))
    taker.listen()
    return taker


def wait_for_operation(
    checkout: Checkout, command: subprocess.Popen[bytes], operation: str
) -> None:
    """Waits until the engine has begun an operation on an AWS object."""
    events = checkout.home / "logs" / "pulumi-events.json"
    wanted = f'"op":"{operation}","urn":"urn:pulumi:local::groundwork::'.encode()
    events.unlink(missing_ok=True)
    while not events.exists() or wanted not in events.read_bytes():
        assert command.poll() is None, checkout.output()
        time.sleep(0.02)
