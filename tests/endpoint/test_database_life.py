"""RDS instances from their creation to their deletion."""

import socket

import psycopg
import pytest
from botocore.exceptions import ClientError

from tests.endpoint.database import Database
from tests.endpoint.foundation import Foundation


@pytest.fixture(scope="module")
def database(foundation: Foundation) -> Database:
    return Database(foundation)


@pytest.fixture(scope="module")
def large(foundation: Foundation) -> Database:
    return Database(foundation, AllocatedStorage=95, MaxAllocatedStorage=200, StorageType="gp3")


def test_every_argument_comes_back_and_can_be_changed(foundation: Foundation) -> None:
    role = foundation.role("monitoring.rds.amazonaws.com")
    sent: dict[str, object] = {
        "AutoMinorVersionUpgrade": False,
        "BackupRetentionPeriod": 7,
        "CACertificateIdentifier": "rds-ca-rsa2048-g1",
        "CopyTagsToSnapshot": True,
        "DatabaseInsightsMode": "standard",
        "DeletionProtection": False,
        "MaxAllocatedStorage": 100,
        "MonitoringInterval": 60,
        "MonitoringRoleArn": role,
        "MultiAZ": False,
        "PerformanceInsightsKMSKeyId": foundation.key,
        "PerformanceInsightsRetentionPeriod": 7,
        "PreferredBackupWindow": "02:00-03:00",
        "PreferredMaintenanceWindow": "sun:03:30-sun:04:30",
        "PubliclyAccessible": False,
        "StorageType": "gp3",
    }
    database = Database(
        foundation,
        **sent,
        EnablePerformanceInsights=True,
        EnableIAMDatabaseAuthentication=True,
        EnableCloudwatchLogsExports=["postgresql", "upgrade"],
    )
    described = database.describe()
    assert {**described, **sent} == described
    assert described["PerformanceInsightsEnabled"] is True
    assert described["IAMDatabaseAuthenticationEnabled"] is True
    assert described["EnabledCloudwatchLogsExports"] == ["postgresql", "upgrade"]
    changed: dict[str, object] = {
        "AllocatedStorage": 40,
        "BackupRetentionPeriod": 9,
        "CopyTagsToSnapshot": False,
        "DBInstanceClass": "db.m7g.large",
        "MultiAZ": True,
        "DatabaseInsightsMode": "advanced",
        "PerformanceInsightsRetentionPeriod": 465,
    }
    database.rds.modify_db_instance(DBInstanceIdentifier=database.identifier, **changed)
    described = database.describe()
    assert {**described, **changed} == described
    database.rds.delete_db_instance(
        DBInstanceIdentifier=database.identifier, SkipFinalSnapshot=True
    )


def test_what_would_need_data_of_a_backup_is_refused(database: Database) -> None:
    with pytest.raises(ClientError, match="does not have rds CreateDBInstanceReadReplica"):
        database.rds.create_db_instance_read_replica(
            DBInstanceIdentifier="replica", SourceDBInstanceIdentifier=database.identifier
        )


def test_renamed_instance_keeps_its_data(foundation: Foundation) -> None:
    database = Database(foundation)
    with database.login() as connection:
        connection.execute("CREATE TABLE kept AS SELECT 42 AS number")
    database.rds.modify_db_instance(
        DBInstanceIdentifier=database.identifier,
        NewDBInstanceIdentifier=f"{database.identifier}-renamed",
        ApplyImmediately=True,
    )
    database.identifier += "-renamed"
    with database.login() as connection:
        assert connection.execute("SELECT number FROM kept").fetchone() == (42,)
    database.rds.delete_db_instance(
        DBInstanceIdentifier=database.identifier, SkipFinalSnapshot=True
    )


def test_stop_and_start(database: Database) -> None:
    port = database.describe()["Endpoint"]["Port"]
    database.rds.stop_db_instance(DBInstanceIdentifier=database.identifier)
    assert database.describe()["DBInstanceStatus"] == "stopped"
    with pytest.raises(psycopg.OperationalError):
        database.login()
    database.rds.start_db_instance(DBInstanceIdentifier=database.identifier)
    assert database.describe()["Endpoint"]["Port"] == port
    database.login().close()


def test_own_password_and_deletion(foundation: Foundation) -> None:
    database = Database(
        foundation,
        ManageMasterUserPassword=None,
        MasterUserSecretKmsKeyId=None,
        MasterUserPassword="chosen-by-me-1",
        DeletionProtection=True,
    )
    before = database.endpoint.postgres_processes()
    database.login(user="groundwork", password="chosen-by-me-1").close()
    database.rds.modify_db_instance(
        DBInstanceIdentifier=database.identifier, MasterUserPassword="chosen-by-me-2"
    )
    database.login(user="groundwork", password="chosen-by-me-2").close()
    delete = {"DBInstanceIdentifier": database.identifier, "FinalDBSnapshotIdentifier": "last"}
    with pytest.raises(ClientError, match="protect"):
        database.rds.delete_db_instance(**delete)
    database.rds.modify_db_instance(
        DBInstanceIdentifier=database.identifier, DeletionProtection=False
    )
    folder = database.endpoint.state / "rds" / database.identifier
    port = database.describe()["Endpoint"]["Port"]
    assert folder.exists()
    database.rds.delete_db_instance(**delete)
    assert not folder.exists()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port))
    assert len(database.endpoint.postgres_processes()) == len(before) - 1
    snapshots = database.rds.describe_db_snapshots(DBSnapshotIdentifier="last")["DBSnapshots"]
    assert snapshots[0]["DBInstanceIdentifier"] == database.identifier


