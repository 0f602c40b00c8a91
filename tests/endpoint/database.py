"""RDS instances for tests, and logins to them as a client does it."""

import json
import uuid
from typing import Any

import psycopg

from tests.endpoint.endpoint import Endpoint
from tests.endpoint.foundation import Foundation


class Database:
    """An RDS instance with a managed master secret, in a parameter group of its own."""

    def __init__(self, foundation: Foundation, **changes: Any) -> None:
        self.endpoint = foundation.endpoint
        suffix = uuid.uuid4().hex[:8]
        self.identifier = f"app-{suffix}"
        self.group = f"parameters-{suffix}"
        subnets = f"subnets-{suffix}"
        rds = self.rds
        rds.create_db_subnet_group(
            DBSubnetGroupName=subnets,
            DBSubnetGroupDescription="x",
            SubnetIds=foundation.network.subnets,
        )
        rds.create_db_parameter_group(
            DBParameterGroupName=self.group,
            DBParameterGroupFamily="postgres18",
            Description="x",
        )
        arguments: dict[str, Any] = {
            "DBInstanceIdentifier": self.identifier,
            "Engine": "postgres",
            "EngineVersion": "18",
            "DBInstanceClass": "db.t4g.micro",
            "AllocatedStorage": 20,
            "StorageEncrypted": True,
            "KmsKeyId": foundation.key,
            "DBName": "app",
            "Port": 5432,
            "MasterUsername": "groundwork",
            "ManageMasterUserPassword": True,
            "MasterUserSecretKmsKeyId": foundation.key,
            "DBSubnetGroupName": subnets,
            "VpcSecurityGroupIds": [foundation.network.security_group],
            "DBParameterGroupName": self.group,
            **changes,
        }
        rds.create_db_instance(**{k: v for k, v in arguments.items() if v is not None})

    @property
    def rds(self) -> Any:
        return self.endpoint.client("rds")

    def describe(self) -> dict[str, Any]:
        return self.rds.describe_db_instances(DBInstanceIdentifier=self.identifier)["DBInstances"][
            0
        ]

    def secret(self) -> dict[str, str]:
        arn = self.describe()["MasterUserSecret"]["SecretArn"]
        value = self.endpoint.client("secretsmanager").get_secret_value(SecretId=arn)
        return json.loads(value["SecretString"])

    def set_parameters(self, **values: tuple[str, str]) -> None:
        """Changes the group; dots in a name are written as two underscores."""
        self.rds.modify_db_parameter_group(
            DBParameterGroupName=self.group,
            Parameters=[
                {
                    "ParameterName": name.replace("__", "."),
                    "ParameterValue": value,
                    "ApplyMethod": method,
                }
                for name, (value, method) in values.items()
            ],
        )

    def login(self, **changes: Any) -> "psycopg.Connection[tuple[Any, ...]]":
        """Connects as RDS's documentation says: TLS, the server's name checked."""
        where = self.describe()["Endpoint"]
        parameters: dict[str, Any] = {
            "host": where["Address"],
            "port": where["Port"],
            "dbname": "app",
            "sslmode": "verify-full",
            "sslrootcert": str(self.endpoint.authority),
            "connect_timeout": 10,
            "autocommit": True,
            **changes,
        }
        if "user" not in parameters:
            secret = self.secret()
            parameters |= {"user": secret["username"], "password": secret["password"]}
        return psycopg.connect(**parameters)


def servers_of(endpoint: Endpoint) -> set[int]:
    """Process ids of the endpoint's PostgreSQL servers."""
    return {process.pid for process in endpoint.postgres_processes()}
