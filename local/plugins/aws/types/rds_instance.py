"""RDS instances."""

from __future__ import annotations

from typing import Any

from local.plugins.aws.calls import Create, Read, Step, Update
from local.plugins.aws.entry import Entry, Identity, Inputs, Name, Outputs, Wait
from local.plugins.aws.rules import lower_case, not_both
from local.plugins.aws.scope import Scope
from local.plugins.aws.types.rds_groups import RDS_TAGS
from local.plugins.framework.comparison import Comparison
from local.plugins.framework.failure import ProviderError
from local.plugins.framework.plugin import Properties

_NAMES = {
    "backupWindow": "PreferredBackupWindow",
    "caCertIdentifier": "CACertificateIdentifier",
    "customerOwnedIpEnabled": "EnableCustomerOwnedIp",
    "enabledCloudwatchLogsExports": "EnableCloudwatchLogsExports",
    "iamDatabaseAuthenticationEnabled": "EnableIAMDatabaseAuthentication",
    "identifier": "DBInstanceIdentifier",
    "instanceClass": "DBInstanceClass",
    "maintenanceWindow": "PreferredMaintenanceWindow",
    "parameterGroupName": "DBParameterGroupName",
    "password": "MasterUserPassword",
    "performanceInsightsEnabled": "EnablePerformanceInsights",
    "username": "MasterUsername",
}
# Not `identifier`: RDS would rename the instance, but its address would change all the same.
_MUTABLE = frozenset(
    {
        "allocatedStorage",
        "autoMinorVersionUpgrade",
        "backupRetentionPeriod",
        "backupWindow",
        "caCertIdentifier",
        "copyTagsToSnapshot",
        "customerOwnedIpEnabled",
        "databaseInsightsMode",
        "dbSubnetGroupName",
        "dedicatedLogVolume",
        "deletionProtection",
        "engineLifecycleSupport",
        "engineVersion",
        "iamDatabaseAuthenticationEnabled",
        "instanceClass",
        "iops",
        "licenseModel",
        "maintenanceWindow",
        "manageMasterUserPassword",
        "masterUserSecretKmsKeyId",
        "maxAllocatedStorage",
        "monitoringInterval",
        "monitoringRoleArn",
        "multiAz",
        "networkType",
        "optionGroupName",
        "parameterGroupName",
        "password",
        "performanceInsightsEnabled",
        "performanceInsightsKmsKeyId",
        "performanceInsightsRetentionPeriod",
        "port",
        "publiclyAccessible",
        "storageThroughput",
        "storageType",
        "vpcSecurityGroupIds",
    }
)
_INSTANCE = {"DBInstanceIdentifier": "{identifier}"}


def _set_log_exports(scope: Scope, old: Properties, new: Properties) -> None:
    before = set(old.get("enabledCloudwatchLogsExports") or [])
    after = set(new.get("enabledCloudwatchLogsExports") or [])
    changes = {"EnableLogTypes": sorted(after - before), "DisableLogTypes": sorted(before - after)}
    scope.call(
        "ModifyDBInstance",
        **scope.render(_INSTANCE),
        ApplyImmediately=bool(new.get("applyImmediately")),
        CloudwatchLogsExportConfiguration={name: types for name, types in changes.items() if types},
    )


def _release(scope: Scope) -> None:
    state = scope.state
    parameters: dict[str, Any] = {
        "SkipFinalSnapshot": bool(state.get("skipFinalSnapshot")),
        "DeleteAutomatedBackups": bool(state.get("deleteAutomatedBackups", True)),
    }
    if not parameters["SkipFinalSnapshot"]:
        if not state.get("finalSnapshotIdentifier"):
            raise ProviderError(
                f"{scope.target}: finalSnapshotIdentifier is required to delete an instance "
                "whose skipFinalSnapshot is false"
            )
        parameters["FinalDBSnapshotIdentifier"] = state["finalSnapshotIdentifier"]
    scope.call("DeleteDBInstance", **scope.render(_INSTANCE), **parameters)


def _refine(scope: Scope, found: Any, outputs: Properties) -> Properties:
    secret = found.get("MasterUserSecret") or {}
    actual = found["EngineVersion"]
    wanted = scope.prior.get("engineVersion") or actual
    pinned = wanted == actual or actual.startswith(f"{wanted}.")
    secrets = {
        "kmsKeyId": secret.get("KmsKeyId"),
        "secretArn": secret.get("SecretArn"),
        "secretStatus": secret.get("SecretStatus"),
    }
    address, port = outputs.get("address"), outputs.get("port")
    return {
        "endpoint": f"{address}:{port}" if address else None,
        # "18" in the program means any 18.x.
        "engineVersion": wanted if pinned else actual,
        "engineVersionActual": actual,
        "manageMasterUserPassword": True if secret else None,
        "masterUserSecrets": [secrets] if secret else [],
    }


