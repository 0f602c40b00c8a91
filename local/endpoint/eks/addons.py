"""Add-ons: the software that EKS installs into a cluster. Here it is only described."""

from typing import Any

import yaml

from local.endpoint.eks.addon_catalogue import CATALOGUE, AddonKind
from local.endpoint.eks.call import Call, Operation, new_uuid, record_update
from local.endpoint.eks.errors import in_use, invalid_parameter
from local.endpoint.eks.pod_identity import associate
from local.endpoint.eks.references import require_role
from local.endpoint.eks.store import Cluster, Description
from local.endpoint.eks.versions import SUPPORTED


def create_addon(call: Call) -> dict[str, Any]:
    """CreateAddon; it is ACTIVE at once."""
    cluster, kind = call.cluster(), _kind(call)
    if kind.name in cluster.addons:
        raise in_use(f"Addon already exists: {kind.name} in cluster {cluster.name}")
    if call.get("resolveConflicts") == "PRESERVE":
        raise invalid_parameter("resolveConflicts PRESERVE is for updates; use NONE or OVERWRITE")
    version = _checked_version(kind, cluster, call.get("addonVersion"))
    _check_settings(call)
    addon: Description = {
        "addonName": kind.name,
        "clusterName": cluster.name,
        "status": "ACTIVE",
        "addonVersion": version,
        "health": {"issues": []},
        "addonArn": call.arn(f"addon/{cluster.name}/{kind.name}/{new_uuid()}"),
        "createdAt": call.now,
        "modifiedAt": call.now,
        **call.given("serviceAccountRoleArn", "configurationValues"),
        "namespaceConfig": {"namespace": kind.namespace, **call.get("namespaceConfig", {})},
        "podIdentityAssociations": [],
        "owner": "aws",
        "publisher": "eks",
        "tags": dict(call.get("tags", {})),
    }
    _associate(call, cluster, addon, kind, call.get("podIdentityAssociations", []))
    cluster.addons[kind.name] = addon
    return {"addon": addon}


def describe_addon(call: Call) -> dict[str, Any]:
    """DescribeAddon."""
    return {"addon": call.cluster().addon(call["addonName"])}


def update_addon(call: Call) -> dict[str, Any]:
    """UpdateAddon: version, configuration, roles. Pod Identity roles are replaced as a whole."""
    cluster, kind = call.cluster(), _kind(call)
    addon = cluster.addon(kind.name)
    if call.get("addonVersion"):
        addon["addonVersion"] = _checked_version(kind, cluster, call["addonVersion"])
    _check_settings(call)
    addon.update(call.given("serviceAccountRoleArn", "configurationValues"))
    if call.get("podIdentityAssociations") is not None:
        _dissociate(cluster, addon)
        _associate(call, cluster, addon, kind, call["podIdentityAssociations"])
    addon["modifiedAt"] = call.now
    given = call.given(
        *("addonVersion", "serviceAccountRoleArn", "configurationValues"),
        *("resolveConflicts", "podIdentityAssociations"),
    )
    parameters = {name[0].upper() + name[1:]: value for name, value in given.items()}
    return {"update": record_update(call, cluster, "AddonUpdate", parameters)}


def delete_addon(call: Call) -> dict[str, Any]:
    """DeleteAddon, with its Pod Identity associations."""
    cluster = call.cluster()
    addon = cluster.addon(call["addonName"])
    _dissociate(cluster, addon)
    del cluster.addons[addon["addonName"]]
    return {"addon": {**addon, "status": "DELETING"}}


def list_addons(call: Call) -> dict[str, Any]:
    """ListAddons."""
    page, following = call.page(sorted(call.cluster().addons))
    return {"addons": page, "nextToken": following}


