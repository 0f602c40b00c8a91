"""Amazon EKS, whole: clusters, node groups, add-ons, access entries, Pod Identity.

moto's own EKS lacks most of this and drops arguments, so this one answers in its place.
The Kubernetes side (tokens, authorization) is not here but in local.cloud.kubernetes.
"""

from local.cloud.eks.call import Kubernetes
from local.cloud.eks.service import EksService
from local.cloud.eks.store import AccessEntry, Cluster, EksStore

__all__ = ["AccessEntry", "Cluster", "EksService", "EksStore", "Kubernetes"]
