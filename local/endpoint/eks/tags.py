"""Tags of everything in EKS that can bear them."""

from typing import Any

from local.endpoint.eks.call import Call, Operation
from local.endpoint.eks.errors import EksError


def tag_resource(call: Call) -> dict[str, Any]:
    """TagResource."""
    _tags(call).update(call["tags"])
    return {}


def untag_resource(call: Call) -> dict[str, Any]:
    """UntagResource."""
    tags = _tags(call)
    for key in call["tagKeys"]:
        tags.pop(key, None)
    return {}


def list_tags_for_resource(call: Call) -> dict[str, Any]:
    """ListTagsForResource."""
    return {"tags": _tags(call)}


def _tags(call: Call) -> dict[str, str]:
    arn = call["resourceArn"]
    for cluster in call.store.clusters.values():
        tagged = cluster.tagged()
        if arn in tagged:
            return tagged[arn].setdefault("tags", {})
    raise EksError("NotFoundException", 404, f"Resource was not found: {arn}")


OPERATIONS: dict[str, Operation] = {
    "TagResource": tag_resource,
    "UntagResource": untag_resource,
    "ListTagsForResource": list_tags_for_resource,
}
