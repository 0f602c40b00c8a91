"""The webhooks of the API server that stands for EKS: who asks, and what it may do.

Access entries themselves are kept by local.cloud.eks.
"""

from local.cloud.kubernetes.authentication import Authenticator
from local.cloud.kubernetes.authorization import Authorizer

__all__ = ["Authenticator", "Authorizer"]
