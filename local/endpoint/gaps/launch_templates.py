"""EC2 launch templates: moto puts the template's own tags among those of its instances."""

from typing import Any

from moto.ec2.models import EC2Backend
from moto.ec2.models.launch_templates import LaunchTemplateBackend

from local.endpoint.replacement import check_before


def install() -> None:
    """Keeps a template's tags out of its data."""
    check_before(LaunchTemplateBackend, "create_launch_template", _remove_own_tags)


def _remove_own_tags(
    backend: EC2Backend, name: str, description: str, template_data: dict[str, Any], *_: Any
) -> None:
    tags = [
        item
        for item in template_data.get("TagSpecifications", [])
        if item.get("ResourceType") != "launch-template"
    ]
    if tags:
        template_data["TagSpecifications"] = tags
    else:
        template_data.pop("TagSpecifications", None)
