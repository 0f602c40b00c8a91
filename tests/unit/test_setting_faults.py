"""Each fault of a stack file has a message with its key, its value and what to do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.unit.stack_files import (
    FILE,
    VALID,
    drop,
    faults_of,
    put,
)

FAULTS = [
    # An unknown key names the nearest known one, at every depth.
    (put("network/ciddr", "x"), "network.ciddr", "did you mean 'cidr'?"),
    (
        put("cluster/node_pools/general/disk", 50),
        "cluster.node_pools.general.disk",
        "did you mean 'disk_gib'?",
    ),
    (
        put("gitops/applications/myapp/branch", "x"),
        "gitops.applications.myapp.branch",
        "unknown key",
    ),
    (
        put("secrets/external_secrets/app-secrets/data/0/proprety", "x"),
        "secrets.external_secrets.app-secrets.data[0].proprety",
        "did you mean 'property'?",
    ),
    # A missing setting.
    (drop("network/cidr"), "network.cidr", "is missing; add it, for example '10.0.0.0/16'"),
    (drop("database/version"), "database.version", "is missing; add it, for example '18.1'"),
    (drop("cluster/addons/coredns"), "cluster.addons", "give also the version of coredns"),
    (
        drop("cluster/node_pools/general/max_size"),
        "cluster.node_pools.general.max_size",
        "is missing",
    ),
    # A wrong type.
    (
        put("cluster/version", 1.3),
        "cluster.version",
        "1.3 is a number, where text belongs; put it in quotes, just as the file has it",
    ),
    # In the file an id that YAML takes for an octal number: 012345670123.
    (
        put("migrations/approved_contracts", [0o12345670123]),
        "migrations.approved_contracts[0]",
        "1402433619 is a number, where text belongs; put it in quotes, just as the file has it",
    ),
    (put("network/cidr", 10), "network.cidr", "give a network as text"),
    (
        put("network/flow_log_retention_days", "7"),
        "network.flow_log_retention_days",
        "'7' (text) cannot be used; give a whole number",
    ),
    (put("database/multi_az", "yes"), "database.multi_az", "give true or false"),
    (put("network/availability_zones", "eu-west-1a"), "network.availability_zones", "give a list"),
    (
        put("network/nat", "none"),
        "network.interface_endpoints",
        "without NAT, nodes and pods need ec2, ecr.api, ecr.dkr, eks, eks-auth, secretsmanager, sts"
        " as well",
    ),
    (put("network/nat", "one"), "network.nat", "'none', 'single' or 'per_az'"),
    (
        put("secrets/external_secrets/app-secrets/refresh_interval", "hourly"),
        "secrets.external_secrets.app-secrets.refresh_interval",
        "give a duration such as '1h'",
    ),
    (put("migrations/target", None), "migrations.target", "None (empty) cannot be used"),
    # Values that cannot work.
    (
        put("network/availability_zones/1", "us-east-1b"),
        "network.availability_zones[1]",
        "'us-east-1b' cannot be used; it lies outside the stack's region eu-west-1",
    ),
    (put("network/availability_zones", ["eu-west-1a"]), "network.availability_zones", "two"),
    (put("network/cidr", "10.0.0.0/24"), "network.cidr", "between /16 and /22"),
    (put("network/cidr", "10.0.0.1/16"), "network.cidr", "has host bits set"),
    (
        put("network/flow_log_retention_days", 8),
        "network.flow_log_retention_days",
        "CloudWatch Logs takes one of",
    ),
    (
        put("cluster/service_cidr", "10.0.128.0/17"),
        "cluster.service_cidr",
        "it overlaps the VPC's addresses 10.0.0.0/16 (groundwork:network.cidr)",
    ),
    # Nothing leads back from the subnets of the API server and of the database.
    (
        put("cluster/private_access_cidrs", ["10.0.0.0/18", "10.200.0.0/16"]),
        "cluster.private_access_cidrs[1]",
        "'10.200.0.0/16' cannot be used; it lies outside the VPC (10.0.0.0/16,"
        " groundwork:network.cidr), to which there is no route back yet",
    ),
    (
        put("cluster/private_access_cidrs", ["10.0.0.0/8"]),
        "cluster.private_access_cidrs[0]",
        "use `public_access_cidrs` for who is outside",
    ),
    (
        put("database/client_cidrs", ["192.168.0.0/16"]),
        "database.client_cidrs[0]",
        "use `groundwork:migrations.job` for who is outside",
    ),
    (
        put("cluster/public_access_cidrs", ["0.0.0.0/0"]),
        "cluster.public_access_cidrs[0]",
        "must not be open to everybody",
    ),
    (
        put("cluster/public_access_cidrs", ["203.0.113.0/24", "10.0.0.0/16"]),
        "cluster.public_access_cidrs[1]",
        "'10.0.0.0/16' cannot be used; it overlaps 10.0.0.0/8, which no caller from the internet"
        " has; private networks belong into private_access_cidrs",
    ),
    # Choices are named as they are to be written.
    (
        put("cluster/access/platform-engineer/policy", "cluster-admin"),
        "cluster.access.platform-engineer.policy",
        "'AmazonEKSClusterAdminPolicy', 'AmazonEKSAdminPolicy'",
    ),
    (
        put("cluster/access/platform-engineer/principal_arn", "root"),
        "cluster.access.platform-engineer.principal_arn",
        "give the ARN of an IAM user or role",
    ),
    (
        put("cluster/access/platform-engineer/policy", "AmazonEKSViewPolicy"),
        "cluster.access",
        "give at least one principal AmazonEKSClusterAdminPolicy",
    ),
    (
        put("cluster/access/platform-engineer/namespaces", ["My_Namespace"]),
        "cluster.access.platform-engineer.namespaces[0]",
        "lower-case letters",
    ),
    (
        put("cluster/node_pools/general/min_size", 9),
        "cluster.node_pools.general.max_size",
        "min_size (9) and max_size must ascend",
    ),
    (
        put("cluster/node_pools/general/min_size", -1),
        "cluster.node_pools.general.min_size",
        "-1 cannot be used; give 0 or more",
    ),
    (
        put("cluster/node_pools/general/desired_size", 99),
        "cluster.node_pools.general.desired_size",
        "99 cannot be used; min_size",
    ),
    *(
        (
            put("gitops/projects/default/source_repositories/0", f"https://github.com/org/{name}"),
            "gitops.projects.default.source_repositories[0]",
            "name each one, or set allow_wildcards",
        )
        for name in ("rep?", "rep[o]", "{rep,other}", "rep\\o", "*")
    ),
    (
        put("gitops/projects/default/source_repositories/0", "!https://github.com/org/repo"),
        "gitops.projects.default.source_repositories[0]",
        "name each one, or set allow_wildcards",
    ),
    *(
        (put("secrets/secret_prefixes", [prefix]), "secrets.secret_prefixes[0]", words)
        for prefix, words in (
            ("r", "it covers rds!…"),
            ("rds", "such as 'rds/'"),
            ("staging/${aws:PrincipalTag/x}", "give no ARN and no variable"),
            ("stäging/", "letters, digits and / _ + = . @ - only"),
            ("arn:aws:secretsmanager:eu-west-1:123456789012:secret:a/", "give no ARN"),
            ("a b/", "letters, digits"),
        )
    ),
    *(
        (
            put("gitops/applications/myapp/path", path),
            "gitops.applications.myapp.path",
            words,
        )
        for path, words in (
            ("../x", "give a path inside the repository"),
            ("a/../../b", "give a path inside the repository"),
            ("..", "give a path inside the repository"),
            ("/k8s", "give a path inside the repository"),
            ("", "name a folder of the repository"),
        )
    ),
    (
        put("cluster/node_pools/general/min_size", 0),
        "cluster.node_pools",
        "{'general': 0} cannot be used; let at least one run a node",
    ),
    (
        put("database/storage_gib", 500),
        "database.max_storage_gib",
        "100 cannot be used; RDS wants at least 10 % more than storage_gib (500): 550 or more",
    ),
    (
        put("migrations/script_location", "nowhere"),
        "migrations.script_location",
        "an alembic.ini",
    ),
    (put("migrations/target", "+1"), "migrations.target", "name a revision by its id, or head"),
    # What the history does not have, before the engine tells it in its own words.
    (
        put("migrations/target", "nope"),
        "migrations.target",
        "'nope' cannot be used; it is not a revision of",
    ),
    (put("migrations/target", "HEAD"), "migrations.target", "for the newest write head"),
    (
        put("migrations/approved_contracts", ["c6e8f1b35a92", "*"]),
        "migrations.approved_contracts[1]",
        "'*' cannot be used; it is not a contract revision's id; there are: c6e8f1b35a92",
    ),
    (
        put("migrations/approved_contracts", ["1f0c6a3b9d24"]),
        "migrations.approved_contracts[0]",
        "it is not a contract revision's id",
    ),
    (put("migrations/unapproved", "fail"), "migrations.approved_contracts", "c6e8f1b35a92"),
    (
        put("migrations/target", "c6e8f1b35a92"),
        "migrations.approved_contracts",
        "so c6e8f1b35a92 cannot be reached",
    ),
    (
        lambda values: values["groundwork:migrations"].update(
            {"ssl_mode": "verify-full", "ssl_root_cert": "/nope.pem"}
        ),
        "migrations.ssl_root_cert",
        "'/nope.pem' cannot be used; there is no such file on this machine, which migrates",
    ),
    (put("migrations/lint", "no"), "migrations.lint", "'fail', 'warn' or 'off'"),
    (put("migrations/unapproved", "off"), "migrations.unapproved", "'warn' or 'fail'"),
    (put("migrations/job", {"image": "migrator"}), "migrations.job.image", "name a version"),
    (put("migrations/job", {"image": "migrator:1"}), "migrations.backfills", "name the backfills"),
    (
        lambda values: values["groundwork:migrations"].update(
            {"job": {"image": "migrator:1"}, "backfills": ["users_emial"]}
        ),
        "migrations.backfills[0]",
        "it is not in migrations/backfills (there: users_email)",
    ),
    (put("secrets/chart/version", "latest"), "secrets.chart.version", "give an exact version"),
    (put("secrets/secret_prefixes", ["*"]), "secrets.secret_prefixes[0]", "without wildcards"),
    # Where the stack file has another name for it than the component.
    (put("secrets/operator_replicas", 0), "secrets.operator_replicas", "give at least 1"),
    (put("secrets/operator_replicas", "1"), "secrets.operator_replicas", "give a whole number"),
    (put("secrets/application_secrets", {"a b": ""}), "secrets.application_secrets", "letters"),
    (put("secrets/store", "AWS"), "secrets.store", "lower-case letters"),
    (put("secrets/replicas", 1), "secrets.replicas", "did you mean 'operator_replicas'?"),
    (
        put("secrets/external_secrets/app-secrets/data/0/key", "dev/database"),
        "secrets.external_secrets.app-secrets.data[0].key",
        "the operator may read prod/app/ only",
    ),
    (
        put("secrets/external_secrets/app-secrets/data/0/secret_key", ""),
        "secrets.external_secrets.app-secrets.data[0].secret_key",
        "letters, digits and ._- only",
    ),
    (
        put("secrets/external_secrets/app-secrets/namespace", "jobs"),
        "secrets.external_secrets.app-secrets.namespace",
        "add it to `namespaces`",
    ),
    (
        put("secrets/operator_namespace", "production"),
        "secrets.operator_namespace",
        "applications use it; name another namespace",
    ),
    (
        put("gitops/namespace", "external-secrets"),
        "gitops.namespace",
        "groundwork:secrets.operator_namespace makes it; name another namespace",
    ),
    (
        put("migrations/job", {"image": "migrator:1", "namespace": "Jobs"}),
        "migrations.job.namespace",
        "lower-case letters",
    ),
    (
        put("secrets/namespaces", ["production", "default"]),
        "secrets.namespaces[1]",
        "Kubernetes makes it by itself; name another namespace",
    ),
    (
        put("gitops/namespace", "kube-system"),
        "gitops.namespace",
        "Kubernetes makes it by itself",
    ),
    (
        put("gitops/highly_available", True),
        "gitops.highly_available",
        "True cannot be used; it needs three nodes, and all pools of groundwork:cluster.node_pools"
        " together run 1",
    ),
    (
        put("gitops/projects/default/destinations/0/namespace", "My_Namespace"),
        "gitops.projects.default.destinations[0].namespace",
        "lower-case letters",
    ),
    (
        put("gitops/applications/myapp/destination_namespace", "My_Namespace"),
        "gitops.applications.myapp.destination_namespace",
        "lower-case letters",
    ),
    (
        put("gitops/projects/default/source_repositories", ["*"]),
        "gitops.projects.default.source_repositories[0]",
        "allow_wildcards",
    ),
    (
        put("gitops/applications/myapp/retry", {"duration": "1h"}),
        "gitops.applications.myapp.retry.duration",
        "it exceeds max_duration (3m)",
    ),
    (
        put("gitops/applications/myapp/retry", {"limits": 1}),
        "gitops.applications.myapp.retry.limits",
        "did you mean 'limit'?",
    ),
    (
        put("gitops/applications/My_App", {**VALID["groundwork:gitops"]["applications"]["myapp"]}),
        "gitops.applications.My_App.name",
        "lower-case letters",
    ),
    (
        put("gitops/applications/myapp/project", "web"),
        "gitops.applications.myapp.project",
        "declare it in `projects` (default)",
    ),
    (
        put("gitops/applications/myapp/repository", "https://github.com/other/repo"),
        "gitops.applications.myapp.repository",
        "project default does not allow it",
    ),
    (
        put("gitops/applications/myapp/destination_namespace", "jobs"),
        "gitops.applications.myapp.destination_namespace",
        "project default does not allow it",
    ),
]


@pytest.mark.parametrize(("change", "key", "words"), FAULTS, ids=[row[1] for row in FAULTS])
def test_a_fault_names_file_key_and_remedy(
    change: Callable[[dict[str, Any]], None], key: str, words: str
) -> None:
    first = faults_of(change)[0]
    assert first.startswith(f"{FILE}: groundwork:{key}: ")
    assert words in first


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            lambda values: values.pop("aws:region"),
            "aws:region: is missing; add it, for example 'eu-west-1'",
        ),
        (
            lambda values: values.update({"aws:region": "Ireland"}),
            "aws:region: 'Ireland' is no region, such as 'eu-west-1'",
        ),
        (
            lambda values: values.update({"aws:region": "us-iso-east-1"}),
            "aws:region: 'us-iso-east-1' lies in the partition aws-iso, for which nobody has"
            " checked the platform",
        ),
        (
            lambda values: values.pop("groundwork:database"),
            "groundwork:database: is missing; docs/settings.md has its keys",
        ),
        (
            lambda values: values.update({"groundwork:netwrok": {}}),
            "groundwork:netwrok: unknown key; did you mean 'network'?",
        ),
        (
            lambda values: values.update({"groundwork:network": "10.0.0.0/16"}),
            "groundwork:network: '10.0.0.0/16' cannot be used; give a mapping",
        ),
        (
            lambda values: values.update(
                {"groundwork:tags": {f"tag-{number}": "a" for number in range(45)}}
            ),
            "groundwork:tags: 45 cannot be used; AWS takes 50 tags on a resource, and the platform"
            " and EKS add some of their own: give at most 44",
        ),
        (
            lambda values: values.update({"groundwork:tags": {"team": 7}}),
            "groundwork:tags.team: 7 cannot be used; tags are text",
        ),
        (
            lambda values: values.update({"groundwork:tags": {"aws:team": "a"}}),
            "groundwork:tags.aws:team: 'aws:team' cannot be used; AWS keeps tags that begin with"
            " 'aws:' for itself",
        ),
        (
            lambda values: values.update({"groundwork:tags": {"": "a"}}),
            "groundwork:tags: '' cannot be used; use 1 to 128 letters, digits, spaces and"
            " _ . : / = + - @",
        ),
        (
            lambda values: values.update({"groundwork:tags": {"cost centre #": "a"}}),
            "groundwork:tags.cost centre #: 'cost centre #' cannot be used; use 1 to 128 letters,"
            " digits, spaces and _ . : / = + - @",
        ),
        (
            lambda values: values.update({"groundwork:tags": {"k" * 129: "a"}}),
            f"groundwork:tags.{'k' * 129}: '{'k' * 129}' cannot be used; use 1 to 128 letters,"
            " digits, spaces and _ . : / = + - @",
        ),
        (
            lambda values: values.update({"groundwork:tags": {"team": "a\n"}}),
            "groundwork:tags.team: 'a\\n' cannot be used; use at most 256 letters, digits, spaces"
            " and _ . : / = + - @",
        ),
        (
            lambda values: values.update({"groundwork:tags": {"team": "v" * 257}}),
            f"groundwork:tags.team: '{'v' * 257}' cannot be used; use at most 256 letters, digits,"
            " spaces and _ . : / = + - @",
        ),
        (
            lambda values: values.update({"groundwork:tags": {"team": "a", "Team": "b"}}),
            "groundwork:tags.Team: 'Team' cannot be used; it differs from 'team' in case only,"
            " which IAM takes for the same",
        ),
        (
            lambda values: values.update({"groundwork:tags": {"name": "a"}}),
            "groundwork:tags.name: 'name' cannot be used; the platform gives every resource its own"
            " 'Name'",
        ),
    ],
)
def test_a_fault_of_a_whole_subject_is_one_message(
    change: Callable[[dict[str, Any]], object], message: str
) -> None:
    assert faults_of(change) == [f"{FILE}: {message}"]
