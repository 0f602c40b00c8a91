"""AWS state and databases outlive a kill -9 of the endpoint."""

import base64
import json
import time
from contextlib import suppress
from pathlib import Path
from threading import Thread
from typing import Any

import psutil
import psycopg
import pytest
from botocore.exceptions import BotoCoreError
from botocore.parsers import ResponseParserError

from tests.endpoint.database import Database, servers_of
from tests.endpoint.endpoint import ENGINEER, Endpoint
from tests.endpoint.foundation import Foundation

# These tell the time or what was last asked for, on AWS too.
FLEETING = frozenset({"LastUsedDate", "RoleLastUsed", "LatestRestorableTime", "LastAccessedDate"})


def snapshot(endpoint: Endpoint) -> dict[str, Any]:
    """All that a refresh would look at."""
    ec2, iam, eks = (endpoint.client(name) for name in ("ec2", "iam", "eks"))
    kms, rds, secrets = (endpoint.client(name) for name in ("kms", "rds", "secretsmanager"))
    cluster = eks.list_clusters()["clusters"][0]
    principals = eks.list_access_entries(clusterName=cluster)["accessEntries"]
    pods = eks.list_pod_identity_associations(clusterName=cluster)["associations"]
    return {
        "vpcs": ec2.describe_vpcs()["Vpcs"],
        "subnets": ec2.describe_subnets()["Subnets"],
        "groups": ec2.describe_security_groups()["SecurityGroups"],
        "rules": ec2.describe_security_group_rules()["SecurityGroupRules"],
        "other region": endpoint.client("ec2", region="us-west-2").describe_vpcs()["Vpcs"],
        "users": iam.list_users()["Users"],
        "roles": iam.list_roles()["Roles"],
        "keys": [
            kms.describe_key(KeyId=key["KeyId"])["KeyMetadata"] for key in kms.list_keys()["Keys"]
        ],
        "cluster": eks.describe_cluster(name=cluster)["cluster"],
        "nodes": eks.describe_nodegroup(clusterName=cluster, nodegroupName="main")["nodegroup"],
        "addon": eks.describe_addon(clusterName=cluster, addonName="vpc-cni")["addon"],
        "pods": pods,
        "entries": [
            eks.describe_access_entry(clusterName=cluster, principalArn=arn)["accessEntry"]
            for arn in principals
        ],
        "policies": eks.list_associated_access_policies(clusterName=cluster, principalArn=ENGINEER)[
            "associatedAccessPolicies"
        ],
        "instances": rds.describe_db_instances()["DBInstances"],
        "parameters": rds.describe_db_parameter_groups()["DBParameterGroups"],
        "secrets": [
            {
                **secrets.describe_secret(SecretId=secret["ARN"]),
                "value": secrets.get_secret_value(SecretId=secret["ARN"])["SecretString"],
            }
            for secret in secrets.list_secrets()["SecretList"]
        ],
    }


def stable(value: Any) -> Any:
    """The same without response metadata and fleeting times."""
    if isinstance(value, dict):
        return {
            key: stable(item)
            for key, item in value.items()
            if key not in FLEETING and key != "ResponseMetadata"
        }
    if isinstance(value, list):
        return [stable(item) for item in value]
    return value


