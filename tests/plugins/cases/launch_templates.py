"""Cases of EC2 launch templates."""

from __future__ import annotations

from tests.plugins.cases.case import Case
from tests.plugins.host import State
from tests.plugins.world import World


def _new_version(world: World, state: State) -> None:
    world.client("ec2").create_launch_template_version(
        LaunchTemplateId=state.id,
        LaunchTemplateData={"MetadataOptions": {"HttpTokens": "optional"}},
    )


_METADATA = {"httpEndpoint": "enabled", "httpTokens": "required", "httpPutResponseHopLimit": 1}

LAUNCH_TEMPLATE = Case(
    type="aws:ec2/launchTemplate:LaunchTemplate",
    inputs=lambda world: {
        "name": f"template-{world.number()}",
        "updateDefaultVersion": True,
        "description": "first",
        "metadataOptions": _METADATA,
        "blockDeviceMappings": [
            {
                "deviceName": "/dev/xvda",
                "ebs": {
                    "volumeSize": 20,
                    "volumeType": "gp3",
                    "encrypted": "true",
                    "deleteOnTermination": "true",
                },
            }
        ],
        "monitoring": {"enabled": True},
        "tagSpecifications": [{"resourceType": "instance", "tags": {"Name": "node"}}],
        "vpcSecurityGroupIds": [world.security_group()],
        "tags": {"Name": "template"},
    },
    update=lambda world: {
        "description": "second",
        "metadataOptions": {**_METADATA, "httpPutResponseHopLimit": 2},
        "monitoring": None,
        "tags": {"Name": "renamed"},
    },
    replace={"name": "other"},
    delete_first=True,
    drift=_new_version,
    drifted="metadataOptions",
    not_imported=frozenset({"updateDefaultVersion"}),
    rejected=(
        (
            {"metadataOptions": {"httpTokens": "always"}},
            "metadataOptions.httpTokens",
            "optional, required",
        ),
        (
            {"blockDeviceMappings": [{"ebs": {"volumeType": "gp4"}}]},
            "blockDeviceMappings[0].ebs.volumeType",
            "gp3",
        ),
        (
            {"blockDeviceMappings": [{"ebs": {"encrypted": "yes"}}]},
            "blockDeviceMappings[0].ebs.encrypted",
            "true or false",
        ),
        ({"metadataOptions": {"hops": 1}}, "metadataOptions.hops", "unknown property"),
    ),
)

CASES = (LAUNCH_TEMPLATE,)
