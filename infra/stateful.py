"""What holds state, and is therefore neither replaced nor deleted unless the stack file says so."""

from __future__ import annotations

from collections.abc import Collection

import pulumi
from pulumi import ResourceOptions, ResourceTransformationArgs, ResourceTransformationResult

VPC = "aws:ec2/vpc:Vpc"
SUBNET = "aws:ec2/subnet:Subnet"
CLUSTER = "aws:eks/cluster:Cluster"
DATABASE = "aws:rds/instance:Instance"
KEY = "aws:kms/key:Key"
SECRET = "aws:secretsmanager/secret:Secret"  # noqa: S105 a type
LOG_GROUP = "aws:cloudwatch/logGroup:LogGroup"
# Not protected by the engine: most are deleted as they should. The program refuses some.
NAMESPACE = "kubernetes:core/v1:Namespace"
# The database's name has it: another one is another database.
SUFFIX = "random:index/randomId:RandomId"
BUCKETS = frozenset({"aws:s3/bucket:Bucket", "aws:s3/bucketV2:BucketV2"})
STATEFUL = frozenset({VPC, SUBNET, CLUSTER, DATABASE, KEY, SECRET, LOG_GROUP, SUFFIX}) | BUCKETS


def protect(allow_replace: Collection[str]) -> None:
    """Let the engine refuse to replace or delete what holds state, in a preview too.

    `allow_replace`: names of resources that it may. Of these nothing is left in AWS either.
    """

    def protected(args: ResourceTransformationArgs) -> ResourceTransformationResult | None:
        if args.type_ not in STATEFUL:
            return None
        allowed = args.name in allow_replace
        own = ResourceOptions(protect=not allowed, retain_on_delete=False if allowed else None)
        return ResourceTransformationResult(
            props=args.props, opts=ResourceOptions.merge(args.opts, own)
        )

    pulumi.runtime.register_stack_transformation(protected)
