"""Who may use an EKS cluster, and which AWS role its pods have."""

from __future__ import annotations

from local.plugins.aws.entry import Call, Delete, Entry, Read, Update
from local.plugins.aws.types.eks_tags import EKS_TAGS
from local.plugins.framework.comparison import Comparison

_PRINCIPAL = {"clusterName": "{clusterName}", "principalArn": "{principalArn}"}

ACCESS_ENTRY = Entry(
    type="aws:eks/accessEntry:AccessEntry",
    service="eks",
    create=Call(operation="CreateAccessEntry"),
    id="{clusterName}:{principalArn}",
    read=Read(operation="DescribeAccessEntry", fixed=_PRINCIPAL, at="accessEntry"),
    updates=(
        Update(
            operation="UpdateAccessEntry",
            fixed=_PRINCIPAL,
            takes=frozenset({"kubernetesGroups", "userName"}),
        ),
    ),
    delete=Delete(operation="DeleteAccessEntry", fixed=_PRINCIPAL),
    tags=EKS_TAGS,
    defaults={"type": "STANDARD"},
    computed=frozenset({"kubernetesGroups", "userName"}),
    comparison=Comparison(sets=frozenset({"kubernetesGroups"})),
    volatile=frozenset({"modifiedAt"}),
)

ACCESS_POLICY_ASSOCIATION = Entry(
    type="aws:eks/accessPolicyAssociation:AccessPolicyAssociation",
    service="eks",
    create=Call(operation="AssociateAccessPolicy"),
    id="{clusterName}#{principalArn}#{policyArn}",
    read=Read(
        operation="ListAssociatedAccessPolicies",
        fixed=_PRINCIPAL,
        at="associatedAccessPolicies[?policyArn == '{policyArn}'] | [0]",
    ),
    delete=Delete(
        operation="DisassociateAccessPolicy", fixed={**_PRINCIPAL, "policyArn": "{policyArn}"}
    ),
    comparison=Comparison(sets=frozenset({"accessScope.namespaces"})),
    outputs={"clusterName": "{clusterName}", "principalArn": "{principalArn}"},
)

_ASSOCIATION = {"clusterName": "{clusterName}", "associationId": "{id}"}

POD_IDENTITY_ASSOCIATION = Entry(
    type="aws:eks/podIdentityAssociation:PodIdentityAssociation",
    service="eks",
    create=Call(operation="CreatePodIdentityAssociation"),
    id="association.associationId",
    read=Read(operation="DescribePodIdentityAssociation", fixed=_ASSOCIATION, at="association"),
    updates=(
        Update(
            operation="UpdatePodIdentityAssociation",
            fixed=_ASSOCIATION,
            takes=frozenset({"disableSessionTags", "policy", "roleArn", "targetRoleArn"}),
        ),
    ),
    delete=Delete(operation="DeletePodIdentityAssociation", fixed=_ASSOCIATION),
    tags=EKS_TAGS,
    computed=frozenset({"disableSessionTags"}),
    comparison=Comparison(documents=frozenset({"policy"})),
    import_id="{clusterName},{associationId}",
    locate=lambda scope: scope.state["associationId"],
)

ENTRIES = (ACCESS_ENTRY, ACCESS_POLICY_ASSOCIATION, POD_IDENTITY_ASSOCIATION)
