"""Which access policies an access entry has, and how far they reach."""

from typing import Any

from local.endpoint.eks.access_policies import NAMES, policy_arn
from local.endpoint.eks.call import Call, Operation
from local.endpoint.eks.errors import invalid_parameter, invalid_request, not_found
from local.endpoint.eks.store import AccessEntry


def associate_access_policy(call: Call) -> dict[str, Any]:
    """AssociateAccessPolicy; a second call changes the scope."""
    entry = _entry(call)
    if entry.description["type"] != "STANDARD":
        raise invalid_request(
            f"Access policies cannot be associated with an entry of type "
            f"{entry.description['type']}"
        )
    arn = call["policyArn"]
    known = [policy_arn(call.partition, name) for name in NAMES]
    if arn not in known:
        raise invalid_parameter(
            f"The specified policyArn is invalid: {arn} is none of {', '.join(known)}"
        )
    scope = _checked_scope(call["accessScope"])
    earlier = entry.policies.get(arn)
    association = {
        "policyArn": arn,
        "accessScope": scope,
        "associatedAt": earlier["associatedAt"] if earlier else call.now,
        "modifiedAt": call.now,
    }
    entry.policies[arn] = association
    return {**_subject(call), "associatedAccessPolicy": association}


def disassociate_access_policy(call: Call) -> dict[str, Any]:
    """DisassociateAccessPolicy."""
    entry, arn = _entry(call), call["policyArn"]
    if arn not in entry.policies:
        raise not_found(
            f"The specified policyArn could not be found: {arn} is not associated with "
            f"{call['principalArn']}"
        )
    del entry.policies[arn]
    return {}


def list_associated_access_policies(call: Call) -> dict[str, Any]:
    """ListAssociatedAccessPolicies."""
    associations = [_entry(call).policies[arn] for arn in sorted(_entry(call).policies)]
    page, following = call.page(associations)
    return {**_subject(call), "associatedAccessPolicies": page, "nextToken": following}


def list_access_policies(call: Call) -> dict[str, Any]:
    """ListAccessPolicies: all that there are."""
    known = [{"name": name, "arn": policy_arn(call.partition, name)} for name in NAMES]
    page, following = call.page(known)
    return {"accessPolicies": page, "nextToken": following}


def _entry(call: Call) -> AccessEntry:
    return call.cluster().entry(call["principalArn"])


def _subject(call: Call) -> dict[str, str]:
    return {"clusterName": call.cluster().name, "principalArn": call["principalArn"]}


def _checked_scope(scope: dict[str, Any]) -> dict[str, Any]:
    kind, namespaces = scope.get("type"), list(scope.get("namespaces") or [])
    if kind == "namespace" and not namespaces:
        raise invalid_parameter("accessScope of type namespace needs at least one namespace")
    if kind == "cluster" and namespaces:
        raise invalid_parameter("accessScope of type cluster cannot name namespaces")
    if kind not in {"cluster", "namespace"}:
        raise invalid_parameter(f"accessScope type {kind} is none of cluster, namespace")
    return {"type": kind, "namespaces": namespaces}


OPERATIONS: dict[str, Operation] = {
    "AssociateAccessPolicy": associate_access_policy,
    "DisassociateAccessPolicy": disassociate_access_policy,
    "ListAssociatedAccessPolicies": list_associated_access_policies,
    "ListAccessPolicies": list_access_policies,
}
