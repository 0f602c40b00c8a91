"""Kills in the midst of creations."""

import json
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psutil

from tests.local.stack.checkout import Checkout

PLUGINS = ("local.plugins.", "pulumi-resource-")
TURN_SECONDS, QUIET_SECONDS = 0.03, 0.02
Kill = Callable[[subprocess.Popen[bytes]], None]


def stop_at_creation(
    checkout: Checkout, command: subprocess.Popen[bytes], wanted: Callable[[str], bool]
) -> set[str]:
    """Stops the engine once it is creating resources of a wanted type; gives all such types.

    What AWS and Kubernetes then make does not get into the state. Empty if the command ends.
    The plugins work in short turns: in between they hold still until the engine has written down
    what it waits for, so that no creation is too quick to be seen.
    """
    engine, plugins, known = None, [], ""
    while command.poll() is None:
        if engine is None or not engine.is_running():  # it was one of the CLI's quick commands
            engine, plugins, known = engine_of(command), [], ""
        if engine is not None and (now := _children(engine.pid)) != known:
            plugins, known = _plugins(engine), now
        if engine is None or not plugins:
            time.sleep(QUIET_SECONDS)
            continue
        with _held(plugins):
            _wait_until_written(checkout)
            found = {kind for kind in begun(checkout) if wanted(kind)}
            if found:
                engine.suspend()
        time.sleep(TURN_SECONDS)
        if found:
            return found
    return set()


@contextmanager
def _held(processes: list[psutil.Process]) -> Iterator[None]:
    for process in processes:
        with suppress(psutil.NoSuchProcess):
            process.suspend()
    try:
        yield
    finally:
        for process in processes:
            with suppress(psutil.NoSuchProcess):
                process.resume()


def _wait_until_written(checkout: Checkout) -> None:
    before = None
    while (now := _written(checkout)) != before:
        before = now
        time.sleep(QUIET_SECONDS)


def begun(checkout: Checkout) -> list[str]:
    """The types of the resources whose creation the state has as pending."""
    return [
        operation["resource"]["type"]
        for operation in state(checkout).get("pending_operations") or []
        if operation["type"] == "creating"
    ]


def state(checkout: Checkout) -> dict[str, Any]:
    """The state of the stack `local`; empty while there is none."""
    try:
        return json.loads(checkout.state_file.read_text())["checkpoint"].get("latest") or {}
    except (OSError, ValueError):
        return {}


def engine_of(command: subprocess.Popen[bytes]) -> psutil.Process | None:
    """The engine that a command has started, or is."""
    with suppress(psutil.NoSuchProcess):  # one has just ended
        started = psutil.Process(command.pid)
        for process in [started, *started.children()]:
            if process.name() == "pulumi":
                return process
    return None


def kill_all(command: subprocess.Popen[bytes]) -> None:
    """Kills the command with all that it has started, as when a machine is taken away."""
    started = psutil.Process(command.pid)
    for process in [started, *started.children(recursive=True)]:
        _killed(process)
    command.wait(60)


def kill_engine(command: subprocess.Popen[bytes]) -> None:
    """Kills the stopped engine; the command ends with an error."""
    _killed(engine_of(command))
    assert command.wait(60) == 1


def kill_plugins(command: subprocess.Popen[bytes]) -> None:
    """Kills the plugins of the stopped engine, which ends with an error, as the command does.

    It ends well if they had answered, and were not asked for more.
    """
    engine = engine_of(command)
    assert engine is not None
    for process in _plugins(engine):
        _killed(process)
    engine.resume()
    assert command.wait(120) in (0, 1)


def kill_command(command: subprocess.Popen[bytes]) -> None:
    """Kills the command; its engine works on."""
    engine = engine_of(command)
    command.kill()
    command.wait(60)
    assert engine is not None
    engine.resume()


def _plugins(engine: psutil.Process) -> list[psutil.Process]:
    found = []
    with suppress(psutil.NoSuchProcess):
        for process in engine.children(recursive=True):
            words = process.cmdline()[:4]
            if any(plugin in word for plugin in PLUGINS for word in words):
                found.append(process)
    return found


def _children(pid: int) -> str:
    """What changes with a process's children; to ask for these themselves takes far longer."""
    found = ""
    with suppress(OSError):  # the process, or one of its threads, has just ended
        for task in Path(f"/proc/{pid}/task").glob("*/children"):
            found += task.read_text()
    return found


