"""RDS instances are PostgreSQL servers that one can log into."""

import psycopg
import pytest
from botocore.exceptions import ClientError

from tests.cloud.database import Database
from tests.cloud.foundation import Foundation


@pytest.fixture(scope="module")
def database(foundation: Foundation) -> Database:
    return Database(foundation)


def test_managed_secret_logs_in_over_verified_tls(database: Database) -> None:
    with database.login() as connection:
        user, name, superuser = connection.execute(
            "SELECT current_user, current_database(), rolsuper FROM pg_roles "
            "WHERE rolname = current_user"
        ).fetchone() or ("", "", None)
    assert (user, name, superuser) == ("groundwork", "app", False)


def test_description_is_that_of_the_request_and_of_the_server(
    database: Database, foundation: Foundation
) -> None:
    described = database.describe()
    assert described["DBInstanceStatus"] == "available"
    assert described["EngineVersion"].startswith("18.")
    assert described["DbInstancePort"] == 5432
    assert described["Endpoint"]["Address"] == "127.0.0.1"
    assert described["Endpoint"]["Port"] not in {0, 5432}
    assert described["KmsKeyId"] == foundation.key
    assert described["MasterUserSecret"]["SecretStatus"] == "active"
    assert described["MasterUserSecret"]["KmsKeyId"] == foundation.key
    assert described["DBParameterGroups"] == [
        {"DBParameterGroupName": database.group, "ParameterApplyStatus": "in-sync"}
    ]


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


def test_wrong_password_is_refused(database: Database) -> None:
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        database.login(user="groundwork", password="not it at all")


def test_connection_without_tls_is_refused(database: Database) -> None:
    with pytest.raises(psycopg.OperationalError, match="no encryption"):
        database.login(sslmode="disable")


def test_master_is_what_rds_makes_it(database: Database) -> None:
    with database.login() as connection:
        connection.execute("CREATE ROLE reader LOGIN PASSWORD 'something-long'")
        connection.execute("GRANT pg_monitor TO reader")
        connection.execute("CREATE DATABASE second")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("ALTER SYSTEM SET work_mem = '1GB'")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("COPY pg_class TO PROGRAM 'cat'")


def test_master_creates_the_extensions_of_rds(database: Database) -> None:
    with database.login() as connection:
        for name in ("pg_stat_statements", "vector", "pgcrypto", "postgres_fdw", "pgstattuple"):
            available = connection.execute(
                "SELECT count(*) FROM pg_available_extensions WHERE name = %s", [name]
            ).fetchone()
            if available == (1,):
                connection.execute(f"CREATE EXTENSION {name}".encode())
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("CREATE EXTENSION file_fdw")
        made = {row[0] for row in connection.execute("SELECT extname FROM pg_extension")}
    assert {"pg_stat_statements", "vector", "pgstattuple"} <= made


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


def test_rotation_changes_the_password_for_real(database: Database) -> None:
    before = database.secret()
    database.rds.modify_db_instance(
        DBInstanceIdentifier=database.identifier,
        RotateMasterUserPassword=True,
        ApplyImmediately=True,
    )
    assert database.secret() != before
    database.login().close()
    with pytest.raises(psycopg.OperationalError):
        database.login(user=before["username"], password=before["password"])


def test_rotation_through_secrets_manager(database: Database) -> None:
    before = database.secret()
    arn = database.describe()["MasterUserSecret"]["SecretArn"]
    secrets = database.endpoint.client("secretsmanager")
    secrets.rotate_secret(SecretId=arn)
    assert database.secret()["password"] != before["password"]
    database.login().close()
    with pytest.raises(ClientError, match="managed by RDS"):
        secrets.put_secret_value(SecretId=arn, SecretString="mine")


def test_parameters_reach_the_server(database: Database) -> None:
    database.set_parameters(
        log_min_duration_statement=("750", "immediate"),
        max_connections=("57", "pending-reboot"),
        shared_preload_libraries=("pg_stat_statements", "pending-reboot"),
    )
    with database.login() as connection:
        assert connection.execute("SHOW log_min_duration_statement").fetchone() == ("750ms",)
        assert connection.execute("SHOW max_connections").fetchone() == ("100",)
    status = database.describe()["DBParameterGroups"][0]["ParameterApplyStatus"]
    assert status == "pending-reboot"
    database.rds.reboot_db_instance(DBInstanceIdentifier=database.identifier)
    with database.login() as connection:
        assert connection.execute("SHOW max_connections").fetchone() == ("57",)
        assert connection.execute("SHOW shared_preload_libraries").fetchone() == (
            "pg_stat_statements",
        )
    assert database.describe()["DBParameterGroups"][0]["ParameterApplyStatus"] == "in-sync"


def test_force_ssl_can_be_switched_off(database: Database) -> None:
    database.set_parameters(rds__force_ssl=("0", "immediate"))
    database.login(sslmode="disable").close()
    database.set_parameters(rds__force_ssl=("1", "immediate"))
    with pytest.raises(psycopg.OperationalError, match="no encryption"):
        database.login(sslmode="disable")


@pytest.mark.parametrize(
    ("name", "value", "method", "message"),
    [
        ("no_such_thing", "1", "immediate", "no_such_thing"),
        ("max_connections", "9", "immediate", "static parameter: max_connections"),
        ("max_connections", "-5", "pending-reboot", "1-262143"),
        ("data_directory", "/tmp", "pending-reboot", "cannot be modified"),
    ],
)
def test_wrong_parameter_is_refused(
    database: Database, name: str, value: str, method: str, message: str
) -> None:
    with pytest.raises(ClientError, match=message):
        database.set_parameters(**{name: (value, method)})


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
    assert folder.exists()
    database.rds.delete_db_instance(**delete)
    assert not folder.exists()
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
        ({"AllocatedStorage": 5}, "InvalidParameterValue"),
        ({"KmsKeyId": "arn:aws:kms:eu-central-1:123456789012:key/0"}, "KMSKeyNotAccessibleFault"),
    ],
)
def test_wrong_instance_is_refused(
    foundation: Foundation, changes: dict[str, object], code: str
) -> None:
    before = list((foundation.endpoint.state / "rds").iterdir())
    with pytest.raises(ClientError) as refused:
        Database(foundation, **changes)
    assert refused.value.response["Error"]["Code"] == code
    assert list((foundation.endpoint.state / "rds").iterdir()) == before
