"""Whom AWS is asked as: what the settings of Pulumi's AWS provider say, and boto3 by itself not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import boto3

SESSION_NAME = "groundwork"


@dataclass(frozen=True, kw_only=True)
class AssumedRole:
    """A role to become, and what is said to AWS STS when it is assumed.

    session_name: default `groundwork`. policy: JSON that narrows what the session may do.
    """

    role_arn: str
    session_name: str | None = None
    external_id: str | None = None
    policy: str | None = None
    policy_arns: Sequence[str] = ()
    source_identity: str | None = None
    tags: Mapping[str, str] = field(default_factory=dict)
    transitive_tag_keys: Sequence[str] = ()

    def parameters(self) -> dict[str, Any]:
        """As sts:AssumeRole takes them."""
        return _given(
            RoleArn=self.role_arn,
            RoleSessionName=self.session_name or SESSION_NAME,
            ExternalId=self.external_id,
            Policy=self.policy,
            PolicyArns=[{"arn": arn} for arn in self.policy_arns],
            SourceIdentity=self.source_identity,
            Tags=[{"Key": key, "Value": value} for key, value in self.tags.items()],
            TransitiveTagKeys=list(self.transitive_tag_keys),
        )


@dataclass(frozen=True, kw_only=True)
class WebIdentity:
    """A role to become with a token that somebody else signed, such as GitHub or Kubernetes."""

    role_arn: str
    web_identity_token_file: str
    session_name: str | None = None
    policy: str | None = None
    policy_arns: Sequence[str] = ()

    def parameters(self) -> dict[str, Any]:
        """As sts:AssumeRoleWithWebIdentity takes them, without the token."""
        return _given(
            RoleArn=self.role_arn,
            RoleSessionName=self.session_name or SESSION_NAME,
            Policy=self.policy,
            PolicyArns=[{"arn": arn} for arn in self.policy_arns],
        )


@dataclass(frozen=True, kw_only=True)
class AwsIdentity:
    """An identity of AWS. Without anything it is that of the environment, as the SDKs find it.

    profile: of the AWS configuration; goes before keys in the environment. config_file,
    credentials_file: in the place of those in ~/.aws. web_identity: goes before both. roles: to
    assume after that, each with the one before.
    """

    profile: str | None = None
    config_file: str | None = None
    credentials_file: str | None = None
    web_identity: WebIdentity | None = None
    roles: Sequence[AssumedRole] = ()

    def session(self, region: str | None) -> boto3.Session:
        """A session for one task: what it assumed is not renewed.

        Raises botocore's BotoCoreError and ClientError, and OSError for a token's file.
        """
        import boto3
        import botocore.session

        core = botocore.session.Session(profile=self.profile)
        files = {"config_file": self.config_file, "credentials_file": self.credentials_file}
        for variable, file in files.items():
            if file is not None:
                core.set_config_variable(variable, file)
        session = boto3.Session(botocore_session=core, region_name=region)
        if self.web_identity is not None:
            session = _present_token(self.web_identity, session)
        for role in self.roles:
            answer = session.client("sts").assume_role(**role.parameters())
            session = _session_of(answer, region)
        return session


def _present_token(web: WebIdentity, session: boto3.Session) -> boto3.Session:
    from pathlib import Path

    from botocore import UNSIGNED
    from botocore.config import Config

    token = Path(web.web_identity_token_file).expanduser().read_text(encoding="utf-8")
    client = session.client("sts", config=Config(signature_version=UNSIGNED))
    answer = client.assume_role_with_web_identity(**web.parameters(), WebIdentityToken=token)
    return _session_of(answer, session.region_name)


def _session_of(answer: Mapping[str, Any], region: str | None) -> boto3.Session:
    import boto3

    credentials = answer["Credentials"]
    return boto3.Session(
        aws_access_key_id=credentials["AccessKeyId"],
        aws_secret_access_key=credentials["SecretAccessKey"],
        aws_session_token=credentials["SessionToken"],
        region_name=region,
    )


def _given(**parameters: Any) -> dict[str, Any]:
    """Without what is empty, which STS refuses."""
    return {name: value for name, value in parameters.items() if value}
