"""The pinned Go modules and the programs that each of them yields."""

from dataclasses import dataclass
from pathlib import Path

PULUMI_VERSION = "3.274.1"
KUBERNETES_VERSION = "1.34.4"
ETCD_VERSION = "3.6.7"
KUBERNETES_PLUGIN_VERSION = "4.34.2"
"""The version that the Python SDK pulumi-kubernetes asks for."""


@dataclass(frozen=True, kw_only=True)
class GoModule:
    """One module of the repository's toolchain.

    name: its folder below local/toolchain/go.
    packages: the Go package of each program, by the program's name.
    variables: Go variables that the linker sets.
    """

    name: str
    packages: dict[str, str]
    variables: dict[str, str]

    @property
    def linker_flags(self) -> str:
        """The value of -ldflags: no symbol tables, and the variables."""
        settings = [f"-X {name}={value}" for name, value in self.variables.items()]
        return " ".join(["-s", "-w", *settings])

    def content(self, go: Path) -> bytes:
        """Everything that decides what the programs are; `go` is the folder of all modules."""
        folder = go / self.name
        sources = [folder / "go.mod", folder / "go.sum", *sorted(folder.rglob("*.go"))]
        parts = [source.read_bytes() for source in sources]
        return b"\0".join([*parts, self.linker_flags.encode()])


CLI = GoModule(
    name="cli",
    packages={"pulumi": "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi"},
    variables={
        "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version": f"v{PULUMI_VERSION}",
    },
)

_MAJOR, _MINOR, _ = KUBERNETES_VERSION.split(".")

# One module, because the plugin and the API server share most of their packages.
KUBE = GoModule(
    name="kube",
    packages={
        "etcd": "go.etcd.io/etcd/server/v3",
        "kube-apiserver": "k8s.io/kubernetes/cmd/kube-apiserver",
        "kube-controller-manager": "k8s.io/kubernetes/cmd/kube-controller-manager",
        "kubectl": "k8s.io/kubernetes/cmd/kubectl",
        "pulumi-resource-kubernetes": "./cmd/pulumi-resource-kubernetes",
    },
    variables={
        "k8s.io/component-base/version.gitVersion": f"v{KUBERNETES_VERSION}",
        "k8s.io/component-base/version.gitMajor": _MAJOR,
        "k8s.io/component-base/version.gitMinor": _MINOR,
        "main.version": KUBERNETES_PLUGIN_VERSION,
    },
)

ACTIONLINT = GoModule(
    name="actionlint",
    packages={"actionlint": "github.com/rhysd/actionlint/cmd/actionlint"},
    variables={},
)
