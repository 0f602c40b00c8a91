"""The access policies that EKS comes with."""

CLUSTER_ADMIN = "AmazonEKSClusterAdminPolicy"
ADMIN = "AmazonEKSAdminPolicy"
ADMIN_VIEW = "AmazonEKSAdminViewPolicy"
EDIT = "AmazonEKSEditPolicy"
VIEW = "AmazonEKSViewPolicy"
NAMES = (ADMIN, ADMIN_VIEW, CLUSTER_ADMIN, EDIT, VIEW)


def policy_arn(partition: str, name: str) -> str:
    """The ARN of an access policy; it belongs to no account and no region."""
    return f"arn:{partition}:eks::aws:cluster-access-policy/{name}"


def policy_name(arn: str) -> str:
    """The name in an access policy's ARN."""
    return arn.rpartition("/")[2]
