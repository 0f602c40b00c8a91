"""Every resource type that the plugin knows."""

from local.aws import ec2_network, ec2_security, iam
from local.aws.entry import Entry

ENTRIES: tuple[Entry, ...] = (
    *ec2_network.ENTRIES,
    *ec2_security.ENTRIES,
    *iam.ENTRIES,
)
