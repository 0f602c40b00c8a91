"""How EC2 tags its objects: in the create call by kind, later by id."""

from __future__ import annotations

from local.plugins.aws.calls import Read
from local.plugins.aws.entry import Tagging


def ec2_tags(kind: str, *, target: str = "{id}") -> Tagging:
    """Tags of an EC2 object. ``kind`` is EC2's ResourceType, ``target`` the text of its id."""
    return Tagging(
        create="TagSpecifications",
        create_form="specification",
        kind=kind,
        add="CreateTags",
        remove="DeleteTags",
        target={"Resources": [target]},
        keys_member="Tags",
    )


def by_name_tag(prefix: str) -> Read:
    """The ids of objects that bear the program's Name tag. ``prefix`` is that of the kind's ids."""
    return Read(
        operation="DescribeTags",
        fixed={
            "Filters": [
                {"Name": "key", "Values": ["Name"]},
                {"Name": "value", "Values": ["{tags.Name}"]},
            ]
        },
        at=f"Tags[?starts_with(ResourceId, '{prefix}')].ResourceId",
    )


def filters(**values: str) -> list[dict[str, object]]:
    """EC2's Filters parameter: ``vpc_id="{id}"`` becomes the filter ``vpc-id``."""
    return [{"Name": name.replace("_", "-"), "Values": [text]} for name, text in values.items()]
