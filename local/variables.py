"""Environment variables of the user that would lead the local platform elsewhere."""

import os

FOREIGN = ("AWS_", "DATABASE_URL", "ETCD_", "KUBE", "MOTO_", "PG", "PULUMI_")
"""Prefixes of variables that name another cloud, cluster, database or stack, or that the programs
of the platform take settings from."""

KEPT = ("KUBEBUILDER_ASSETS", "PULUMI_K8S_DELETE_UNREACHABLE")
"""Those that stay all the same: one says where programs are, the other is what Pulumi advises to
set where a cluster is gone."""


def is_foreign(name: str) -> bool:
    """Whether a variable has to stay out."""
    return name.startswith(FOREIGN) and name not in KEPT


def drop_foreign() -> None:
    """Keeps the user's accounts and profiles from this process and from all that it starts."""
    for name in filter(is_foreign, list(os.environ)):
        del os.environ[name]
    # In the place of the files in the home folder: one that cannot be parsed ends botocore.
    os.environ.update(AWS_CONFIG_FILE=os.devnull, AWS_SHARED_CREDENTIALS_FILE=os.devnull)
