"""The launch template that a node group names."""

from moto.ec2.models import ec2_backends

from local.endpoint.eks.call import Call
from local.endpoint.eks.errors import invalid_parameter


def resolved_template(call: Call, wanted: dict[str, str]) -> dict[str, str]:
    """The template's id, name and version number; the default version if none is named.

    Raises EksError unless exactly one of id and name is given and it exists.
    """
    ec2 = ec2_backends[call.account_id][call.region]
    identity, name = wanted.get("id"), wanted.get("name")
    if bool(identity) == bool(name):
        raise invalid_parameter("launchTemplate needs either an id or a name")
    template = next(
        (t for t in ec2.launch_templates.values() if identity == t.id or name == t.name), None
    )
    if template is None:
        raise invalid_parameter(f"Launch template {identity or name} does not exist")
    version = wanted.get("version") or "$Default"
    if version == "$Default":
        number = template.default_version_number
    elif version == "$Latest":
        number = template.latest_version_number
    elif version.isdigit() and int(version) in range(1, template.latest_version_number + 1):
        number = int(version)
    else:
        raise invalid_parameter(f"Launch template {template.id} has no version {version}")
    return {"id": template.id, "name": template.name, "version": str(number)}