@pytest.fixture(scope="module")
def populated(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """An endpoint with one of everything, and its database."""
    endpoint = Endpoint(tmp_path_factory.mktemp("restart")).start()
    foundation = Foundation(endpoint)
    endpoint.client("ec2", region="us-west-2").describe_vpcs()
    cluster, eks = foundation.cluster(), endpoint.client("eks")
    eks.create_nodegroup(
        clusterName=cluster,
        nodegroupName="main",
        subnets=foundation.network.subnets,
        nodeRole=foundation.node_role,
    )
    eks.create_addon(
        clusterName=cluster,
        addonName="vpc-cni",
        podIdentityAssociations=[
            {"serviceAccount": "aws-node", "roleArn": foundation.pod_role},
        ],
    )
    eks.create_access_entry(clusterName=cluster, principalArn=ENGINEER)
    eks.associate_access_policy(
        clusterName=cluster,
        principalArn=ENGINEER,
        policyArn="arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy",
        accessScope={"type": "cluster"},
    )
    endpoint.client("secretsmanager").create_secret(Name="own", SecretString="mine")
    database = Database(foundation)
    with database.login() as connection:
        connection.execute("CREATE TABLE kept AS SELECT 42 AS number")
    database.rds.modify_db_instance(
        DBInstanceIdentifier=database.identifier,
        RotateMasterUserPassword=True,
        ApplyImmediately=True,
    )
    yield database
    endpoint.stop()


def kept_number(database: Database) -> Any:
    with database.login() as connection:
        return connection.execute("SELECT number FROM kept").fetchone()


def test_kill_and_start_bring_everything_back(populated: Database) -> None:
    endpoint = populated.endpoint
    role = Foundation(endpoint).role_for({"AWS": ENGINEER})
    session = endpoint.client("sts").assume_role(RoleArn=role, RoleSessionName="me")
    keys = endpoint.engineer_keys()
    before, servers, password = snapshot(endpoint), servers_of(endpoint), populated.secret()
    ciphertext = endpoint.client("kms").encrypt(
        KeyId=before["keys"][0]["KeyId"], Plaintext=b"before"
    )["CiphertextBlob"]

    endpoint.restart()

    assert stable(snapshot(endpoint)) == stable(before)
    assert endpoint.engineer_keys() == keys
    assert endpoint.client("kms").decrypt(CiphertextBlob=ciphertext)["Plaintext"] == b"before"
    temporary = {
        "aws_access_key_id": session["Credentials"]["AccessKeyId"],
        "aws_secret_access_key": session["Credentials"]["SecretAccessKey"],
        "aws_session_token": session["Credentials"]["SessionToken"],
    }
    who = endpoint.client("sts", **temporary).get_caller_identity()["Arn"]
    assert who == session["AssumedRoleUser"]["Arn"]
    assert servers_of(endpoint) == servers, "the servers that still ran are adopted"
    assert populated.secret() == password
    assert kept_number(populated) == (42,)


def test_server_that_died_is_started_again(populated: Database) -> None:
    endpoint = populated.endpoint
    before = populated.describe()["Endpoint"]
    endpoint.kill()
    kill_servers(endpoint)
    endpoint.start()
    assert kept_number(populated) == (42,)
    assert populated.describe()["Endpoint"] == before


def test_server_that_dies_meanwhile_is_started_again(populated: Database) -> None:
    kill_servers(populated.endpoint)
    deadline = time.monotonic() + 60
    while True:
        try:
            assert kept_number(populated) == (42,)
        except psycopg.OperationalError:
            assert time.monotonic() < deadline
            time.sleep(0.1)
        else:
            break


def test_secrets_are_nowhere_but_in_the_state(populated: Database) -> None:
    endpoint = populated.endpoint
    with pytest.raises(psycopg.OperationalError):
        populated.login(user="groundwork", password="wrong")
    password, (_, secret) = populated.secret()["password"], endpoint.engineer_keys()
    logs = [endpoint.log, *Path(endpoint.state).glob("rds/*/*.log")]
    assert len(logs) == 2
    for log in logs:
        assert password not in log.read_text()
        assert secret not in log.read_text()
    for server in endpoint.postgres_processes():
        assert password not in " ".join(server.cmdline())
    for name in ("journal.jsonl", "credentials"):
        assert (endpoint.state / name).stat().st_mode & 0o077 == 0


def test_regions_are_apart(populated: Database) -> None:
    other = populated.endpoint.client("rds", region="us-west-2")
    assert other.describe_db_instances()["DBInstances"] == []


def test_stop_leaves_no_server_and_interrupted_creation_is_finished(populated: Database) -> None:
    endpoint = populated.endpoint
    assert endpoint.stop() == 0
    assert endpoint.postgres_processes() == []
    record = endpoint.state / "rds" / populated.identifier / "server.json"
    # As if a kill had come between the journal entry and the making of the roles.
    record.write_text(json.dumps({**json.loads(record.read_text()), "complete": False}))
    endpoint.start()
    with populated.login() as connection:
        assert connection.execute("SELECT to_regclass('kept')").fetchone() == (None,)


def test_data_of_an_instance_that_the_replay_lacks_are_kept(populated: Database) -> None:
    """As after a moto that has become stricter."""
    endpoint = populated.endpoint
    endpoint.stop()
    change_creation(endpoint, b"EngineVersion=18", b"EngineVersion=99")
    endpoint.log.write_text("")
    for number in (1, 2):  # the second start leaves alone what is aside
        endpoint.start()
        assert populated.rds.describe_db_instances()["DBInstances"] == []
        (kept,) = (endpoint.state / "rds").iterdir()
        assert kept.name == f"{populated.identifier}.orphaned-1"
        assert (kept / "data" / "PG_VERSION").exists()
        assert endpoint.postgres_processes() == []
        log = endpoint.log.read_text()
        assert log.count(f"its data are kept in {kept}") == 1
        assert log.count("requests were answered otherwise than before") == number
        endpoint.stop()
    endpoint.start()


def test_every_answered_request_survives_a_kill(tmp_path: Path) -> None:
    endpoint = Endpoint(tmp_path).start()
    ec2, iam = endpoint.client("ec2"), endpoint.client("iam")
    made: list[str] = []

    def create(number: int) -> None:
        # Until the endpoint is gone: what was answered by then is what counts.
        with suppress(BotoCoreError, ResponseParserError):
            while True:
                made.append(ec2.create_vpc(CidrBlock="10.1.0.0/16")["Vpc"]["VpcId"])
                name = f"user-{number}-{len(made)}"
                made.append(iam.create_user(UserName=name)["User"]["Arn"])
                ec2.describe_vpcs()

    threads = [Thread(target=create, args=[number]) for number in range(4)]
    for thread in threads:
        thread.start()
    while len(made) < 40:
        time.sleep(0.01)
    endpoint.kill()
    for thread in threads:
        thread.join()
    endpoint.start()
    try:
        pages = ec2.get_paginator("describe_vpcs").paginate()
        found = {vpc["VpcId"] for page in pages for vpc in page["Vpcs"]}
        users = iam.get_paginator("list_users").paginate()
        found |= {user["Arn"] for page in users for user in page["Users"]}
    finally:
        endpoint.stop()
    assert set(made) <= found


def change_creation(endpoint: Endpoint, before: bytes, after: bytes) -> None:
    """Changes what the journal says of the creation of an RDS instance."""
    journal = endpoint.state / "journal.jsonl"
    lines = [json.loads(line) for line in journal.read_text().splitlines()]
    for line in lines:
        body = base64.b64decode(line.get("body", ""))
        if b"Action=CreateDBInstance&" in body:
            assert before in body
            line["body"] = base64.b64encode(body.replace(before, after)).decode()
    journal.write_text("".join(json.dumps(line) + "\n" for line in lines))


def kill_servers(endpoint: Endpoint) -> None:
    servers = endpoint.postgres_processes()
    assert servers
    for server in servers:
        server.kill()
    psutil.wait_procs(servers, timeout=10)
