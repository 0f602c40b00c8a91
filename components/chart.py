"""A Helm chart of a named version from a named repository."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, ClassVar

import pulumi_kubernetes as kubernetes
from pulumi import Input, ResourceOptions

from components.arguments import Args, Fault, Setting

EXACT_VERSION = re.compile(
    r"v?(?P<major>\d+)\.(?P<minor>\d+)\.(?P<patch>\d+)(?P<tail>([-+][0-9A-Za-z.+-]+)?)"
)


@dataclass(frozen=True, kw_only=True)
class Chart(Args):
    """A Helm chart."""

    credentials_belong: ClassVar[str] = (
        "let the machine that deploys log in instead: `helm registry login` for a registry, in"
        " whose address (oci://) no credentials are needed"
    )

    repository: Annotated[str, Setting("http(s) or oci address of a chart repository")]
    version: Annotated[str, Setting("The exact version")]

    def faults(self) -> Iterator[Fault]:
        if not self.repository.startswith(("https://", "http://", "oci://")):
            yield Fault("repository", self.repository, "give an https, http or oci address")
        if not EXACT_VERSION.fullmatch(self.version):
            yield Fault("version", self.version, "give an exact version, such as '1.2.3'")


def oldest_chart_faults(
    field: str, chart: Chart, *, oldest: tuple[int, int, int], reason: str
) -> Iterator[Fault]:
    """A fault if a chart is older than what the program writes and sets needs."""
    parts = EXACT_VERSION.fullmatch(chart.version)
    if parts is None:
        return
    given = tuple(int(parts[name]) for name in ("major", "minor", "patch"))
    # 1.2.0-rc.1 comes before 1.2.0.
    if given < oldest or (given == oldest and parts["tail"].startswith("-")):
        lowest = ".".join(map(str, oldest))
        yield Fault(f"{field}.version", chart.version, f"use {lowest} or later: {reason}")


def release(
    resource_name: str,
    chart: Chart,
    *,
    chart_name: str,
    namespace: Input[str],
    values: Mapping[str, object],
    opts: ResourceOptions,
) -> kubernetes.helm.v3.Release:
    """Install a chart as a release of the chart's own name, and wait until it runs.

    A failed installation is rolled back, so that the next deployment starts clean.
    """
    # In an OCI registry the chart's name is part of its address.
    oci = chart.repository.startswith("oci://")
    return kubernetes.helm.v3.Release(
        resource_name,
        name=chart_name,
        chart=f"{chart.repository}/{chart_name}" if oci else chart_name,
        version=chart.version,
        repository_opts=None
        if oci
        else kubernetes.helm.v3.RepositoryOptsArgs(repo=chart.repository),
        namespace=namespace,
        create_namespace=False,
        values=dict(values),
        atomic=True,
        timeout=600,
        opts=opts,
    )
