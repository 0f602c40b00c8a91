"""All cases."""

from tests.plugins.cases import (
    eks,
    iam,
    kms,
    launch_templates,
    log_groups,
    network,
    rds,
    secrets,
    security_groups,
)
from tests.plugins.cases.case import Case

CASES: tuple[Case, ...] = (
    *network.CASES,
    *security_groups.CASES,
    *iam.CASES,
    *kms.CASES,
    *log_groups.CASES,
    *secrets.CASES,
    *launch_templates.CASES,
    *eks.CASES,
    *rds.CASES,
)
