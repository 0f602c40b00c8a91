"""Amazon EKS, whole: clusters, node groups, add-ons, access entries, Pod Identity.

moto's own EKS lacks most of this and drops arguments, so this one answers in its place.
The Kubernetes side (tokens, authorization) is not here but in local.endpoint.webhooks.
"""

from local.endpoint.eks.call import Kubernetes
from local.endpoint.eks.service import EksService
from local.endpoint.eks.store import AccessEntry, Cluster, EksStore

__all__ = ["AccessEntry", "Cluster", "EksService", "EksStore", "Kubernetes"]
