"""Pod Identity associations: which IAM role the pods of a service account get."""

from typing import Any

from moto.moto_api._internal import mock_random

from local.endpoint.eks.call import Call, Operation
from local.endpoint.eks.errors import in_use, invalid_request
from local.endpoint.eks.references import require_role
from local.endpoint.eks.store import Cluster, Description

SERVICE = "pods.eks.amazonaws.com"


def create_pod_identity_association(call: Call) -> dict[str, Any]:
    """CreatePodIdentityAssociation."""
    association = associate(
        call,
        call.cluster(),
        namespace=call["namespace"],
        service_account=call["serviceAccount"],
        role_arn=call["roleArn"],
    )
    association["tags"] = dict(call.get("tags", {}))
    _set_options(call, association)
    return {"association": association}


def associate(
    call: Call,
    cluster: Cluster,
    *,
    namespace: str,
    service_account: str,
    role_arn: str,
    owner_arn: str | None = None,
) -> Description:
    """Makes an association; `owner_arn` is the add-on's that it belongs to, if any."""
    for other in cluster.associations.values():
        if (other["namespace"], other["serviceAccount"]) == (namespace, service_account):
            raise in_use(
                f"Association already exists: {other['associationId']} for service account "
                f"{namespace}/{service_account} in cluster {cluster.name}"
            )
    require_role(call, role_arn, trusted=SERVICE)
    identity = "a-" + mock_random.get_random_string(17).lower()
    association: Description = {
        "clusterName": cluster.name,
        "namespace": namespace,
        "serviceAccount": service_account,
        "roleArn": role_arn,
        "associationArn": call.arn(f"podidentityassociation/{cluster.name}/{identity}"),
        "associationId": identity,
        "tags": {},
        "createdAt": call.now,
        "modifiedAt": call.now,
        "disableSessionTags": False,
    }
    if owner_arn:
        association["ownerArn"] = owner_arn
    cluster.associations[identity] = association
    return association


def describe_pod_identity_association(call: Call) -> dict[str, Any]:
    """DescribePodIdentityAssociation."""
    return {"association": call.cluster().association(call["associationId"])}


def update_pod_identity_association(call: Call) -> dict[str, Any]:
    """UpdatePodIdentityAssociation: another role, target role, policy or session tags."""
    association = _own(call)
    role = call.get("roleArn")
    if role:
        require_role(call, role, trusted=SERVICE)
        association["roleArn"] = role
    _set_options(call, association)
    association["modifiedAt"] = call.now
    return {"association": association}


def delete_pod_identity_association(call: Call) -> dict[str, Any]:
    """DeletePodIdentityAssociation."""
    association = _own(call)
    del call.cluster().associations[association["associationId"]]
    return {"association": association}


def list_pod_identity_associations(call: Call) -> dict[str, Any]:
    """ListPodIdentityAssociations, all or those of a namespace or service account."""
    wanted = call.given("namespace", "serviceAccount")
    found = [
        association
        for association in call.cluster().associations.values()
        if all(association[name] == value for name, value in wanted.items())
    ]
    page, following = call.page(found)
    return {"associations": page, "nextToken": following}


def _own(call: Call) -> Description:
    association = call.cluster().association(call["associationId"])
    if "ownerArn" in association:
        raise invalid_request(
            f"Association {association['associationId']} belongs to {association['ownerArn']}: "
            "change it there"
        )
    return association


def _set_options(call: Call, association: Description) -> None:
    target = call.get("targetRoleArn")
    association.update(call.given("disableSessionTags", "policy"))
    if target:
        association["targetRoleArn"] = target
        association.setdefault("externalId", str(mock_random.uuid4()))
    elif target == "":
        association.pop("targetRoleArn", None)
        association.pop("externalId", None)


OPERATIONS: dict[str, Operation] = {
    "CreatePodIdentityAssociation": create_pod_identity_association,
    "DescribePodIdentityAssociation": describe_pod_identity_association,
    "UpdatePodIdentityAssociation": update_pod_identity_association,
    "DeletePodIdentityAssociation": delete_pod_identity_association,
    "ListPodIdentityAssociations": list_pod_identity_associations,
}
