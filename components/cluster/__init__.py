"""The EKS cluster: control plane, nodes, access, add-ons, workload identities, namespaces."""

from components.cluster.access import AccessGrant, AccessPolicy
from components.cluster.cluster import Cluster, ClusterArgs, ClusterSettings
from components.cluster.instance_types import Architecture
from components.cluster.namespace import Namespace, NamespaceArgs, taken_namespace_faults
from components.cluster.nodes import NodeGroup, NodeGroupArgs, NodePool
from components.cluster.pod_identity import PodIdentity, PodIdentityArgs
from components.cluster.workload_identity import WorkloadIdentity, WorkloadIdentityArgs

__all__ = [
    "AccessGrant",
    "AccessPolicy",
    "Architecture",
    "Cluster",
    "ClusterArgs",
    "ClusterSettings",
    "Namespace",
    "NamespaceArgs",
    "NodeGroup",
    "NodeGroupArgs",
    "NodePool",
    "PodIdentity",
    "PodIdentityArgs",
    "WorkloadIdentity",
    "WorkloadIdentityArgs",
    "taken_namespace_faults",
]
