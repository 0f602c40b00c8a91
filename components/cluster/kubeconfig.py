"""How a Kubernetes client reaches an EKS cluster: no stored credentials."""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping
from typing import Any

from pulumi import Input, Output

from migrator.project.aws_identity import AssumedRole, AwsIdentity

# The CLI's own way to a role knows its ARN only. Each call of `become` is one step of the way to
# the identity. The credentials stay in variables: a command line is seen by everybody.
BECOME = """\
set -eu
become() {
  credentials=$(aws sts "$@" --output text \\
    --query 'Credentials.[AccessKeyId,SecretAccessKey,SessionToken]')
  set -- $credentials
  export AWS_ACCESS_KEY_ID="$1" AWS_SECRET_ACCESS_KEY="$2" AWS_SESSION_TOKEN="$3"
  unset AWS_PROFILE AWS_DEFAULT_PROFILE
}
cluster=$1 region=$2
"""
ASK = 'exec aws eks get-token --output json --cluster-name "$cluster" --region "$region"'


def kubeconfig(
    *,
    cluster_name: Input[str],
    region: str,
    endpoint: Input[str],
    certificate_authority: Input[str],
    identity: AwsIdentity,
) -> Output[str]:
    """A kubeconfig, as JSON, that asks `aws eks get-token` for a token.

    `certificate_authority`: base64 of a PEM file, as EKS gives it. `identity`: whose token; where
    it says nothing, that of whoever calls.
    """
    return Output.json_dumps(
        {
            "apiVersion": "v1",
            "kind": "Config",
            "current-context": cluster_name,
            "contexts": [
                {
                    "name": cluster_name,
                    "context": {"cluster": cluster_name, "user": cluster_name},
                }
            ],
            "clusters": [
                {
                    "name": cluster_name,
                    "cluster": {
                        "server": endpoint,
                        "certificate-authority-data": certificate_authority,
                    },
                }
            ],
            "users": [
                {
                    "name": cluster_name,
                    "user": {
                        "exec": {
                            "apiVersion": "client.authentication.k8s.io/v1beta1",
                            **_command(identity, cluster_name, region),
                            "interactiveMode": "Never",
                        }
                    },
                }
            ],
        }
    )


def _command(identity: AwsIdentity, cluster_name: Input[str], region: str) -> Mapping[str, Any]:
    """What is run for a token, and the environment that names files in unusual places."""
    files = {
        "AWS_CONFIG_FILE": identity.config_file,
        "AWS_SHARED_CREDENTIALS_FILE": identity.credentials_file,
    }
    env = [{"name": name, "value": file} for name, file in files.items() if file is not None]
    # An option, because keys in the environment would go before a profile that is named there.
    profile = ["--profile", identity.profile] if identity.profile else []
    role = _bare_role(identity)
    if identity.web_identity is None and (role is not None or not identity.roles):
        command = "aws"
        args = [
            *("eks", "get-token", "--output", "json", "--cluster-name", cluster_name),
            *("--region", region, *profile, *(["--role-arn", role] if role else [])),
        ]
    else:
        command = "sh"
        args = ["-c", _script(identity, profile), "aws-eks-token", cluster_name, region]
    return {"command": command, "args": args, **({"env": env} if env else {})}


def _bare_role(identity: AwsIdentity) -> str | None:
    """The one role, if nothing is said of it but its ARN."""
    arns = [role.role_arn for role in identity.roles]
    bare = [AssumedRole(role_arn=arn) for arn in arns]
    return arns[0] if len(arns) == 1 and bare == list(identity.roles) else None


def _script(identity: AwsIdentity, profile: list[str]) -> str:
    steps: list[list[str]] = []
    web = identity.web_identity
    if web is not None:
        token = [
            "--no-sign-request",
            "--web-identity-token",
            f"file://{web.web_identity_token_file}",
        ]
        steps.append(["assume-role-with-web-identity", *token, *_input(web.parameters())])
        profile = []
    for role in identity.roles:
        steps.append(["assume-role", *profile, *_input(role.parameters())])
        profile = []
    lines = [f'become {shlex.join(step)} --region "$region"' for step in steps]
    return BECOME + "\n".join([*lines, ASK])


def _input(parameters: Mapping[str, Any]) -> list[str]:
    return ["--cli-input-json", json.dumps(parameters)]
