"""Launch templates: each change is a new version."""

from __future__ import annotations

from dataclasses import replace

from local.plugins.aws.entry import Call, Delete, Entry, Name, Read, Step, Update
from local.plugins.aws.rules import not_both
from local.plugins.aws.scope import Scope
from local.plugins.aws.types.ec2_tags import ec2_tags, filters
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
    create=Call(
        operation="CreateLaunchTemplate",
        inside="LaunchTemplateData",
        takes=_DATA,
        beside={"name": "LaunchTemplateName", "description": "VersionDescription"},
    ),
    id="LaunchTemplate.LaunchTemplateId",
    read=Read(
        operation="DescribeLaunchTemplates",
        fixed={"LaunchTemplateIds": ["{id}"]},
        at="LaunchTemplates[0]",
    ),
    more=(
        Read(
            operation="DescribeLaunchTemplateVersions",
            fixed={"LaunchTemplateId": "{id}", "Versions": ["$Latest"]},
            at="LaunchTemplateVersions[0]",
            into={"*": "LaunchTemplateData", "description": "VersionDescription"},
        ),
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
    name=Name(longest=125),
    names={
        **_NAMES,
        "name": "LaunchTemplateName",
        "latestVersion": "LatestVersionNumber",
        "defaultVersion": "DefaultVersionNumber",
    },
    computed=frozenset({"defaultVersion"}),
    flags=frozenset({"updateDefaultVersion"}),
    comparison=Comparison(
        sets=frozenset({"vpcSecurityGroupIds", "securityGroupNames", "tagSpecifications"})
    ),
    outputs={"arn": "arn:{partition}:ec2:{region}:{account}:launch-template/{id}"},
    volatile=frozenset({"latestVersion", "defaultVersion"}),
    rules=(not_both("name", "namePrefix"),),
)

ENTRIES = (LAUNCH_TEMPLATE,)
