"""What EKS remembers: the clusters of one account and region, with all that is in them."""

from dataclasses import dataclass, field
from typing import Any

from local.endpoint.eks.errors import not_found

# A resource as the API describes it, in the API's own field names.
Description = dict[str, Any]


@dataclass(kw_only=True)
class AccessEntry:
    """A principal's way into a cluster.

    policies: associated access policies by policy ARN.
    """

    description: Description
    policies: dict[str, Description] = field(default_factory=dict)


@dataclass(kw_only=True)
class Cluster:
    """A cluster and all that belongs to it, each by its name (updates by id, entries by ARN)."""

    description: Description
    nodegroups: dict[str, Description] = field(default_factory=dict)
    addons: dict[str, Description] = field(default_factory=dict)
    entries: dict[str, AccessEntry] = field(default_factory=dict)
    associations: dict[str, Description] = field(default_factory=dict)
    updates: dict[str, Description] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The cluster's name."""
        return self.description["name"]

    @property
    def version(self) -> str:
        """Its Kubernetes version, such as ``1.34``."""
        return self.description["version"]

    def nodegroup(self, name: str) -> Description:
        """A node group; raises EksError if there is none."""
        if name not in self.nodegroups:
            raise not_found(f"No node group found for name: {name}.")
        return self.nodegroups[name]

    def addon(self, name: str) -> Description:
        """An add-on; raises EksError if there is none."""
        if name not in self.addons:
            raise not_found(f"No addon: {name} found in cluster: {self.name}")
        return self.addons[name]

    def entry(self, principal_arn: str) -> AccessEntry:
        """An access entry; raises EksError if there is none."""
        if principal_arn not in self.entries:
            raise not_found(
                f"The specified principalArn could not be found: {principal_arn} has no "
                f"access entry in cluster {self.name}"
            )
        return self.entries[principal_arn]

    def association(self, identity: str) -> Description:
        """A Pod Identity association by its id; raises EksError if there is none."""
        if identity not in self.associations:
            raise not_found(f"Association not found: {identity} in cluster {self.name}")
        return self.associations[identity]

    def tagged(self) -> dict[str, Description]:
        """Everything that can bear tags, by ARN."""
        return {
            self.description["arn"]: self.description,
            **{group["nodegroupArn"]: group for group in self.nodegroups.values()},
            **{addon["addonArn"]: addon for addon in self.addons.values()},
            **{e.description["accessEntryArn"]: e.description for e in self.entries.values()},
            **{pod["associationArn"]: pod for pod in self.associations.values()},
        }


@dataclass(kw_only=True)
class EksStore:
    """The clusters of one account and region, by name."""

    clusters: dict[str, Cluster] = field(default_factory=dict)

    def cluster(self, name: str) -> Cluster:
        """A cluster; raises EksError if there is none."""
        if name not in self.clusters:
            raise not_found(f"No cluster found for name: {name}.")
        return self.clusters[name]
