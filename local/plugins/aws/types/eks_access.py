"""Who may use an EKS cluster, and which AWS role its pods have."""

from __future__ import annotations

from local.plugins.aws.calls import Create, Delete, Read, Update
from local.plugins.aws.entry import Entry, Identity, Inputs, Outputs
from local.plugins.aws.types.eks_tags import EKS_TAGS
from local.plugins.framework.comparison import Comparison

_PRINCIPAL = {"clusterName": "{clusterName}", "principalArn": "{principalArn}"}

ACCESS_ENTRY = Entry(
    type="aws:eks/accessEntry:AccessEntry",
    service="eks",
    identity=Identity(id="{clusterName}:{principalArn}"),
    create=Create(operation="CreateAccessEntry"),
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
    inputs=Inputs(
        defaults={"type": "STANDARD"},
        computed=frozenset({"kubernetesGroups", "userName"}),
    ),
    outputs=Outputs(volatile=frozenset({"modifiedAt"})),
    comparison=Comparison(sets=frozenset({"kubernetesGroups"})),
)

ACCESS_POLICY_ASSOCIATION = Entry(
    type="aws:eks/accessPolicyAssociation:AccessPolicyAssociation",
    service="eks",
    identity=Identity(id="{clusterName}#{principalArn}#{policyArn}"),
    create=Create(operation="AssociateAccessPolicy"),
    read=Read(
        operation="ListAssociatedAccessPolicies",
        fixed=_PRINCIPAL,
        at="associatedAccessPolicies[?policyArn == '{policyArn}'] | [0]",
    ),
    delete=Delete(
        operation="DisassociateAccessPolicy", fixed={**_PRINCIPAL, "policyArn": "{policyArn}"}
    ),
    outputs=Outputs(values={"clusterName": "{clusterName}", "principalArn": "{principalArn}"}),
    comparison=Comparison(sets=frozenset({"accessScope.namespaces"})),
)

_ASSOCIATION = {"clusterName": "{clusterName}", "associationId": "{id}"}

POD_IDENTITY_ASSOCIATION = Entry(
    type="aws:eks/podIdentityAssociation:PodIdentityAssociation",
    service="eks",
    identity=Identity(
        id="association.associationId",
        import_id="{clusterName},{associationId}",
        locate=lambda scope: scope.state["associationId"],
        pending=Read(
            operation="ListPodIdentityAssociations",
            fixed={
                "clusterName": "{clusterName}",
                "namespace": "{namespace}",
                "serviceAccount": "{serviceAccount}",
            },
            at="associations[].join(',', [clusterName, associationId])",
        ),
    ),
    create=Create(operation="CreatePodIdentityAssociation"),
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
    inputs=Inputs(computed=frozenset({"disableSessionTags"})),
    comparison=Comparison(documents=frozenset({"policy"})),
)

ENTRIES = (ACCESS_ENTRY, ACCESS_POLICY_ASSOCIATION, POD_IDENTITY_ASSOCIATION)
