"""PostgreSQL on RDS: who reaches it, what protects it, what it logs."""

from __future__ import annotations

import json
from ipaddress import IPv4Network
from unittest.mock import ANY

import pulumi
import pytest

from components.arguments import ArgumentError
from components.database import Postgresql
from components.database.parameters import STATIC
from local.endpoint.rds.settings_catalogue import catalogue
from tests.unit.builders import KEY, postgresql_args, record_postgresql
from tests.unit.recording import record


def test_the_master_password_is_rds_own() -> None:
    instance = record_postgresql().only("rds/instance:Instance").inputs
    assert instance["manageMasterUserPassword"] is True
    assert instance["masterUserSecretKmsKeyId"] == "arn:aws:mock:::db-secret-key"
    assert "password" not in instance
    assert instance["iamDatabaseAuthenticationEnabled"] is True


def test_it_is_encrypted_private_and_hard_to_lose_by_default() -> None:
    instance = record_postgresql().only("rds/instance:Instance").inputs
    expected = {
        "storageEncrypted": True,
        "kmsKeyId": "arn:aws:mock:::db-storage-key",
        "storageType": "gp3",
        "publiclyAccessible": False,
        "multiAz": True,
        "deletionProtection": True,
        "skipFinalSnapshot": False,
        "copyTagsToSnapshot": True,
        "backupRetentionPeriod": 14,
        "applyImmediately": False,
        "performanceInsightsEnabled": True,
        "databaseInsightsMode": "standard",
        "performanceInsightsRetentionPeriod": 7,
        "monitoringInterval": 60,
        "engineLifecycleSupport": "open-source-rds-extended-support-disabled",
        "enabledCloudwatchLogsExports": ["postgresql", "upgrade"],
    }
    assert {key: instance.get(key) for key in expected} == expected


def test_names_that_must_be_free_again_have_a_random_suffix() -> None:
    instance = record_postgresql().only("rds/instance:Instance").inputs
    assert instance["identifier"] == "main-0a1b2c3d"
    assert instance["finalSnapshotIdentifier"] == "main-0a1b2c3d-final"


def test_a_replacement_has_a_suffix_and_so_a_final_snapshot_of_its_own() -> None:
    suffix = record_postgresql(database_name="shop", username="owner").named("db-suffix")
    assert suffix.inputs["keepers"] == {"database_name": "shop", "username": "owner"}


def test_only_its_clients_reach_it() -> None:
    recording = record_postgresql(clients={"cluster": "sg-cluster", "bastion": "sg-bastion"})
    group = recording.only(":SecurityGroup").inputs
    assert "ingress" not in group
    assert "egress" not in group
    rules = recording.of_type(":SecurityGroupIngressRule")
    assert {one.inputs["referencedSecurityGroupId"] for one in rules} == {
        "sg-cluster",
        "sg-bastion",
    }
    for rule in rules:
        assert (rule.inputs["fromPort"], rule.inputs["toPort"]) == (5432, 5432)
        assert "cidrIpv4" not in rule.inputs


def test_networks_that_are_named_reach_it_too() -> None:
    recording = record_postgresql(clients={}, client_cidrs=[IPv4Network("10.9.0.0/16")])
    rule = recording.only(":SecurityGroupIngressRule").inputs
    assert (rule["cidrIpv4"], rule["fromPort"], rule["toPort"]) == ("10.9.0.0/16", 5432, 5432)


def test_its_logs_and_the_key_of_its_snapshots_outlive_it() -> None:
    recording = record_postgresql()
    kept = {one.name for one in recording.resources if one.retain_on_delete}
    assert kept == {"db-storage-key", "db-logs-postgresql", "db-logs-upgrade"}


def test_parameters_force_tls_and_say_how_they_are_applied() -> None:
    group = record_postgresql(parameters={"max_connections": "200"}).only(":ParameterGroup")
    assert group.inputs["family"] == "postgres18"
    parameters = {
        one["name"]: (one["value"], one["applyMethod"]) for one in group.inputs["parameters"]
    }
    assert parameters == {
        "rds.force_ssl": ("1", "immediate"),
        "log_min_duration_statement": ("500", "immediate"),
        "log_lock_waits": ("1", "immediate"),
        "shared_preload_libraries": ("pg_stat_statements", "pending-reboot"),
        "max_connections": ("200", "pending-reboot"),
    }


def test_what_postgresql_reads_at_its_start_waits_for_one() -> None:
    """PostgreSQL's own list, without what is no matter of an RDS parameter group."""
    read_at_start = {one.name for one in catalogue().values() if one.static and one.modifiable}
    foreign = {name for name in read_at_start if name.startswith(("bonjour", "recovery_target"))}
    assert read_at_start - foreign <= STATIC


def test_the_log_groups_are_ours_before_rds_makes_its_own() -> None:
    recording = record_postgresql(log_retention_days=30)
    groups = recording.of_type(":LogGroup")
    assert {one.inputs["name"] for one in groups} == {
        "/aws/rds/instance/main-0a1b2c3d/postgresql",
        "/aws/rds/instance/main-0a1b2c3d/upgrade",
    }
    instance = recording.only("rds/instance:Instance")
    for group in groups:
        assert (group.inputs["retentionInDays"], group.inputs["kmsKeyId"]) == (30, KEY)
        assert group.urn in instance.dependencies


