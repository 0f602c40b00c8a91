"""Every resource type that the plugin knows."""

from local.plugins.aws.entry import Entry
from local.plugins.aws.types import (
    ec2_endpoint,
    ec2_gateways,
    ec2_network,
    ec2_routing,
    ec2_security,
    ec2_template,
    eks_access,
    eks_cluster,
    eks_nodes,
    iam,
    kms,
    logs,
    rds_groups,
    rds_instance,
    secrets,
)

ENTRIES: tuple[Entry, ...] = (
    *ec2_network.ENTRIES,
    *ec2_gateways.ENTRIES,
    *ec2_routing.ENTRIES,
    *ec2_security.ENTRIES,
    *ec2_endpoint.ENTRIES,
    *ec2_template.ENTRIES,
    *logs.ENTRIES,
    *iam.ENTRIES,
    *kms.ENTRIES,
    *secrets.ENTRIES,
    *eks_cluster.ENTRIES,
    *eks_nodes.ENTRIES,
    *eks_access.ENTRIES,
    *rds_groups.ENTRIES,
    *rds_instance.ENTRIES,
)
