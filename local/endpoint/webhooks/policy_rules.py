"""What each EKS access policy allows in Kubernetes."""

from dataclasses import dataclass

from local.endpoint.eks.access_policies import ADMIN, ADMIN_VIEW, CLUSTER_ADMIN, EDIT, VIEW

READ = frozenset({"get", "list", "watch"})
WRITE = frozenset({"create", "delete", "deletecollection", "patch", "update"})
ANY = frozenset({"*"})


@dataclass(frozen=True, kw_only=True)
class Rule:
    """Verbs that are allowed on resources of API groups; ``*`` stands for all."""

    groups: frozenset[str]
    resources: frozenset[str]
    verbs: frozenset[str]

    def allows(self, *, group: str, resource: str, verb: str) -> bool:
        """Whether the rule covers a request; `resource` may be ``pods/log``."""
        return (
            (self.groups == ANY or group in self.groups)
            and (self.resources == ANY or resource in self.resources)
            and (self.verbs == ANY or verb in self.verbs)
        )


def _rule(groups: str, resources: str, verbs: frozenset[str]) -> Rule:
    return Rule(
        groups=frozenset("" if group == "core" else group for group in groups.split()),
        resources=frozenset(resources.split()),
        verbs=verbs,
    )


_WORKLOADS = (
    "daemonsets deployments deployments/scale replicasets replicasets/scale statefulsets "
    "statefulsets/scale"
)
_CORE = (
    "configmaps endpoints persistentvolumeclaims pods replicationcontrollers "
    "replicationcontrollers/scale serviceaccounts services"
)

VIEW_RULES = (
    _rule("apps", f"{_WORKLOADS} controllerrevisions daemonsets/status deployments/status", READ),
    _rule("apps", "replicasets/status statefulsets/status", READ),
    _rule("autoscaling", "horizontalpodautoscalers horizontalpodautoscalers/status", READ),
    _rule("batch", "cronjobs cronjobs/status jobs jobs/status", READ),
    _rule("discovery.k8s.io", "endpointslices", READ),
    _rule("extensions networking.k8s.io", "ingresses ingresses/status networkpolicies", READ),
    _rule("policy", "poddisruptionbudgets poddisruptionbudgets/status", READ),
    _rule("core", f"{_CORE} persistentvolumeclaims/status services/status", READ),
    _rule("core", "bindings events limitranges namespaces namespaces/status", READ),
    _rule("core", "pods/log pods/status replicationcontrollers/status", READ),
    _rule("core", "resourcequotas resourcequotas/status", READ),
)
EDIT_RULES = (
    *VIEW_RULES,
    _rule("apps", f"{_WORKLOADS} deployments/rollback", WRITE),
    _rule("autoscaling", "horizontalpodautoscalers", WRITE),
    _rule("batch", "cronjobs jobs", WRITE),
    _rule("extensions networking.k8s.io", "ingresses networkpolicies", WRITE),
    _rule("policy", "poddisruptionbudgets", WRITE),
    _rule("core", _CORE, WRITE),
    _rule("core", "secrets", READ | WRITE),
    _rule("core", "pods/attach pods/exec pods/portforward pods/proxy services/proxy", READ | WRITE),
    _rule("core", "pods/eviction serviceaccounts/token events", frozenset({"create"})),
    _rule("core", "serviceaccounts", frozenset({"impersonate"})),
    _rule("coordination.k8s.io", "leases", READ | WRITE),
)
ADMIN_RULES = (
    *EDIT_RULES,
    _rule("rbac.authorization.k8s.io", "rolebindings roles", READ | WRITE),
    _rule("authorization.k8s.io", "localsubjectaccessreviews", frozenset({"create"})),
)
RULES: dict[str, tuple[Rule, ...]] = {
    CLUSTER_ADMIN: (Rule(groups=ANY, resources=ANY, verbs=ANY),),
    ADMIN: ADMIN_RULES,
    ADMIN_VIEW: (Rule(groups=ANY, resources=ANY, verbs=READ),),
    EDIT: EDIT_RULES,
    VIEW: VIEW_RULES,
}
