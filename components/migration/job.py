"""A Kubernetes Job that runs the migrator in the cluster, where the database can be reached."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pulumi import CustomTimeouts, Input, Output, ResourceOptions
from pulumi_kubernetes.batch import v1 as batch
from pulumi_kubernetes.core import v1 as core
from pulumi_kubernetes.meta import v1 as meta

from components.arguments import Args, Fault

# The migrator ends by itself well before, with a better message.
DEFAULT_DEADLINE_SECONDS = 3600
DEFAULT_TTL_SECONDS = 86_400
REQUESTS = {"cpu": "100m", "memory": "256Mi"}
LIMITS = {"memory": "512Mi"}
UNPRIVILEGED_ID = 65534


@dataclass(frozen=True, kw_only=True)
class MigratorJobArgs(Args):
    """Where and as whom the Job runs.

    image: holds the migrations folder at the same path below its working directory, the
        migrator, and Python as `python`.
    namespace, service_account: of the Job; an EKS Pod Identity association has to let the
        service account read the database's secret.
    deadline_seconds: the Job is ended after that, and Pulumi stops waiting. Default: an hour.
    ttl_seconds: how long a finished Job is kept, for its log. Default: a day. A refresh after
        that finds it gone, and the next update runs it again, which changes nothing.
    labels: for the pod. They must not be those that your Deployment or autoscaler selects.
    """

    image: Input[str]
    namespace: Input[str]
    service_account: Input[str]
    deadline_seconds: int = DEFAULT_DEADLINE_SECONDS
    ttl_seconds: int = DEFAULT_TTL_SECONDS
    labels: Mapping[str, str] = field(default_factory=dict)

    def faults(self) -> Iterator[Fault]:
        """Times that are none."""
        for name in ("deadline_seconds", "ttl_seconds"):
            value = getattr(self, name)
            if value < 1:
                yield Fault(name, value, "give 1 second or more")


def migrator_job(
    name: str,
    args: MigratorJobArgs,
    *,
    command: Sequence[str],
    inputs: Mapping[str, Any],
    opts: ResourceOptions,
) -> batch.Job:
    """Runs `python -m migrator …` once for each change of the inputs.

    command: the arguments after the global options.
    inputs: as for the dynamic providers. A Job cannot be changed, so that another history hash
        or another approval makes another Job.
    """
    labels = {"app.kubernetes.io/name": "groundwork-migrator", **args.labels}
    url = Output.concat(
        *("postgresql://", inputs["host"], ":", Output.from_input(inputs["port"]).apply(_integer)),
        *("/", inputs["database"], "?sslmode=", inputs["ssl_mode"]),
        f"&sslrootcert={inputs['ssl_root_cert']}" if inputs["ssl_root_cert"] else "",
    )
    environment = {
        "DATABASE_URL": url,  # without credentials: those are read from the secret
        "DATABASE_SECRET_ARN": inputs["secret_arn"],
        **({"AWS_REGION": inputs["region"]} if inputs["region"] else {}),
    }
    config = f"{inputs['script_location']}/alembic.ini"
    container = core.ContainerArgs(
        name="migrator",
        image=args.image,
        command=["python", "-m", "migrator", "-c", config, *command],
        env=[core.EnvVarArgs(name=key, value=value) for key, value in environment.items()],
        resources=core.ResourceRequirementsArgs(requests=REQUESTS, limits=LIMITS),
        # Pulumi's error then ends with the last lines of the log.
        termination_message_policy="FallbackToLogsOnError",
        security_context=core.SecurityContextArgs(
            allow_privilege_escalation=False,
            read_only_root_filesystem=True,
            capabilities=core.CapabilitiesArgs(drop=["ALL"]),
        ),
    )
    opts = ResourceOptions.merge(
        opts,
        ResourceOptions(
            custom_timeouts=CustomTimeouts(create=f"{args.deadline_seconds + 60}s"),
        ),
    )
    return batch.Job(
        name,
        metadata=meta.ObjectMetaArgs(
            namespace=args.namespace,
            labels=labels,
            # A Job that failed is replaced by the next update rather than looked at again.
            annotations={"pulumi.com/replaceUnready": "true"},
        ),
        spec=batch.JobSpecArgs(
            backoff_limit=0,  # another attempt is another `pulumi up`
            active_deadline_seconds=args.deadline_seconds,
            ttl_seconds_after_finished=args.ttl_seconds,
            template=core.PodTemplateSpecArgs(
                metadata=meta.ObjectMetaArgs(
                    labels=labels,
                    annotations={
                        "groundwork/history-hash": inputs["history_hash"],
                        "groundwork/approved-contracts": ",".join(inputs["approved_contracts"]),
                    },
                ),
                spec=core.PodSpecArgs(
                    restart_policy="Never",
                    service_account_name=args.service_account,
                    automount_service_account_token=False,
                    security_context=core.PodSecurityContextArgs(
                        run_as_non_root=True,
                        run_as_user=UNPRIVILEGED_ID,
                        seccomp_profile=core.SeccompProfileArgs(type="RuntimeDefault"),
                    ),
                    containers=[container],
                ),
            ),
        ),
        opts=opts,
    )


def _integer(port: float) -> str:
    return str(int(port))
