"""The webhooks of the API server that stands for EKS: who asks, and what it may do.

Access entries themselves are kept by local.endpoint.eks.
"""

from local.endpoint.webhooks.authentication import Authenticator
from local.endpoint.webhooks.authorization import Authorizer

__all__ = ["Authenticator", "Authorizer"]
