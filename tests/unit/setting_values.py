"""Every setting of a stack file by its path, with another value than the one it has there.

In a path `*` stands for the first key of a mapping, `0` for the first element of a list.
`allow_replace` itself is none of them.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from functools import cache
from typing import Any

import certifi

from tests.unit.stack_files import stack_file

CHART = {"repository": "https://charts.example.com", "version": "3.0.0"}
ROLE = "arn:aws:iam::123456789012:role/others"
JOB = {"image": "registry.example.com/migrator:1.4.2"}
# What a stack file need not have, so that what lies below can be changed, too.
REPOSITORIES = ["https://github.com/org/repo", "https://github.com/org/other"]
DESTINATIONS = [{"namespace": "third"}, {"namespace": "staging"}, {"namespace": "other"}]
PROJECT = {
    "description": "The applications of this platform",
    "source_repositories": REPOSITORIES,
    "destinations": DESTINATIONS,
}
ADMIN = {
    "principal_arn": "arn:aws:iam::123456789012:role/groundwork-deployment",
    "policy": "AmazonEKSClusterAdminPolicy",
}
DEVELOPERS = {
    "principal_arn": "arn:aws:iam::123456789012:role/developers",
    "policy": "AmazonEKSEditPolicy",
    "namespaces": ["staging"],
}
POOL = {"instance_types": ["t3.large"], "min_size": 3, "max_size": 6, "spot": True}
ADDONS = {
    "vpc-cni": "v1.22.4-eksbuild.3",
    "kube-proxy": "v1.35.0-eksbuild.2",
    "coredns": "v1.14.3-eksbuild.16",
    "eks-pod-identity-agent": "v1.3.10-eksbuild.3",
}
ADDED: Mapping[str, Mapping[str, Any]] = {
    "groundwork:cluster": {
        "version": "1.35",
        "addons": ADDONS,
        "access": {"developers": DEVELOPERS, "deployment": ADMIN},
        "node_pools": {"general": POOL},
    },
    "groundwork:migrations": {
        "waits": {"locks": "90s"},
        "backfill_pace": {"workers": 1},
        "ssl_mode": "verify-ca",
        "ssl_root_cert": certifi.where(),
        "backfills": ["users_email"],
        # Before the contract revision, so that this need not be approved.
        "target": "8d4f93a6e715",
    },
    "groundwork:secrets": {"namespaces": ["staging", "other"]},
    "groundwork:gitops": {
        "projects": {"default": PROJECT, "other": PROJECT},
        "applications": {
            "myapp": {
                "project": "default",
                "repository": REPOSITORIES[0],
                "path": "k8s/overlays/staging",
                "destination_namespace": "staging",
                "retry": {"limit": 3},
            }
        },
    },
}
VALUES: Mapping[str, Any] = {
    "aws:region": "eu-central-1",
    "tags": {"environment": "other", "managed-by": "groundwork"},
    "network.cidr": "10.99.0.0/16",
    "network.availability_zones": ["eu-west-1a", "eu-west-1b", "eu-west-1c"],
    "network.nat": "per_az",
    "network.nat_zone": "eu-west-1b",
    "network.interface_endpoints": ["ecr.api"],
    "network.flow_log_retention_days": 7,
    "cluster.name": "other",
    "cluster.version": "1.36",
    "cluster.service_cidr": "172.21.0.0/16",
    "cluster.public_access_cidrs": ["203.0.113.0/24"],
    "cluster.log_retention_days": 7,
    "cluster.support": "extended",
    "cluster.deletion_protection": False,
    "cluster.private_access_cidrs": ["10.10.0.0/20"],
    "cluster.access": {
        "developers": DEVELOPERS,
        "deployment": ADMIN,
        "others": {"principal_arn": ROLE, "policy": "AmazonEKSViewPolicy"},
    },
    "cluster.access.*.principal_arn": ROLE,
    "cluster.access.*.policy": "AmazonEKSViewPolicy",
    "cluster.access.*.namespaces": ["other"],
    "cluster.node_pools": {
        "general": POOL,
        "spare": {"instance_types": ["t3.large"], "min_size": 1, "max_size": 2},
    },
    "cluster.node_pools.*.instance_types": ["m7i.large"],
    "cluster.node_pools.*.min_size": 4,
    "cluster.node_pools.*.max_size": 8,
    "cluster.node_pools.*.desired_size": 4,
    "cluster.node_pools.*.architecture": "arm64",
    "cluster.node_pools.*.spot": False,
    "cluster.node_pools.*.disk_gib": 80,
    "cluster.node_pools.*.labels": {"tier": "general"},
    "cluster.addons": {**ADDONS, "vpc-cni": "v1.22.5-eksbuild.1"},
    "database.identifier": "other",
    "database.version": "18.2",
    "database.instance_class": "db.t4g.large",
    "database.database_name": "shop",
    "database.username": "owner",
    "database.client_cidrs": ["10.10.0.0/20"],
    "database.storage_gib": 40,
    "database.max_storage_gib": 200,
    "database.multi_az": True,
    "database.backup_retention_days": 3,
    "database.backup_window": "01:00-01:30",
    "database.maintenance_window": "mon:03:30-mon:04:30",
    "database.support": "extended",
    "database.allow_major_version_upgrade": True,
    "database.insights": "advanced",
    "database.slow_statement_ms": 100,
    "database.parameters": {"work_mem": "65536"},
    "database.weakening_parameters": {"rds.force_ssl": "0"},
    "database.log_retention_days": 7,
    "database.deletion_protection": False,
    "migrations.script_location": "./migrations",
    "migrations.ssl_mode": "verify-full",
    # Another file that is there.
    "migrations.ssl_root_cert": __file__,
    "migrations.target": "a2c95e07b4d1",
    "migrations.approved_contracts": ["c6e8f1b35a92"],
    "migrations.lint": "warn",
    "migrations.unapproved": "fail",
    "migrations.waits": {"locks": "60s"},
    "migrations.waits.migrator": "60s",
    "migrations.waits.locks": "60s",
    "migrations.waits.statement": "2s",
    "migrations.backfill_pace": {"workers": 2},
    "migrations.backfill_pace.workers": 2,
    "migrations.backfill_pace.rest": 3,
    "migrations.backfill_pace.batch_ms": 30,
    "migrations.backfill_pace.lock_timeout_ms": 200,
    "migrations.backfill_pace.statement_timeout_ms": 4000,
    "migrations.backfills": [],
    "migrations.job": JOB,
    "migrations.job.deadline": "30m",
    "migrations.job.image": "registry.example.com/migrator:1.5.0",
    "migrations.job.namespace": "schema",
    "migrations.job.service_account": "schema",
    "secrets.chart": CHART,
    "secrets.chart.repository": CHART["repository"],
    "secrets.chart.version": CHART["version"],
    "secrets.operator_namespace": "elsewhere",
    "secrets.operator_replicas": 2,
    "secrets.secret_prefixes": ["staging/app/", "staging/other/"],
    "secrets.application_secrets": {
        "staging/app/database": "The application's database address: JSON with `url`",
        "staging/app/api-keys": "Keys for other services: JSON with `main`",
        "staging/app/more": "More",
    },
    "secrets.recovery_days": 14,
    "secrets.store": "other-store",
    "secrets.namespaces": ["staging", "other", "third"],
    "secrets.external_secrets": {},
    "secrets.external_secrets.*.refresh_interval": "2h",
    "secrets.external_secrets.*.target_name": "other-target",
    "secrets.external_secrets.*.data": [
        {"secret_key": "url", "key": "staging/app/database", "property": "url"}
    ],
    "secrets.external_secrets.*.data.0.secret_key": "url",
    "secrets.external_secrets.*.data.0.key": "staging/app/other",
    "secrets.external_secrets.*.data.0.property": "address",
    "secrets.external_secrets.*.namespace": "other",
    "gitops.chart": {**CHART, "version": "10.2.0"},
    "gitops.chart.repository": CHART["repository"],
    "gitops.chart.version": "10.2.0",
    "gitops.namespace": "elsewhere",
    "gitops.highly_available": True,
    "gitops.projects": {"default": PROJECT, "other": PROJECT, "more": PROJECT},
    "gitops.projects.*.description": "Other applications",
    "gitops.projects.*.source_repositories": [*REPOSITORIES, "https://github.com/org/more"],
    "gitops.projects.*.destinations": [*DESTINATIONS, {"namespace": "fourth"}],
    "gitops.projects.*.destinations.0.namespace": "fifth",
    "gitops.projects.*.destinations.0.server": "https://other.example.com",
    "gitops.projects.*.allow_wildcards": True,
    "gitops.applications": {},
    "gitops.applications.*.project": "other",
    "gitops.applications.*.repository": REPOSITORIES[1],
    "gitops.applications.*.path": "k8s/other",
    "gitops.applications.*.revision": "v1",
    "gitops.applications.*.destination_namespace": "other",
    "gitops.applications.*.prune": False,
    "gitops.applications.*.cascade": False,
    "gitops.applications.*.wait_for_sync": False,
    "gitops.applications.*.sync_timeout": "20m",
    "gitops.applications.*.self_heal": False,
    "gitops.applications.*.retry": {"limit": 1},
    "gitops.applications.*.retry.limit": 1,
    "gitops.applications.*.retry.duration": "20s",
    "gitops.applications.*.retry.factor": 3,
    "gitops.applications.*.retry.max_duration": "5m",
}
# What must fit together is changed together.
TOGETHER: Mapping[str, Mapping[str, Any]] = {
    "aws:region": {"network.availability_zones": ["eu-central-1a", "eu-central-1b"]},
    "cluster.version": {"cluster.addons": {**ADDONS, "kube-proxy": "v1.36.0-eksbuild.21"}},
    "cluster.node_pools.*.architecture": {"cluster.node_pools.*.instance_types": ["m7g.large"]},
}
# These need a job; all others a stack without one.
BELOW_JOB = "migrations.job."


@cache
def base(*, job: bool = False) -> Mapping[str, Any]:
    """The staging stack, with what it need not have."""
    values = copy.deepcopy(stack_file("staging"))
    for subject, added in ADDED.items():
        values[subject] |= added
    if job:
        values["groundwork:migrations"] |= {"job": JOB}
    return values


def changed(*paths: str) -> dict[str, Any]:
    """The stack with other values of some settings; all below `migrations.job`, or none."""
    values = copy.deepcopy(dict(base(job=paths[0].startswith(BELOW_JOB))))
    for path in paths:
        for each, value in {path: VALUES[path], **TOGETHER.get(path, {})}.items():
            first, *rest = each.split(".")
            *parents, last = [first if ":" in first else f"groundwork:{first}", *rest]
            holder: Any = values
            for key in parents:
                holder = holder[_key(holder, key)]
            holder[_key(holder, last)] = value
    return values


def _key(holder: Any, key: str) -> Any:
    if isinstance(holder, list):
        return int(key)
    return next(iter(holder)) if key == "*" else key