def _killed(process: psutil.Process | None) -> None:
    assert process is not None
    process.send_signal(signal.SIGKILL)


def _written(checkout: Checkout) -> int:
    try:
        return checkout.state_file.stat().st_mtime_ns
    except OSError:
        return 0


def strangers(checkout: Checkout) -> list[str]:
    """The ids of the objects of AWS that a program makes and that the state does not know."""
    known = {resource.get("id") for resource in state(checkout)["resources"]}
    return sorted(set(_made(checkout)) - known)


def _made(checkout: Checkout) -> Iterator[str]:
    ec2, kms = checkout.client("ec2"), checkout.client("kms")
    own = {"Filters": [{"Name": "is-default", "Values": ["false"]}]}
    vpcs = [vpc["VpcId"] for vpc in ec2.describe_vpcs(**own)["Vpcs"]]
    inside = {"Filters": [{"Name": "vpc-id", "Values": vpcs}]}
    yield from vpcs
    yield from (one["SubnetId"] for one in ec2.describe_subnets(**inside)["Subnets"])
    for table in ec2.describe_route_tables(**inside)["RouteTables"]:
        if not any(each.get("Main") for each in table["Associations"]):
            yield table["RouteTableId"]
    groups = ec2.describe_security_groups(**inside)["SecurityGroups"]
    ours = {"Key": "managed-by", "Value": "groundwork"}  # EKS makes one for its cluster
    yield from (one["GroupId"] for one in groups if ours in one.get("Tags", []))
    rules = ec2.describe_security_group_rules()["SecurityGroupRules"]
    yield from (one["SecurityGroupRuleId"] for one in rules if one.get("Tags"))
    yield from (one["AllocationId"] for one in ec2.describe_addresses()["Addresses"])
    gateways = ec2.describe_internet_gateways()["InternetGateways"]
    yield from (one["InternetGatewayId"] for one in gateways if one.get("Tags"))
    for gateway in ec2.describe_nat_gateways()["NatGateways"]:
        if gateway["State"] != "deleted":
            yield gateway["NatGatewayId"]
    yield from (one["VpcEndpointId"] for one in ec2.describe_vpc_endpoints()["VpcEndpoints"])
    yield from (one["FlowLogId"] for one in ec2.describe_flow_logs()["FlowLogs"])
    templates = ec2.describe_launch_templates()["LaunchTemplates"]
    yield from (one["LaunchTemplateId"] for one in templates)
    for key in kms.list_keys()["Keys"]:
        shown = kms.describe_key(KeyId=key["KeyId"])["KeyMetadata"]
        if shown["KeyState"] == "Enabled" and shown["KeyManager"] == "CUSTOMER":
            yield key["KeyId"]
    logs = checkout.client("logs").describe_log_groups()["logGroups"]
    yield from (one["logGroupName"] for one in logs)
    secrets = checkout.client("secretsmanager").list_secrets()["SecretList"]
    yield from (one["ARN"] for one in secrets if not one["Name"].startswith("rds!"))
    databases = checkout.client("rds").describe_db_instances()["DBInstances"]
    yield from (one["DbiResourceId"] for one in databases)
    eks = checkout.client("eks")
    for cluster in eks.list_clusters()["clusters"]:
        yield cluster
        for pool in eks.list_nodegroups(clusterName=cluster)["nodegroups"]:
            yield f"{cluster}:{pool}"
        found = eks.list_pod_identity_associations(clusterName=cluster)["associations"]
        yield from (one["associationId"] for one in found)
        yield from (f"{cluster}:{name}" for name in eks.list_addons(clusterName=cluster)["addons"])
    yield from _identities(checkout)


def _identities(checkout: Checkout) -> Iterator[str]:
    iam = checkout.client("iam")
    for role in iam.list_roles()["Roles"]:
        if role["Path"].startswith("/aws-service-role"):
            continue
        name = role["RoleName"]
        yield name
        inline = iam.list_role_policies(RoleName=name)["PolicyNames"]
        yield from (f"{name}:{policy}" for policy in inline)
        attached = iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"]
        yield from (f"{name}/{policy['PolicyArn']}" for policy in attached)