INSTANCE = Entry(
    type="aws:rds/instance:Instance",
    service="rds",
    identity=Identity(
        id="DBInstance.DbiResourceId",
        name=Name(property="identifier", longest=63, lower=True),
        import_id="{identifier}",
        locate=lambda scope: scope.call(
            "DescribeDBInstances", DBInstanceIdentifier=scope.state["identifier"]
        )["DBInstances"][0]["DbiResourceId"],
    ),
    create=Create(operation="CreateDBInstance"),
    read=Read(operation="DescribeDBInstances", fixed=_INSTANCE, at="DBInstances[0]"),
    updates=(
        Update(
            operation="ModifyDBInstance",
            fixed={
                **_INSTANCE,
                "AllowMajorVersionUpgrade": "{allowMajorVersionUpgrade}",
                "ApplyImmediately": "{applyImmediately}",
            },
            takes=_MUTABLE,
            names={"port": "DBPortNumber"},
        ),
        Step(takes=frozenset({"enabledCloudwatchLogsExports"}), run=_set_log_exports),
    ),
    delete=_release,
    tags=RDS_TAGS,
    wait=Wait(
        at="DBInstanceStatus",
        done=frozenset({"available", "storage-optimization"}),
        failed=frozenset({"failed", "incompatible-parameters", "incompatible-network"}),
    ),
    names=_NAMES,
    inputs=Inputs(
        defaults={
            "allowMajorVersionUpgrade": False,
            "applyImmediately": False,
            "autoMinorVersionUpgrade": True,
            "copyTagsToSnapshot": False,
            "deleteAutomatedBackups": True,
            "monitoringInterval": 0,
            "publiclyAccessible": False,
            "skipFinalSnapshot": False,
        },
        computed=frozenset(
            {
                "allocatedStorage",
                "availabilityZone",
                "backupRetentionPeriod",
                "backupTarget",
                "backupWindow",
                "caCertIdentifier",
                "characterSetName",
                "databaseInsightsMode",
                "dbName",
                "dbSubnetGroupName",
                "engineLifecycleSupport",
                "engineVersion",
                "iops",
                "kmsKeyId",
                "licenseModel",
                "maintenanceWindow",
                "masterUserSecretKmsKeyId",
                "monitoringRoleArn",
                "multiAz",
                "networkType",
                "optionGroupName",
                "parameterGroupName",
                "performanceInsightsKmsKeyId",
                "performanceInsightsRetentionPeriod",
                "port",
                "storageThroughput",
                "storageType",
                "timezone",
                "username",
                "vpcSecurityGroupIds",
            }
        ),
        flags=frozenset(
            {
                "allowMajorVersionUpgrade",
                "applyImmediately",
                "deleteAutomatedBackups",
                "finalSnapshotIdentifier",
                "skipFinalSnapshot",
            }
        ),
        secrets=frozenset({"password"}),
        rules=(
            not_both("identifier", "identifierPrefix"),
            not_both("manageMasterUserPassword", "password"),
            lower_case("identifier"),
        ),
    ),
    outputs=Outputs(
        values={
            "address": "Endpoint.Address",
            "arn": "DBInstanceArn",
            "dbSubnetGroupName": "DBSubnetGroup.DBSubnetGroupName",
            "masterUserSecretKmsKeyId": "MasterUserSecret.KmsKeyId",
            "optionGroupName": "OptionGroupMemberships[0].OptionGroupName",
            "parameterGroupName": "DBParameterGroups[0].DBParameterGroupName",
            "port": "Endpoint.Port",
            "resourceId": "DbiResourceId",
            "status": "DBInstanceStatus",
            "vpcSecurityGroupIds": "VpcSecurityGroups[].VpcSecurityGroupId",
        },
        # The endpoint's port is where the server listens; this is the port of the create call.
        asked={"port": "DbInstancePort"},
        unread=frozenset({"password"}),
        volatile=frozenset({"engineVersionActual", "latestRestorableTime"}),
        refine=_refine,
    ),
    comparison=Comparison(sets=frozenset({"enabledCloudwatchLogsExports", "vpcSecurityGroupIds"})),
)

ENTRIES = (INSTANCE,)
