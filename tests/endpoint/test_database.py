"""RDS instances are PostgreSQL servers that one can log into."""

import psycopg
import pytest
from botocore.exceptions import ClientError

from tests.endpoint.database import Database
from tests.endpoint.foundation import Foundation


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
