"""A Kubernetes Job that runs the migrator in the cluster, where the database can be reached."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Annotated, Any
from urllib.parse import quote

from pulumi import CustomTimeouts, Input, Output, ResourceOptions
from pulumi_kubernetes.batch import v1 as batch
from pulumi_kubernetes.core import v1 as core
from pulumi_kubernetes.meta import v1 as meta

from components.arguments import Args, Fault, Setting, Settings
from components.duration import duration_faults

# As registries and container runtimes read a reference.
IMAGE = re.compile(
    r"(?:[A-Za-z0-9.-]+(?::\d+)?/)?[a-z0-9]+(?:(?:[._]|__|-+|/)[a-z0-9]+)*"
    r"(?::(?P<tag>\w[\w.-]{0,127}))?(?P<digest>@sha256:[0-9a-f]{64})?",
    re.ASCII,
)
DEFAULT_TTL_SECONDS = 86_400
REQUESTS = {"cpu": "100m", "memory": "256Mi"}
LIMITS = {"memory": "512Mi"}
UNPRIVILEGED_ID = 65534
# What EKS puts into a pod whose service account has a Pod Identity association, in its own words.
# EKS does so only once it knows of the association, which takes some moments, and never later. A
# pod that asks the agent by itself gets its role however new the association is.
AGENT = "http://169.254.170.23/v1/credentials"
AUDIENCE = "pods.eks.amazonaws.com"
TOKEN_NAME = "eks-pod-identity-token"  # noqa: S105 of the volume and of the file in it
TOKEN_SECONDS = 86_400
TOKEN_FOLDER = f"/var/run/secrets/{AUDIENCE}/serviceaccount"


@dataclass(frozen=True, kw_only=True)
class MigratorJobSettings(Settings):
    """How a Job runs."""

    # The migrator ends by itself well before, with a better message.
    deadline: Annotated[timedelta, Setting("A Job that takes longer is ended")] = timedelta(hours=1)

    def faults(self) -> Iterator[Fault]:
        """A time that is none."""
        yield from duration_faults("deadline", self.deadline)


def image_faults(field_name: str, image: str) -> Iterator[Fault]:
    """A fault unless the image is one of a fixed version."""
    parts, example = IMAGE.fullmatch(image), "such as 'registry/migrator:1.4.2'"
    if parts is None:
        yield Fault(
            field_name, image, f"give an image by its registry, name and version, {example}"
        )
    elif parts["digest"] is None and parts["tag"] in (None, "latest"):
        yield Fault(field_name, image, f"name a version, {example}")


@dataclass(frozen=True, kw_only=True)
class MigratorJobArgs(MigratorJobSettings, Args):
    """MigratorJobSettings, and what the Job runs, where and as whom.

    image: holds the migrations folder at the same path below its working directory, the
        migrator, and Python as `python`; of a fixed version.
    namespace, service_account: of the Job; an EKS Pod Identity association has to let the
        service account read the database's secret.
    ttl_seconds: how long a finished Job is kept, for its log. Default: a day. A refresh after
        that finds it gone, and the next update runs it again, which changes nothing.
    labels: for the pod. They must not be those that your Deployment or autoscaler selects.
    """

    image: Input[str]
    namespace: Input[str]
    service_account: Input[str]
    ttl_seconds: int = DEFAULT_TTL_SECONDS
    labels: Mapping[str, str] = field(default_factory=dict)

    def faults(self) -> Iterator[Fault]:
        yield from super().faults()
        if isinstance(self.image, str):
            yield from image_faults("image", self.image)
        if self.ttl_seconds < 1:
            yield Fault("ttl_seconds", self.ttl_seconds, "give 1 second or more")


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
        f"&sslrootcert={quote(inputs['ssl_root_cert'])}" if inputs["ssl_root_cert"] else "",
    )
    environment = {
        "DATABASE_URL": url,  # without credentials: those are read from the secret
        "DATABASE_SECRET_ARN": inputs["secret_arn"],
        **({"AWS_REGION": inputs["region"]} if inputs["region"] else {}),
        "AWS_CONTAINER_CREDENTIALS_FULL_URI": AGENT,
        "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": f"{TOKEN_FOLDER}/{TOKEN_NAME}",
    }
    config = f"{inputs['script_location']}/alembic.ini"
    container = core.ContainerArgs(
        name="migrator",
        image=args.image,
        command=["python", "-m", "migrator", "-c", config, *command],
        env=[core.EnvVarArgs(name=key, value=value) for key, value in environment.items()],
        volume_mounts=[
            core.VolumeMountArgs(name=TOKEN_NAME, mount_path=TOKEN_FOLDER, read_only=True)
        ],
        resources=core.ResourceRequirementsArgs(requests=REQUESTS, limits=LIMITS),
        # Pulumi's error then ends with the last lines of the log.
        termination_message_policy="FallbackToLogsOnError",
        security_context=core.SecurityContextArgs(
            allow_privilege_escalation=False,
            read_only_root_filesystem=True,
            capabilities=core.CapabilitiesArgs(drop=["ALL"]),
        ),
    )
    deadline = int(args.deadline.total_seconds())
    opts = ResourceOptions.merge(
        opts,
        ResourceOptions(custom_timeouts=CustomTimeouts(create=f"{deadline + 60}s")),
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
            # Another attempt is another `pulumi up`. A role that is late is waited for inside,
            # before anything has begun.
            backoff_limit=0,
            active_deadline_seconds=deadline,
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
                    volumes=[_token_volume()],
                ),
            ),
        ),
        opts=opts,
    )


def _token_volume() -> core.VolumeArgs:
    """The token by which the agent knows the pod's service account."""
    token = core.ServiceAccountTokenProjectionArgs(
        audience=AUDIENCE, expiration_seconds=TOKEN_SECONDS, path=TOKEN_NAME
    )
    source = core.VolumeProjectionArgs(service_account_token=token)
    return core.VolumeArgs(
        name=TOKEN_NAME, projected=core.ProjectedVolumeSourceArgs(sources=[source])
    )


def _integer(port: float) -> str:
    return str(int(port))
