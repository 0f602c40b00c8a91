"""The platform: network -> cluster -> database -> secrets -> gitops, inside the migrations.

The schema is expanded before the applications are deployed, and contracted after.
"""

from __future__ import annotations

import pulumi
import pulumi_aws as aws
from pulumi import Resource, ResourceOptions

from components.account import AwsAccount
from components.cluster import (
    Cluster,
    ClusterArgs,
    Namespace,
    NamespaceArgs,
    WorkloadIdentity,
    WorkloadIdentityArgs,
)
from components.database import Postgresql, PostgresqlArgs
from components.encryption import EncryptionKey, EncryptionKeyArgs
from components.gitops import (
    Application,
    ApplicationArgs,
    ArgoCd,
    ArgoCdArgs,
    Project,
    ProjectArgs,
)
from components.migration import (
    MigratorJobArgs,
    ZeroDowntimeMigration,
    ZeroDowntimeMigrationArgs,
)
from components.network import Vpc, VpcArgs
from components.secrets import (
    ApplicationSecrets,
    ApplicationSecretsArgs,
    ClusterSecretStore,
    ClusterSecretStoreArgs,
    ExternalSecret,
    ExternalSecretArgs,
    ExternalSecretsOperator,
    ExternalSecretsOperatorArgs,
)
from infra import changes, settings

stack = changes.guarded_settings()
for notice in settings.notices(stack):
    pulumi.log.warn(notice)
account = AwsAccount(id=aws.get_caller_identity_output().account_id, region=stack.region)
logs_key = EncryptionKey(
    "logs",
    EncryptionKeyArgs(
        account=account,
        description="Logs of network, cluster and database",
        log_groups=True,
        outlives_stack=True,
        tags=stack.tags,
    ),
)

network = Vpc(
    "network",
    VpcArgs.of(stack.network, account=account, log_key_arn=logs_key.arn, tags=stack.tags),
)

cluster = Cluster(
    "cluster",
    ClusterArgs.of(stack.cluster, network=network, log_key_arn=logs_key.arn, tags=stack.tags),
)


def in_cluster(*after: Resource) -> ResourceOptions:
    """Options for what runs in the cluster, `after` something else."""
    return ResourceOptions(providers=[cluster.provider], depends_on=list(after))


database = Postgresql(
    "database",
    PostgresqlArgs.of(
        stack.database,
        network=network,
        clients={"cluster": cluster.security_group_id},
        log_key_arn=logs_key.arn,
        tags=stack.tags,
    ),
)

application_secrets = ApplicationSecrets(
    "application-secrets",
    ApplicationSecretsArgs.of(stack.secrets.values, account=account, tags=stack.tags),
)
operator = ExternalSecretsOperator(
    "external-secrets",
    ExternalSecretsOperatorArgs.of(
        stack.secrets.operator,
        cluster_name=cluster.cluster_name,
        account=account,
        key_arn=application_secrets.key_arn,
        tags=stack.tags,
    ),
    opts=in_cluster(),
)
store = ClusterSecretStore(
    stack.secrets.store.name,
    ClusterSecretStoreArgs.of(stack.secrets.store, region=stack.region),
    opts=in_cluster(operator.ready),
)
# A destroy goes the other way. An object with an operator's finalizer, such as an ExternalSecret,
# holds its namespace until that operator has released it: the operators are the last to go. Argo
# CD's own namespace may hold ExternalSecrets, too.
argo_cd = ArgoCd("argo-cd", ArgoCdArgs.of(stack.gitops), opts=in_cluster(store.ready))
operators = (store.ready, argo_cd.ready)
application_namespaces = {
    name: Namespace(name, NamespaceArgs(name=name), opts=in_cluster(*operators)).namespace
    for name in stack.application_namespaces()
}

for name, secret in stack.secrets.external_secrets.items():
    ExternalSecret(
        name,
        ExternalSecretArgs.of(
            secret,
            name=name,
            namespace=application_namespaces[secret.namespace],
            store_name=store.store_name,
        ),
        opts=in_cluster(),
    )

migrator_job = None
if stack.migrations.job is not None:
    migrator = WorkloadIdentity(
        "migrator",
        WorkloadIdentityArgs(
            cluster_name=cluster.cluster_name,
            namespace=stack.migrations.job.namespace,
            service_account=stack.migrations.job.service_account,
            policy=database.secret_policy,
            tags=stack.tags,
        ),
        opts=in_cluster(*operators),
    )
    migrator_job = MigratorJobArgs.of(
        stack.migrations.job,
        namespace=migrator.namespace,
        service_account=migrator.service_account,
    )

projects = {
    name: Project(
        name,
        ProjectArgs.of(project, name=name, namespace=argo_cd.namespace),
        opts=in_cluster(argo_cd.ready),
    )
    for name, project in stack.gitops.projects.items()
}


def deploy_applications(after: ResourceOptions) -> list[Application]:
    """The applications, which Argo CD deploys once they are there."""
    return [
        Application(
            name,
            ApplicationArgs.of(
                application,
                name=name,
                namespace=argo_cd.namespace,
                project=projects[application.project].project_name,
                destination_namespace=application_namespaces[application.destination_namespace],
            ),
            opts=ResourceOptions.merge(in_cluster(), after),
        )
        for name, application in stack.gitops.applications.items()
    ]


# Expand the schema, then the applications, then fill old rows, then contract what is approved.
schema = ZeroDowntimeMigration(
    "schema",
    ZeroDowntimeMigrationArgs.of(
        stack.migrations,
        host=database.address,
        port=database.port,
        database=database.database_name,
        secret_arn=database.secret_arn,
        region=stack.region,
        postgres_version=int(stack.database.version.partition(".")[0]),
        job=migrator_job,
        application=deploy_applications,
    ),
    opts=in_cluster(),
)

for name, value in {
    "region": stack.region,
    "vpc_id": network.vpc_id,
    "nat_public_ips": network.nat_public_ips,
    "cluster_name": cluster.cluster_name,
    "cluster_endpoint": cluster.endpoint,
    "kubeconfig": cluster.kubeconfig,
    "database_address": database.address,
    "database_port": database.port,
    "database_name": database.database_name,
    "database_secret_arn": database.secret_arn,
    "schema_revision": schema.revision,
    "application_secret_arns": application_secrets.secret_arns,
    "argo_cd_namespace": argo_cd.namespace,
}.items():
    pulumi.export(name, value)
