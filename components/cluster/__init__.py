"""The EKS cluster: control plane, nodes, access, add-ons, workload identities, namespaces."""

from components.cluster.access import AccessGrant, AccessPolicy, grants_partition_faults
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
    "grants_partition_faults",
    "taken_namespace_faults",
]
