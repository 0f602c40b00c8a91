"""Launch templates: each change is a new version."""

from __future__ import annotations

from dataclasses import replace

from local.plugins.aws.calls import Create, Delete, Read, Step, Update
from local.plugins.aws.entry import Entry, Identity, Inputs, Name, Outputs
from local.plugins.aws.rules import not_both
from local.plugins.aws.scope import Scope
from local.plugins.aws.types.ec2_tags import by_name_tag, ec2_tags, filters
from local.plugins.framework.comparison import Comparison
from local.plugins.framework.plugin import Properties

_DATA = frozenset(
    {
        "blockDeviceMappings",
        "capacityReservationSpecification",
        "cpuOptions",
        "creditSpecification",
        "disableApiStop",
        "disableApiTermination",
        "ebsOptimized",
        "enclaveOptions",
        "hibernationOptions",
        "iamInstanceProfile",
        "imageId",
        "instanceInitiatedShutdownBehavior",
        "instanceMarketOptions",
        "instanceRequirements",
        "instanceType",
        "kernelId",
        "keyName",
        "licenseSpecifications",
        "maintenanceOptions",
        "metadataOptions",
        "monitoring",
        "networkInterfaces",
        "networkPerformanceOptions",
        "placement",
        "privateDnsNameOptions",
        "ramDiskId",
        "securityGroupNames",
        "tagSpecifications",
        "userData",
        "vpcSecurityGroupIds",
    }
)
_NAMES = {
    "hibernationOptions.configured": "Configured",
    "networkInterfaces.securityGroups": "Groups",
    "securityGroupNames": "SecurityGroups",
    "vpcSecurityGroupIds": "SecurityGroupIds",
}


def _set_default(scope: Scope, old: Properties, new: Properties) -> None:
    """Runs after a new version was made, and when the program names another default."""
    version = new.get("defaultVersion")
    if new.get("updateDefaultVersion"):
        found = scope.call("DescribeLaunchTemplates", LaunchTemplateIds=[scope.state["id"]])
        version = found["LaunchTemplates"][0]["LatestVersionNumber"]
    if version is not None:
        scope.call(
            "ModifyLaunchTemplate",
            LaunchTemplateId=scope.state["id"],
            DefaultVersion=str(version),
        )


LAUNCH_TEMPLATE = Entry(
    type="aws:ec2/launchTemplate:LaunchTemplate",
    service="ec2",
    identity=Identity(
        id="LaunchTemplate.LaunchTemplateId",
        name=Name(longest=125),
        pending=by_name_tag("lt-"),
    ),
    create=Create(
        operation="CreateLaunchTemplate",
        inside="LaunchTemplateData",
        takes=_DATA,
        beside={"name": "LaunchTemplateName", "description": "VersionDescription"},
    ),
    read=Read(
        operation="DescribeLaunchTemplates",
        fixed={"LaunchTemplateIds": ["{id}"]},
        at="LaunchTemplates[0]",
    ),
    updates=(
        Update(
            operation="CreateLaunchTemplateVersion",
            fixed={"LaunchTemplateId": "{id}"},
            inside="LaunchTemplateData",
            beside={"description": "VersionDescription"},
            takes=_DATA | {"description"},
            whole=True,
            drops=True,
        ),
        Step(
            takes=_DATA | {"description", "defaultVersion", "updateDefaultVersion"},
            run=_set_default,
        ),
    ),
    delete=Delete(operation="DeleteLaunchTemplate", fixed={"LaunchTemplateId": "{id}"}),
    # The local endpoint's description of a template shows the tags of its creation for ever.
    tags=replace(
        ec2_tags("launch-template"),
        listing=Read(
            operation="DescribeTags", fixed={"Filters": filters(resource_id="{id}")}, at="Tags"
        ),
    ),
    names={
        **_NAMES,
        "name": "LaunchTemplateName",
        "latestVersion": "LatestVersionNumber",
        "defaultVersion": "DefaultVersionNumber",
    },
    inputs=Inputs(
        computed=frozenset({"defaultVersion"}),
        flags=frozenset({"updateDefaultVersion"}),
        rules=(not_both("name", "namePrefix"),),
    ),
    outputs=Outputs(
        more=(
            Read(
                operation="DescribeLaunchTemplateVersions",
                fixed={"LaunchTemplateId": "{id}", "Versions": ["$Latest"]},
                at="LaunchTemplateVersions[0]",
                into={"*": "LaunchTemplateData", "description": "VersionDescription"},
            ),
        ),
        values={"arn": "arn:{partition}:ec2:{region}:{account}:launch-template/{id}"},
        volatile=frozenset({"latestVersion", "defaultVersion"}),
    ),
    comparison=Comparison(
        sets=frozenset({"vpcSecurityGroupIds", "securityGroupNames", "tagSpecifications"})
    ),
)

ENTRIES = (LAUNCH_TEMPLATE,)