def test_it_has_the_time_that_its_data_takes() -> None:
    """The provider would give up after 40 minutes, and after 80 where it is changed."""
    instance = record_postgresql().only("rds/instance:Instance")
    assert instance.timeouts == {"create": "2h", "update": "12h", "delete": "4h"}


@pytest.mark.parametrize(("version", "automatic"), [("18", True), ("18.1", False)])
def test_a_pinned_minor_version_stays(version: str, automatic: bool) -> None:
    instance = record_postgresql(version=version).only("rds/instance:Instance").inputs
    assert instance["autoMinorVersionUpgrade"] is automatic


@pytest.mark.parametrize("allowed", [True, False])
def test_a_new_major_version_must_be_allowed_and_is_then_made_at_once(allowed: bool) -> None:
    recording = record_postgresql(allow_major_version_upgrade=allowed)
    instance = recording.only("rds/instance:Instance").inputs
    assert instance["allowMajorVersionUpgrade"] is allowed
    assert instance["applyImmediately"] is allowed


def test_pulumi_protects_all_of_it_on_request() -> None:
    opts = pulumi.ResourceOptions(protect=True)
    recording = record(lambda: Postgresql("db", postgresql_args(), opts))
    assert all(one.protect for one in recording.resources)
    assert not any(one.protect for one in record_postgresql().resources)


def test_advanced_insights_keep_what_they_need() -> None:
    instance = record_postgresql(insights="advanced").only("rds/instance:Instance").inputs
    assert instance["performanceInsightsRetentionPeriod"] == 465


def test_outputs_lead_to_the_database_and_its_secret() -> None:
    recording = record_postgresql()
    component = recording.only(":Postgresql")
    assert recording.outputs[component.urn] == {
        "address": "database.example",
        "port": 5432,
        "database_name": "app",
        "secret_arn": "arn:aws:secretsmanager:::secret:rds",
        "secret_policy": ANY,
        "instance_arn": "arn:aws:mock:::db-instance",
        "security_group_id": "db-security-group-id",
        "storage_gib": 20,
    }


def test_its_policy_reads_its_own_secret_and_uses_the_key_for_that_only() -> None:
    recording = record_postgresql()
    policy = recording.outputs[recording.only(":Postgresql").urn]["secret_policy"]
    read, decrypt = json.loads(policy)["Statement"]
    assert read["Resource"] == ["arn:aws:secretsmanager:::secret:rds"]
    assert decrypt["Resource"] == ["arn:aws:mock:::db-secret-key"]
    assert decrypt["Condition"] == {
        "StringEquals": {"kms:ViaService": "secretsmanager.eu-west-1.amazonaws.com"}
    }


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"identifier": "Main"}, "identifier"),
        ({"identifier": "a--b"}, "identifier"),
        ({"identifier": "a" * 48}, "identifier"),
        ({"identifier": "a" + "-b" * 24}, "identifier"),
        ({"version": "latest"}, "version"),
        ({"database_name": "1app"}, "database_name"),
        ({"username": "rdsadmin"}, "username"),
        ({"username": "User"}, "username"),
        ({"username": "pg_app"}, "username"),
        ({"username": "a-b"}, "username"),
        *(
            ({"username": name}, "username")
            for name in ("select", "Table", "rds_iam", "rds_replication", "rdsproxyadmin", "left")
        ),
        *(
            ({"database_name": name}, "database_name")
            for name in (
                "template0",
                "template1",
                "rdsadmin",
                "db",
                "select",
                "User",
                "all",
                "table",
            )
        ),
        ({"client_cidrs": [IPv4Network("0.0.0.0/0")]}, "client_cidrs[0]"),
        ({"storage_gib": 5}, "storage_gib"),
        ({"max_storage_gib": 65_537}, "max_storage_gib"),
        ({"storage_gib": 200}, "max_storage_gib"),
        ({"storage_gib": 100}, "max_storage_gib"),
        ({"storage_gib": 95, "max_storage_gib": 104}, "max_storage_gib"),
        ({"backup_retention_days": 0}, "backup_retention_days"),
        ({"log_retention_days": 8}, "log_retention_days"),
        ({"slow_statement_ms": -2}, "slow_statement_ms"),
        ({"backup_window": "2-3"}, "backup_window"),
        ({"backup_window": "02:00-02:10"}, "backup_window"),
        ({"maintenance_window": "Sunday"}, "maintenance_window"),
        ({"maintenance_window": "sun:02:30-sun:03:30"}, "maintenance_window"),
        (
            {"backup_window": "23:30-00:30", "maintenance_window": "mon:00:00-mon:01:00"},
            "maintenance_window",
        ),
        ({"maintenance_window": "sun:23:00-mon:02:30"}, "maintenance_window"),
    ],
)
def test_refuses_what_cannot_work(changes: dict[str, object], field: str) -> None:
    with pytest.raises(ArgumentError) as caught:
        postgresql_args(**changes)
    assert [fault.field for fault in caught.value.faults] == [field]


def test_the_longest_name_and_the_least_room_to_grow_are_accepted() -> None:
    longest = "a" + "-b" * 23
    assert len(longest) == 47
    assert postgresql_args(identifier=longest, storage_gib=95, max_storage_gib=105)
