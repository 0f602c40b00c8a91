"""Corrections of moto's services other than EKS and RDS, one file for each subject.

Each says what is wrong in moto; when moto has corrected it the file can go.
"""

from local.cloud.gaps import (
    gateway_endpoints,
    keys,
    launch_templates,
    log_groups,
    security_group_rules,
)


def install() -> None:
    """Applies all corrections. Call it before the first request."""
    gateway_endpoints.install()
    keys.install()
    launch_templates.install()
    log_groups.install()
    security_group_rules.install()
