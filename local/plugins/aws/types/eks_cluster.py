"""EKS clusters."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from local.plugins.aws.calls import NONE, Create, Delete, Read, Step, Update
from local.plugins.aws.entry import Entry, Identity, Inputs, Name, Outputs, Replacement, Wait
from local.plugins.aws.scope import Scope
from local.plugins.aws.types.eks_tags import EKS_TAGS
from local.plugins.framework.comparison import Comparison
from local.plugins.framework.plugin import Properties

_CREATOR = "accessConfig.bootstrapClusterCreatorAdminPermissions"
_LOG_TYPES = ("api", "audit", "authenticator", "controllerManager", "scheduler")


def _logging(types: list[str] | None) -> dict[str, Any]:
    """EKS is told what to log and what not."""
    wanted = set(types or [])
    setups = [{"types": sorted(wanted), "enabled": True}] if wanted else []
    others = sorted(set(_LOG_TYPES) - wanted)
    if others:
        setups.append({"types": others, "enabled": False})
    return {"clusterLogging": setups}


def _prepare(inputs: Properties) -> Mapping[str, Any]:
    types = inputs.get("enabledClusterLogTypes")
    return {"logging": _logging(types)} if types else {}


def _set_logging(scope: Scope, old: Properties, new: Properties) -> None:
    logging = _logging(new.get("enabledClusterLogTypes"))
    scope.call("UpdateClusterConfig", name=scope.state["id"], logging=logging)


def _set_encryption(scope: Scope, old: Properties, new: Properties) -> None:
    """Secrets of a running cluster can be put under a key once; EKS refuses the rest."""
    config = new.get("encryptionConfig") or {}
    scope.call(
        "AssociateEncryptionConfig",
        clusterName=scope.state["id"],
        encryptionConfig=[
            {
                "resources": config.get("resources"),
                "provider": {"keyArn": config.get("provider", {}).get("keyArn")},
            }
        ],
    )


def _vpc_step(*names: str) -> Step:
    """EKS changes who reaches the endpoint and where the cluster lies in calls of their own."""

    def run(scope: Scope, old: Properties, new: Properties) -> None:
        before, after = old.get("vpcConfig") or {}, new.get("vpcConfig") or {}
        wanted = {name: after[name] for name in names if after.get(name) is not None}
        if wanted and any(before.get(name) != value for name, value in wanted.items()):
            scope.call("UpdateClusterConfig", name=scope.state["id"], resourcesVpcConfig=wanted)

    return Step(takes=frozenset({"vpcConfig"}), run=run)


def _update(take: str, leaves: frozenset[str] = NONE) -> Update:
    """EKS takes one kind of change at a time."""
    return Update(
        operation="UpdateClusterConfig",
        fixed={"name": "{id}"},
        takes=frozenset({take}),
        leaves=leaves,
    )


def _refine(scope: Scope, found: Any, outputs: Properties) -> Properties:
    issuer = found.get("identity", {}).get("oidc", {}).get("issuer")
    identities = [{"oidcs": [{"issuer": issuer}]}] if issuer else []
    return {"identities": identities}


CLUSTER = Entry(
    type="aws:eks/cluster:Cluster",
    service="eks",
    identity=Identity(id="{name}", name=Name(longest=100)),
    create=Create(
        operation="CreateCluster",
        prepare=_prepare,
    ),
    read=Read(operation="DescribeCluster", fixed={"name": "{id}"}, at="cluster"),
    updates=(
        _vpc_step("endpointPrivateAccess", "endpointPublicAccess", "publicAccessCidrs"),
        _vpc_step("subnetIds", "securityGroupIds"),
        _update("accessConfig", leaves=frozenset({_CREATOR})),
        _update("upgradePolicy"),
        _update("deletionProtection"),
        _update("zonalShiftConfig"),
        Step(takes=frozenset({"enabledClusterLogTypes"}), run=_set_logging),
        Step(takes=frozenset({"encryptionConfig"}), run=_set_encryption),
        Update(
            operation="UpdateClusterVersion",
            fixed={"name": "{id}"},
            takes=frozenset({"version"}),
        ),
    ),
    delete=Delete(operation="DeleteCluster", fixed={"name": "{id}"}),
    tags=EKS_TAGS,
    wait=Wait(at="status", done=frozenset({"ACTIVE"}), failed=frozenset({"FAILED"})),
    names={"vpcConfig": "resourcesVpcConfig"},
    inputs=Inputs(
        defaults={"bootstrapSelfManagedAddons": True},
        computed=frozenset(
            {
                "accessConfig",
                "deletionProtection",
                "vpcConfig.clusterSecurityGroupId",
                "vpcConfig.controlPlaneEgressMode",
                "vpcConfig.endpointPrivateAccess",
                "vpcConfig.endpointPublicAccess",
                "vpcConfig.publicAccessCidrs",
                "vpcConfig.securityGroupIds",
                "vpcConfig.vpcId",
                "kubernetesNetworkConfig",
                "kubernetesNetworkConfig.elasticLoadBalancing",
                "kubernetesNetworkConfig.ipFamily",
                "kubernetesNetworkConfig.serviceIpv4Cidr",
                "kubernetesNetworkConfig.serviceIpv6Cidr",
                "upgradePolicy",
                "version",
                "zonalShiftConfig",
            }
        ),
        flags=frozenset({"forceUpdateVersion"}),
        unimported=frozenset({"vpcConfig.clusterSecurityGroupId", "vpcConfig.vpcId"}),
    ),
    outputs=Outputs(
        values={"enabledClusterLogTypes": "logging.clusterLogging[?enabled].types[]"},
        unread=frozenset({_CREATOR, "bootstrapSelfManagedAddons"}),
        volatile=frozenset({"platformVersion"}),
        refine=_refine,
    ),
    comparison=Comparison(
        sets=frozenset(
            {
                "enabledClusterLogTypes",
                "encryptionConfig.resources",
                "vpcConfig.publicAccessCidrs",
                "vpcConfig.securityGroupIds",
                "vpcConfig.subnetIds",
            }
        )
    ),
    replacement=Replacement(
        by=frozenset(
            {
                _CREATOR,
                "encryptionConfig.provider",
                "encryptionConfig.resources",
            }
        ),
    ),
)

_ADDON = {"clusterName": "{clusterName}", "addonName": "{addonName}"}


def _release_addon(scope: Scope) -> None:
    scope.call(
        "DeleteAddon", **scope.render(_ADDON), preserve=bool(scope.state.get("preserve", False))
    )


ADDON = Entry(
    type="aws:eks/addon:Addon",
    service="eks",
    identity=Identity(id="{clusterName}:{addonName}"),
    create=Create(operation="CreateAddon", names={"resolveConflictsOnCreate": "resolveConflicts"}),
    read=Read(operation="DescribeAddon", fixed=_ADDON, at="addon"),
    updates=(
        Update(
            operation="UpdateAddon",
            fixed=_ADDON,
            takes=frozenset(
                {
                    "addonVersion",
                    "configurationValues",
                    "podIdentityAssociations",
                    "resolveConflictsOnUpdate",
                    "serviceAccountRoleArn",
                }
            ),
            names={"resolveConflictsOnUpdate": "resolveConflicts"},
            whole=True,
            drops=True,
        ),
    ),
    delete=_release_addon,
    tags=EKS_TAGS,
    wait=Wait(
        at="status",
        done=frozenset({"ACTIVE"}),
        failed=frozenset({"CREATE_FAILED", "UPDATE_FAILED", "DEGRADED"}),
    ),
    inputs=Inputs(
        computed=frozenset({"addonVersion", "configurationValues", "namespaceConfig"}),
        flags=frozenset({"preserve", "resolveConflictsOnCreate", "resolveConflictsOnUpdate"}),
    ),
    outputs=Outputs(
        values={"arn": "addonArn"},
        # Reported as ARNs of associations, not as the pairs that were given.
        unread=frozenset({"podIdentityAssociations"}),
        volatile=frozenset({"modifiedAt"}),
    ),
    comparison=Comparison(
        sets=frozenset({"podIdentityAssociations"}), documents=frozenset({"configurationValues"})
    ),
)

ENTRIES = (CLUSTER, ADDON)
