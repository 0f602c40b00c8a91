"""How long the program takes to import, package by package."""

import subprocess
import sys
from collections import defaultdict

from rich.console import Console
from rich.table import Table

# What the program imports before it declares its first resource.
MODULES = (
    "infra.settings",
    "components.network",
    "components.cluster",
    "components.database",
    "components.migration",
    "components.secrets",
    "components.gitops",
)
# The SDKs load a service's classes when the first is used.
SERVICES = (
    "import pulumi_aws as a, pulumi_kubernetes as k; a.ec2.Vpc, a.vpc.SecurityGroupIngressRule, "
    "a.eks.Cluster, a.rds.Instance, a.iam.Role, a.kms.Key, a.cloudwatch.LogGroup, "
    "a.secretsmanager.Secret, k.core.v1.Namespace, k.helm.v3.Release"
)
FEWEST_MICROSECONDS = 5_000


def run(console: Console) -> None:
    """Prints the time that each top-level package adds, from `python -X importtime`."""
    program = "; ".join([*(f"import {module}" for module in MODULES), SERVICES])
    answer = subprocess.run(
        [sys.executable, "-X", "importtime", "-c", program],
        capture_output=True,
        text=True,
        check=True,
    )
    spent: dict[str, int] = defaultdict(int)
    for line in answer.stderr.splitlines():
        own, _, module = line.removeprefix("import time:").split("|")
        if own.strip().isdigit():
            spent[module.strip().split(".")[0]] += int(own)
    total = sum(spent.values())
    table = Table("package", "ms", "share", title="Import time of the program")
    for package, microseconds in sorted(spent.items(), key=lambda item: -item[1]):
        if microseconds >= FEWEST_MICROSECONDS:
            table.add_row(package, f"{microseconds / 1000:.0f}", f"{microseconds / total:.0%}")
    table.add_row("all", f"{total / 1000:.0f}", "100%")
    console.print(table)
    heavy = sorted({"alembic", "boto3", "moto"} & set(spent))
    console.print(
        f"imported by the program though only providers need it: {', '.join(heavy) or 'nothing'}"
    )
