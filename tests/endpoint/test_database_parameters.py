"""DB parameter groups reach the PostgreSQL servers that use them."""

import psycopg
import pytest
from botocore.exceptions import ClientError

from tests.endpoint.database import Database
from tests.endpoint.endpoint import Endpoint
from tests.endpoint.foundation import Foundation


@pytest.fixture(scope="module")
def database(foundation: Foundation) -> Database:
    return Database(foundation)


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


def test_a_server_that_its_parameters_keep_from_starting_can_be_mended(
    database: Database, endpoint: Endpoint
) -> None:
    database.set_parameters(shared_buffers=("1073741823", "pending-reboot"))
    database.rds.reboot_db_instance(DBInstanceIdentifier=database.identifier)
    assert database.describe()["DBInstanceStatus"] == "incompatible-parameters"
    assert endpoint.get("/healthz")[0] == 200
    database.set_parameters(shared_buffers=("16384", "pending-reboot"))
    database.rds.reboot_db_instance(DBInstanceIdentifier=database.identifier)
    database.login().close()
