"""Corrections of moto's services other than EKS and RDS, one file for each subject.

Each says what is wrong in moto; when moto has corrected it the file can go.
"""

from collections.abc import Callable

from local.endpoint.eks import EksStore
from local.endpoint.gaps import (
    deleted_secrets,
    gateway_endpoints,
    keys,
    launch_templates,
    log_groups,
    regions,
    security_group_rules,
)
from local.endpoint.gaps.dependencies import Dependencies


def install(*, eks: Callable[[str, str], EksStore]) -> None:
    """Applies all corrections. Call it before the first request.

    eks: the EKS clusters of an account and region, which use things of EC2.
    """
    Dependencies(eks).install()
    deleted_secrets.install()
    gateway_endpoints.install()
    keys.install()
    launch_templates.install()
    log_groups.install()
    regions.install()
    security_group_rules.install()
