"""Which settings, as they are now, would lose something that was deployed."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass

from components.network.layout import Tier
from infra.settings import StackSettings
from infra.state import Deployed, State
from infra.stateful import (
    CLUSTER,
    DATABASE,
    KEY,
    LOG_GROUP,
    NAMESPACE,
    SECRET,
    SUBNET,
    SUFFIX,
    VPC,
)

NODE_GROUP = "aws:eks/nodeGroup:NodeGroup"
WAY = "docs/changes.md has the way"
# The engine closes the old cluster's provider, and then deletes what was in it by that
# (pulumi/pulumi#14650).
NO_OTHER_CLUSTER = (
    "Pulumi cannot replace a cluster under what runs in it: for another one, destroy this stack"
    " first, or deploy a second one"
)


@dataclass(frozen=True, kw_only=True)
class Loss:
    """A changed setting, from `old` to `new`, that replaces or deletes `resources`.

    `hangs`: what else is gone with them. `never`: why not even `allow_replace` would help.
    `deletes`: none takes their place, and the engine wants their protection lifted before.
    """

    setting: str
    old: object
    new: object
    resources: Sequence[str]
    hangs: str
    never: str | None = None
    deletes: bool = False

    def refusal(
        self, allowed: frozenset[str], protected: Callable[[], Collection[str]]
    ) -> str | None:
        """Why this is refused; None if the stack file allows all of it.

        `protected`: tells the names of what the state has as protected.
        """
        missing = [name for name in self.resources if name not in allowed]
        held = self.deletes and not missing and not set(self.resources).isdisjoint(protected())
        if self.never is None and not missing and not held:
            return None
        what = f"{self.setting}: from {self.old!r} to {self.new!r}"
        lost = f" replaces or deletes {', '.join(self.resources)}" if self.resources else ""
        hangs = f"; on that hangs {self.hangs}" if self.hangs else ""
        if self.never is not None:
            return f"{what}{lost}{hangs}. {self.never}. Put {self.old!r} back; {WAY}"
        if self.deletes:
            return (
                f"{what}{lost}{hangs}. Put {self.old!r} back; or deploy twice: with {self.old!r}"
                f" still there and groundwork:allow_replace: [{', '.join(self.resources)}], then"
                f" without it; {WAY}"
            )
        return (
            f"{what}{lost}{hangs}. Put {self.old!r} back, or name what may go:"
            f" groundwork:allow_replace: [{', '.join(missing)}]"
        )


def losses(stack: StackSettings, state: State) -> Iterator[Loss]:
    """All of them, in the order of the stack file."""
    moved = list(_region(stack, state))
    yield from moved
    if moved:
        return
    yield from _addresses(stack, state)
    yield from _zones(stack, state)
    yield from _cluster(stack, state)
    yield from _database(stack, state)
    yield from _secrets(stack, state)
    yield from _namespaces(stack, state)


def other_account(state: State, account: str | None) -> Iterator[str]:
    """A refusal if a stack stands in another account than the one that a run acts in."""
    arns = (str(one.at("arn") or "") for one in state.of_type(VPC, CLUSTER, DATABASE, KEY))
    there = {arn.split(":")[4] for arn in arns if arn.startswith("arn:")}
    if account is not None and there and account not in there:
        yield (
            f"aws: this run acts in the account {account!r}, and the stack stands in"
            f" {', '.join(map(repr, sorted(there)))}: nothing of it is to be found from here. Act"
            " as before (aws:profile, aws:assumeRoles, aws:assumeRoleWithWebIdentity, or the"
            " environment); an account of its own wants a stack of its own"
        )


def _region(stack: StackSettings, state: State) -> Iterator[Loss]:
    for vpc in state.of_type(VPC):
        if vpc.at("region") not in (None, stack.region):
            yield Loss(
                setting="aws:region",
                old=vpc.at("region"),
                new=stack.region,
                resources=_names(state.of_type(VPC, CLUSTER, DATABASE)),
                hangs="everything in the stack",
                never="A stack does not move to another region",
            )


def _addresses(stack: StackSettings, state: State) -> Iterator[Loss]:
    for vpc in state.of_type(VPC):
        if vpc.at("cidrBlock") != str(stack.network.cidr):
            yield Loss(
                setting="groundwork:network.cidr",
                old=vpc.at("cidrBlock"),
                new=str(stack.network.cidr),
                resources=[vpc.name, *_names(state.of_type(SUBNET))],
                hangs=_listed(_names(state.of_type(CLUSTER, DATABASE, NODE_GROUP)))
                or "what is in them",
                never="A VPC cannot be replaced under what stands in it",
            )


def _zones(stack: StackSettings, state: State) -> Iterator[Loss]:
    zones = list(stack.network.availability_zones)
    subnets = state.of_type(SUBNET)
    was = sorted({str(one.at("availabilityZone")) for one in subnets})
    held = _control_plane_zones(state)
    if held and held != set(zones[:2]):
        yield Loss(
            setting="groundwork:network.availability_zones",
            old=sorted(held),
            new=zones[:2],
            resources=_names(state.of_type(CLUSTER)),
            hangs="all that runs in it",
            never="EKS keeps a control plane in the zones that it was made in, the first two",
        )
        return
    gone = [one for one in subnets if one.at("availabilityZone") not in zones]
    if gone:
        yield Loss(
            setting="groundwork:network.availability_zones",
            old=was,
            new=zones,
            resources=_names(gone),
            hangs="nodes, gateways and database servers in these subnets",
            deletes=True,
        )


def _control_plane_zones(state: State) -> set[str]:
    """The zones of the subnets that the control plane has its interfaces in."""
    used = {one for cluster in state.of_type(CLUSTER) for one in cluster.at("vpcConfig.subnetIds")}
    return {
        str(one.at("availabilityZone"))
        for one in state.of_type(SUBNET)
        if f"-{Tier.INTRA}-" in one.name and str(one.at("arn")).rpartition("/")[2] in used
    }


def _cluster(stack: StackSettings, state: State) -> Iterator[Loss]:
    for cluster in state.of_type(CLUSTER):
        groups = [
            one.name
            for one in state.of_type(LOG_GROUP)
            if one.at("name") == f"/aws/eks/{cluster.at('name')}/cluster"
        ]
        inside = [one for one in state if one.type.startswith("kubernetes:")]
        nodes = _names(state.of_type(NODE_GROUP))
        hangs = f"{_listed(nodes)} and all in the cluster ({len(inside)} objects of this stack)"
        if cluster.at("name") != stack.cluster.name:
            yield Loss(
                setting="groundwork:cluster.name",
                old=cluster.at("name"),
                new=stack.cluster.name,
                resources=[cluster.name, *groups],
                hangs=hangs,
                never=NO_OTHER_CLUSTER,
            )
        addresses = cluster.at("kubernetesNetworkConfig.serviceIpv4Cidr")
        if addresses not in (None, str(stack.cluster.service_cidr)):
            yield Loss(
                setting="groundwork:cluster.service_cidr",
                old=addresses,
                new=str(stack.cluster.service_cidr),
                resources=[cluster.name],
                hangs=hangs,
                never=NO_OTHER_CLUSTER,
            )


def _database(stack: StackSettings, state: State) -> Iterator[Loss]:
    settings = stack.database
    for instance in state.of_type(DATABASE):
        identifier = str(instance.at("identifier"))
        names = [instance.name, *_names(_logs_of(identifier, state))]
        suffixed = [*_names(state.of_type(SUFFIX)), *names]
        for key, old, new, resources in (
            ("identifier", identifier.rpartition("-")[0], settings.identifier, names),
            ("database_name", instance.at("dbName"), settings.database_name, suffixed),
            ("username", instance.at("username"), settings.username, suffixed),
        ):
            if old != new:
                yield Loss(
                    setting=f"groundwork:database.{key}",
                    old=old,
                    new=new,
                    resources=resources,
                    hangs="all data; the new instance is empty, and a final snapshot is left",
                    never=_held(instance),
                )


def _logs_of(identifier: str, state: State) -> list[Deployed]:
    prefix = f"/aws/rds/instance/{identifier}/"
    return [one for one in state.of_type(LOG_GROUP) if str(one.at("name")).startswith(prefix)]


def _secrets(stack: StackSettings, state: State) -> Iterator[Loss]:
    for secret in state.of_type(SECRET):
        name = str(secret.at("name"))
        if name not in stack.secrets.values.secrets:
            readers = [
                key
                for key, reader in stack.secrets.external_secrets.items()
                if any(entry.key == name for entry in reader.data)
            ]
            read = f", which {_listed(readers)} reads" if readers else ""
            yield Loss(
                setting="groundwork:secrets.application_secrets",
                old=name,
                new=None,
                resources=[secret.name],
                hangs=f"its value{read}",
                deletes=True,
            )


def _namespaces(stack: StackSettings, state: State) -> Iterator[Loss]:
    """Those of applications; the platform's own parts have names of more than their namespace's."""
    named = {
        *stack.application_namespaces(),
        *(stack.secrets.operator.namespace, stack.gitops.namespace),
        *([stack.migrations.job.namespace] if stack.migrations.job else ()),
    }
    for one in state.of_type(NAMESPACE):
        namespace = str(one.at("metadata.name"))
        if one.name == f"{namespace}-namespace" and namespace not in named:
            yield Loss(
                setting="groundwork:secrets.namespaces",
                old=namespace,
                new=None,
                resources=[one.name],
                hangs="everything in it, volumes and what is in them too",
            )


def _held(instance: Deployed) -> str | None:
    """Why AWS would stop half-way, with the new one made and the old one still there."""
    if not instance.at("deletionProtection"):
        return None
    key = "groundwork:database.deletion_protection"
    return f"AWS does not delete it before {key}: false is deployed"


def _names(resources: Sequence[Deployed]) -> list[str]:
    return [one.name for one in resources]


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names)
