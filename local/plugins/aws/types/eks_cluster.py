"""EKS clusters."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from local.plugins.aws.entry import NONE, Call, Delete, Entry, Name, Read, Step, Update, Wait
from local.plugins.aws.scope import Scope
from local.plugins.aws.types.eks_tags import EKS_TAGS
from local.plugins.aws.waiting import until_ready
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


def _set_vpc(scope: Scope, old: Properties, new: Properties) -> None:
    """EKS changes who reaches the endpoint and where the cluster lies in calls of their own."""
    before, after = old.get("vpcConfig") or {}, new.get("vpcConfig") or {}
    for names in (
        ("endpointPrivateAccess", "endpointPublicAccess", "publicAccessCidrs"),
        ("subnetIds", "securityGroupIds"),
    ):
        wanted = {name: after[name] for name in names if after.get(name) is not None}
        if wanted and any(before.get(name) != value for name, value in wanted.items()):
            scope.call("UpdateClusterConfig", name=scope.state["id"], resourcesVpcConfig=wanted)
            until_ready(scope)


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
    create=Call(operation="CreateCluster"),
    prepare=_prepare,
    id="{name}",
    read=Read(operation="DescribeCluster", fixed={"name": "{id}"}, at="cluster"),
    updates=(
        Step(takes=frozenset({"vpcConfig"}), run=_set_vpc),
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
    name=Name(longest=100),
    names={"vpcConfig": "resourcesVpcConfig"},
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
    unimported=frozenset({"vpcConfig.clusterSecurityGroupId", "vpcConfig.vpcId"}),
    flags=frozenset({"forceUpdateVersion"}),
    unread=frozenset({_CREATOR, "bootstrapSelfManagedAddons"}),
    replaces=frozenset(
        {
            _CREATOR,
            "encryptionConfig.provider",
            "encryptionConfig.resources",
        }
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
    volatile=frozenset({"platformVersion"}),
    outputs={"enabledClusterLogTypes": "logging.clusterLogging[?enabled].types[]"},
    wait=Wait(at="status", done=frozenset({"ACTIVE"}), failed=frozenset({"FAILED"})),
    refine=_refine,
)

_ADDON = {"clusterName": "{clusterName}", "addonName": "{addonName}"}


def _release_addon(scope: Scope) -> None:
    scope.call(
        "DeleteAddon", **scope.render(_ADDON), preserve=bool(scope.state.get("preserve", False))
    )


ADDON = Entry(
    type="aws:eks/addon:Addon",
    service="eks",
    create=Call(operation="CreateAddon", names={"resolveConflictsOnCreate": "resolveConflicts"}),
    id="{clusterName}:{addonName}",
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
    release=_release_addon,
    tags=EKS_TAGS,
    computed=frozenset({"addonVersion", "configurationValues", "namespaceConfig"}),
    flags=frozenset({"preserve", "resolveConflictsOnCreate", "resolveConflictsOnUpdate"}),
    # Reported as ARNs of associations, not as the pairs that were given.
    unread=frozenset({"podIdentityAssociations"}),
    comparison=Comparison(
        sets=frozenset({"podIdentityAssociations"}), documents=frozenset({"configurationValues"})
    ),
    outputs={"arn": "addonArn"},
    volatile=frozenset({"modifiedAt"}),
    wait=Wait(
        at="status",
        done=frozenset({"ACTIVE"}),
        failed=frozenset({"CREATE_FAILED", "UPDATE_FAILED", "DEGRADED"}),
    ),
)

ENTRIES = (CLUSTER, ADDON)