def describe_addon_versions(call: Call) -> dict[str, Any]:
    """DescribeAddonVersions, narrowed by add-on, Kubernetes version or type."""
    wanted = call.get("kubernetesVersion")
    clusters: set[str] = {wanted} if wanted else {*SUPPORTED}
    kinds = [
        kind
        for kind in CATALOGUE.values()
        if call.get("addonName", kind.name) == kind.name
        and kind.category in (call.get("types") or [kind.category])
    ]
    page, following = call.page(kinds)
    described = [_described(kind, clusters) for kind in page]
    return {"addons": described, "nextToken": following}


def _kind(call: Call) -> AddonKind:
    name = call["addonName"]
    if name not in CATALOGUE:
        raise invalid_parameter(
            f"Addon {name} specified is not supported, is none of {', '.join(sorted(CATALOGUE))}"
        )
    return CATALOGUE[name]


def _checked_version(kind: AddonKind, cluster: Cluster, version: str | None) -> str:
    fitting = kind.fitting(cluster.version)
    if not fitting:
        raise invalid_parameter(
            f"Addon {kind.name} specified is not supported in {cluster.version} kubernetes version"
        )
    if version is not None and version not in fitting:
        raise invalid_parameter(
            f"Addon version specified is not supported: {kind.name} {version} on Kubernetes "
            f"{cluster.version}, DescribeAddonVersions names those that are"
        )
    return version or fitting[0]


def _check_settings(call: Call) -> None:
    role, configuration = call.get("serviceAccountRoleArn"), call.get("configurationValues")
    if role:
        require_role(call, role)
    if configuration:
        try:
            parsed = yaml.safe_load(configuration)
        except yaml.YAMLError as error:
            raise invalid_parameter(
                f"ConfigurationValue provided in request is not supported: neither JSON nor "
                f"YAML: {error}"
            ) from error
        if not isinstance(parsed, dict):
            raise invalid_parameter(
                "ConfigurationValue provided in request is not supported: must be an object, is "
                f"{type(parsed).__name__}"
            )


def _associate(
    call: Call,
    cluster: Cluster,
    addon: Description,
    kind: AddonKind,
    wanted: list[dict[str, str]],
) -> None:
    for item in wanted:
        account = item["serviceAccount"]
        if account not in kind.service_accounts:
            raise invalid_parameter(
                f"Addon {kind.name} has no service account {account} for Pod Identity, has "
                f"{', '.join(kind.service_accounts) or 'none'}"
            )
        association = associate(
            call,
            cluster,
            namespace=addon["namespaceConfig"]["namespace"],
            service_account=account,
            role_arn=item["roleArn"],
            owner_arn=addon["addonArn"],
        )
        addon["podIdentityAssociations"].append(association["associationArn"])


def _dissociate(cluster: Cluster, addon: Description) -> None:
    for arn in addon["podIdentityAssociations"]:
        del cluster.associations[arn.rpartition("/")[2]]
    addon["podIdentityAssociations"] = []


def _described(kind: AddonKind, clusters: set[str]) -> dict[str, Any]:
    defaults = {cluster: kind.fitting(cluster)[:1] for cluster in clusters}
    versions = [
        {
            "addonVersion": version,
            "architecture": ["amd64", "arm64"],
            "computeTypes": ["ec2", "auto"],
            "compatibilities": [
                {
                    "clusterVersion": cluster,
                    "platformVersions": ["*"],
                    "defaultVersion": defaults[cluster] == [version],
                }
                for cluster in fitting
                if cluster in clusters
            ],
            "requiresConfiguration": False,
            "requiresIamPermissions": bool(kind.service_accounts),
        }
        for version, fitting in kind.versions().items()
        if clusters & set(fitting)
    ]
    return {
        "addonName": kind.name,
        "type": kind.category,
        "addonVersions": versions,
        "publisher": "eks",
        "owner": "aws",
        "defaultNamespace": kind.namespace,
    }


OPERATIONS: dict[str, Operation] = {
    "CreateAddon": create_addon,
    "DescribeAddon": describe_addon,
    "UpdateAddon": update_addon,
    "DeleteAddon": delete_addon,
    "ListAddons": list_addons,
    "DescribeAddonVersions": describe_addon_versions,
}
