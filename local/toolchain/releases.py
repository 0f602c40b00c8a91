"""Where the programs' own projects publish them for Linux."""

import urllib.request
from dataclasses import dataclass

from local.toolchain.module import (
    ETCD_VERSION,
    KUBERNETES_PLUGIN_VERSION,
    KUBERNETES_VERSION,
    PULUMI_VERSION,
)

READ_SECONDS = 20.0
MACHINES = ("amd64", "arm64")
GITHUB = "https://github.com"


@dataclass(frozen=True, kw_only=True)
class Release:
    """A program's release; {machine} stands for amd64 or arm64, {pulumi_machine} for x64 or arm64.

    url: the program, or the archive that it is in.
    sums: the published SHA-256 sums: one alone, or lines of sum and file name.
    members: the files to take from an archive, the program last: it is there when all are.
    """

    url: str
    sums: str
    members: tuple[str, ...] = ()

    def on(self, machine: str) -> "Release":
        """The release for one of MACHINES, with nothing left to fill in."""
        places = {
            "machine": machine,
            "pulumi_machine": "x64" if machine == "amd64" else machine,
        }
        return Release(
            url=self.url.format(**places),
            sums=self.sums.format(**places),
            members=tuple(member.format(**places) for member in self.members),
        )


def _kubernetes(name: str) -> Release:
    url = f"https://dl.k8s.io/v{KUBERNETES_VERSION}/bin/linux/{{machine}}/{name}"
    return Release(url=url, sums=f"{url}.sha256")


_ETCD = f"{GITHUB}/etcd-io/etcd/releases/download/v{ETCD_VERSION}"
_PULUMI = f"{GITHUB}/pulumi/pulumi/releases/download/v{PULUMI_VERSION}"
_PLUGIN_VERSION = KUBERNETES_PLUGIN_VERSION
_PLUGIN = f"{GITHUB}/pulumi/pulumi-kubernetes/releases/download/v{_PLUGIN_VERSION}"

RELEASES = {
    "pulumi": Release(
        url=f"{_PULUMI}/pulumi-v{PULUMI_VERSION}-linux-{{pulumi_machine}}.tar.gz",
        sums=f"{_PULUMI}/pulumi-{PULUMI_VERSION}-checksums.txt",
        members=(
            "pulumi/pulumi-language-python-exec",
            "pulumi/pulumi-resource-pulumi-python",
            "pulumi/pulumi-language-python",
            "pulumi/pulumi",
        ),
    ),
    "pulumi-resource-kubernetes": Release(
        url=f"{_PLUGIN}/pulumi-resource-kubernetes-v{_PLUGIN_VERSION}-linux-{{machine}}.tar.gz",
        sums=f"{_PLUGIN}/pulumi-kubernetes_{_PLUGIN_VERSION}_checksums.txt",
        members=("pulumi-resource-kubernetes",),
    ),
    "etcd": Release(
        url=f"{_ETCD}/etcd-v{ETCD_VERSION}-linux-{{machine}}.tar.gz",
        sums=f"{_ETCD}/SHA256SUMS",
        members=(f"etcd-v{ETCD_VERSION}-linux-{{machine}}/etcd",),
    ),
    "kube-apiserver": _kubernetes("kube-apiserver"),
    "kube-controller-manager": _kubernetes("kube-controller-manager"),
    "kubectl": _kubernetes("kubectl"),
}


def read(url: str) -> bytes:
    """What lies at a URL. Raises OSError or http.client.HTTPException."""
    with urllib.request.urlopen(url, timeout=READ_SECONDS) as answer:  # noqa: S310 (of RELEASES)
        return answer.read()