def test_deletion_removes_the_managed_secret(foundation: Foundation) -> None:
    database = Database(foundation)
    arn = database.describe()["MasterUserSecret"]["SecretArn"]
    database.rds.delete_db_instance(
        DBInstanceIdentifier=database.identifier, SkipFinalSnapshot=True
    )
    with pytest.raises(ClientError, match="ResourceNotFound"):
        database.endpoint.client("secretsmanager").get_secret_value(SecretId=arn)


@pytest.mark.parametrize(
    ("change", "code", "message"),
    [
        (
            {"AllocatedStorage": 94},
            "InvalidParameterCombination",
            "Invalid storage size for engine name postgres and storage type gp3: 94",
        ),
        (
            {"MaxAllocatedStorage": 104},
            "InvalidParameterCombination",
            "Invalid max storage size for engine name postgres and storage type gp3: 104",
        ),
        ({"MaxAllocatedStorage": 94}, "InvalidParameterCombination", "must be greater"),
        (
            {"AllocatedStorage": 110, "MaxAllocatedStorage": 120},
            "InvalidParameterCombination",
            "Invalid max storage size",
        ),
        ({"DBInstanceClass": "db.m7x.large"}, "InvalidParameterValue", r"class: db\.m7x\.large"),
    ],
)
def test_wrong_change_is_refused(
    large: Database, change: dict[str, object], code: str, message: str
) -> None:
    kept = ("AllocatedStorage", "MaxAllocatedStorage", "DBInstanceClass")
    before = large.describe()
    with pytest.raises(ClientError, match=message) as refused:
        large.rds.modify_db_instance(DBInstanceIdentifier=large.identifier, **change)
    assert refused.value.response["Error"]["Code"] == code
    after = large.describe()
    assert [after.get(name) for name in kept] == [before.get(name) for name in kept]


@pytest.mark.parametrize(("limit", "described"), [(105, 105), (95, None)])
def test_storage_may_grow_by_a_tenth_or_not_at_all(
    large: Database, limit: int, described: int | None
) -> None:
    large.rds.modify_db_instance(DBInstanceIdentifier=large.identifier, MaxAllocatedStorage=limit)
    assert large.describe().get("MaxAllocatedStorage") == described


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"DBSubnetGroupName": "nowhere"}, "DBSubnetGroupNotFoundFault"),
        ({"DBParameterGroupName": "nothing"}, "DBParameterGroupNotFound"),
        ({"VpcSecurityGroupIds": ["sg-0"]}, "InvalidParameterValue"),
        ({"EngineVersion": "99"}, "InvalidParameterCombination"),
        ({"EngineVersion": "17"}, "InvalidParameterCombination"),
        ({"MasterUserPassword": "both-of-them"}, "InvalidParameterCombination"),
        ({"ManageMasterUserPassword": None}, "InvalidParameterValue"),
        ({"MasterUsername": "rdsadmin"}, "InvalidParameterValue"),
        ({"MasterUsername": "user"}, "InvalidParameterValue"),
        ({"MasterUsername": "Select"}, "InvalidParameterValue"),
        ({"MasterUsername": "pg_owner"}, "InvalidParameterValue"),
        ({"MasterUsername": "none"}, "InvalidParameterValue"),
        ({"DBInstanceClass": "m7g.large"}, "InvalidParameterValue"),
        ({"DBInstanceClass": "db.m7x.large"}, "InvalidParameterValue"),
        ({"DBInstanceClass": "db.t4g.nano"}, "InvalidParameterValue"),
        ({"AllocatedStorage": None}, "InvalidParameterValue"),
        ({"AllocatedStorage": 5}, "InvalidParameterCombination"),
        ({"MaxAllocatedStorage": 20}, "InvalidParameterCombination"),
        ({"AllocatedStorage": 95, "MaxAllocatedStorage": 104}, "InvalidParameterCombination"),
        ({"KmsKeyId": "arn:aws:kms:eu-central-1:123456789012:key/0"}, "KMSKeyNotAccessibleFault"),
    ],
)
def test_wrong_instance_is_refused(
    foundation: Foundation, changes: dict[str, object], code: str
) -> None:
    before = list((foundation.endpoint.state / "rds").glob("*"))
    with pytest.raises(ClientError) as refused:
        Database(foundation, **changes)
    assert refused.value.response["Error"]["Code"] == code
    assert list((foundation.endpoint.state / "rds").glob("*")) == before
