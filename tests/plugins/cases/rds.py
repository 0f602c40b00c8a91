"""Cases of RDS."""

from __future__ import annotations

from tests.plugins.cases.case import Case
from tests.plugins.host import State
from tests.plugins.world import World

SUBNET_GROUP = Case(
    type="aws:rds/subnetGroup:SubnetGroup",
    inputs=lambda world: {
        "name": f"subnets-{world.number()}",
        "subnetIds": world.subnets,
        "tags": {"Name": "subnets"},
    },
    update=lambda world: {
        "subnetIds": world.subnets[:2],
        "description": "two",
        "tags": {"Name": "renamed"},
    },
    replace={"name": "other"},
    delete_first=True,
    drift=lambda world, state: world.client("rds").modify_db_subnet_group(
        DBSubnetGroupName=state.id, SubnetIds=world.subnets[1:]
    ),
    drifted="subnetIds",
    rejected=(
        ({"name": "Upper"}, "name", "lower case"),
        ({"subnetIds": None}, "subnetIds", "required"),
    ),
)


def _loosen(world: World, state: State) -> None:
    world.client("rds").modify_db_parameter_group(
        DBParameterGroupName=state.id,
        Parameters=[
            {
                "ParameterName": "rds.force_ssl",
                "ParameterValue": "0",
                "ApplyMethod": "immediate",
            }
        ],
    )


PARAMETER_GROUP = Case(
    type="aws:rds/parameterGroup:ParameterGroup",
    inputs=lambda world: {
        "name": f"parameters-{world.number()}",
        "family": "postgres18",
        "description": "parameters",
        "parameters": [
            {"name": "rds.force_ssl", "value": "1"},
            {"name": "log_min_duration_statement", "value": "500", "applyMethod": "immediate"},
            {"name": "max_connections", "value": "200", "applyMethod": "pending-reboot"},
        ],
        "tags": {"Name": "parameters"},
    },
    update=lambda world: {
        "parameters": [
            {"name": "rds.force_ssl", "value": "1"},
            {"name": "log_min_duration_statement", "value": "250", "applyMethod": "immediate"},
        ],
        "tags": {"Name": "renamed"},
    },
    replace={"family": "postgres17", "description": "other"},
    delete_first=True,
    drift=_loosen,
    drifted="parameters",
    rejected=(
        ({"name": "Upper"}, "name", "lower case"),
        (
            {"parameters": [{"name": "a", "value": "b", "applyMethod": "never"}]},
            "parameters[0].applyMethod",
            "pending-reboot",
        ),
        ({"parameters": [{"name": "a"}]}, "parameters[0].value", "required"),
        ({"family": None}, "family", "required"),
    ),
)


def _lengthen_backups(world: World, state: State) -> None:
    world.client("rds").modify_db_instance(
        DBInstanceIdentifier=state["identifier"], BackupRetentionPeriod=3, ApplyImmediately=True
    )


INSTANCE = Case(
    type="aws:rds/instance:Instance",
    inputs=lambda world: {
        "identifier": f"database-{world.number()}",
        "engine": "postgres",
        "engineVersion": "18",
        "instanceClass": "db.t4g.micro",
        "allocatedStorage": 20,
        "maxAllocatedStorage": 100,
        "storageType": "gp3",
        "storageEncrypted": True,
        "kmsKeyId": world.keys[0]["arn"],
        "dbName": "app",
        "port": 5432,
        "username": "platform",
        "manageMasterUserPassword": True,
        "masterUserSecretKmsKeyId": world.keys[1]["arn"],
        "iamDatabaseAuthenticationEnabled": True,
        "dbSubnetGroupName": world.subnet_group,
        "vpcSecurityGroupIds": [world.security_group(), world.security_group()],
        "publiclyAccessible": False,
        "multiAz": False,
        "caCertIdentifier": "rds-ca-rsa2048-g1",
        "backupRetentionPeriod": 7,
        "backupWindow": "02:00-03:00",
        "maintenanceWindow": "sun:04:00-sun:05:00",
        "copyTagsToSnapshot": True,
        "deletionProtection": False,
        "skipFinalSnapshot": True,
        "applyImmediately": True,
        "tags": {"Name": "database"},
    },
    update=lambda world: {
        "instanceClass": "db.t4g.small",
        "allocatedStorage": 30,
        "backupRetentionPeriod": 14,
        "vpcSecurityGroupIds": [world.security_group()],
        "copyTagsToSnapshot": False,
        "tags": {"Name": "renamed"},
    },
    replace={"storageEncrypted": False, "dbName": "other", "identifier": "other"},
    delete_first=True,
    drift=_lengthen_backups,
    drifted="backupRetentionPeriod",
    import_id=lambda state: state["identifier"],
    moving=frozenset({"latestRestorableTime"}),
    not_imported=frozenset({"applyImmediately", "engineVersion", "skipFinalSnapshot"}),
    rejected=(
        ({"identifier": "Upper"}, "identifier", "lower case"),
        ({"instanceClass": None}, "instanceClass", "required"),
        ({"allocatedStorage": "20"}, "allocatedStorage", "integer"),
        ({"password": "hunter2hunter2"}, "password", "conflicts"),
        ({"blueGreenUpdate": {"enabled": True}}, "blueGreenUpdate", "no API call"),
        ({"databaseInsightsMode": "expert"}, "databaseInsightsMode", "standard, advanced"),
    ),
)

CASES = (
    SUBNET_GROUP,
    PARAMETER_GROUP,
    INSTANCE,
)
