"""Whom the program acts as in AWS: what a stack file says to Pulumi's AWS provider.

The provider alone reads `aws:profile` and its relatives. Two more have to be the same principal:
the kubeconfig's `aws eks get-token`, and the migrator, which reads the database's secret.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import PurePath
from typing import Any, TypeVar

from pulumi.runtime import config as pulumi_config
from pydantic import ConfigDict, TypeAdapter, ValidationError, with_config
from pydantic.alias_generators import to_camel
from pydantic_core import ErrorDetails

from components.arguments import Fault
from components.partition import arn_faults, find_partition
from components.session_limits import session_faults, tag_faults
from migrator.project.aws_identity import AssumedRole, AwsIdentity, WebIdentity

NAMESPACE = "aws:"
ROLE_ARN = re.compile(r"arn:aws[a-z-]*:iam::\d{12}:role/([\w+=,.@-]+/)*[\w+=,.@-]{1,64}", re.ASCII)
IN_A_PROFILE = (
    "it would be kept in the state, and reach neither the kubeconfig nor the migrator; put it into"
    " a profile of ~/.aws/credentials and name that in aws:profile, or into the environment"
)
IN_THE_ENVIRONMENT = "the provider alone would see it; set AWS_{} in the environment instead"
REFUSED = {
    "accessKey": IN_A_PROFILE,
    "secretKey": IN_A_PROFILE,
    "token": IN_A_PROFILE,
    "assumeRole": "the provider takes a list of roles, aws:assumeRoles",
    "sharedCredentialsFile": "the provider takes a list, aws:sharedCredentialsFiles",
    "ec2MetadataServiceEndpoint": IN_THE_ENVIRONMENT.format("EC2_METADATA_SERVICE_ENDPOINT"),
    "ec2MetadataServiceEndpointMode": IN_THE_ENVIRONMENT.format(
        "EC2_METADATA_SERVICE_ENDPOINT_MODE"
    ),
}
# In the place of a value that a message does not repeat.
HIDDEN = "[hidden]"
INLINE = "webIdentityToken"
IN_A_FILE = (
    "it ends within hours, and would be kept in the state; write it into a file, and name that in"
    " webIdentityTokenFile"
)
AsRead = ConfigDict(alias_generator=to_camel, extra="forbid", strict=True)


@with_config(AsRead)
@dataclass(frozen=True, kw_only=True)
class _Role(AssumedRole):
    """As the provider's setting. How long a session lasts is no part of whom it is."""

    duration: str | None = None


@with_config(AsRead)
@dataclass(frozen=True, kw_only=True)
class _WebIdentity(WebIdentity):
    duration: str | None = None


@dataclass(frozen=True, kw_only=True)
class _Form:
    """How a setting that is no plain text is read, and what it should be."""

    reader: TypeAdapter[Any]
    expected: str


FILE = _Form(reader=TypeAdapter(list[str]), expected="give a list with one file")
FORMS = {
    "assumeRoles": _Form(
        reader=TypeAdapter(list[_Role]), expected="give a list of roles, each with a roleArn"
    ),
    "assumeRoleWithWebIdentity": _Form(
        reader=TypeAdapter(_WebIdentity), expected="give roleArn and webIdentityTokenFile"
    ),
    "sharedConfigFiles": FILE,
    "sharedCredentialsFiles": FILE,
}


KINDS = {
    "string_type": "give text, in quotes",
    "list_type": "give a list",
    "dict_type": "give a mapping",
}
PROFILE = re.compile(r"[^\[\]]+")


KEYS = tuple(f"{NAMESPACE}{key}" for key in ("region", "profile", *FORMS, *REFUSED))
"""The full keys of all that an identity is read from."""


def stack_identity() -> AwsIdentity:
    """That of the stack's default AWS provider; ValueError if its settings have faults."""
    return identity_of({**pulumi_config.get_config_env(), **pulumi_config.CONFIG.get()})


def secret_faults(secret_keys: Iterable[str]) -> Iterator[Fault]:
    """A fault for each setting of an identity that the stack keeps as a secret."""
    for key in secret_keys:
        name = key.removeprefix(NAMESPACE)
        if key.startswith(NAMESPACE) and name in ("profile", *FORMS):
            yield Fault(
                name,
                HIDDEN,
                "it is set as a secret, and every kubeconfig has to say it; set it without"
                " --secret, or put it into a profile",
            )


def identity_of(values: Mapping[str, Any]) -> AwsIdentity:
    """The identity that a stack's configuration sets; ValueError has all faults."""
    identity, faults = read_identity(values)
    if faults:
        raise ValueError("\n".join(f"{NAMESPACE}{fault}" for fault in faults))
    return identity


def read_identity(values: Mapping[str, Any]) -> tuple[AwsIdentity, list[Fault]]:
    """The identity that a stack's configuration sets: full keys, objects as JSON text.

    A fault's field is below `aws:`, and its value is never one of a secret.
    """
    given = {
        key.removeprefix(NAMESPACE): value
        for key, value in values.items()
        if key.startswith(NAMESPACE) and value
    }
    faults = [Fault(key, HIDDEN, REFUSED[key]) for key in given if key in REFUSED]
    read: dict[str, Any] = {}
    for key in [one for one in FORMS if one in given]:
        try:
            read[key] = FORMS[key].reader.validate_json(given[key])
        except ValidationError as error:
            faults += [_fault(key, detail) for detail in error.errors()]
    web, roles = read.get("assumeRoleWithWebIdentity"), read.get("assumeRoles", ())
    profile = str(given.get("profile", ""))
    if profile and not (
        PROFILE.fullmatch(profile) and profile.isprintable() and profile == profile.strip()
    ):
        expected = "give a profile's name alone, as ~/.aws/config has it in `[profile NAME]`"
        faults.append(Fault("profile", profile, expected))
    faults += _arn_faults(web, roles, given.get("region"))
    faults += _session_faults(web, roles)
    faults += _file_faults(web, read)
    identity = AwsIdentity(
        profile=given.get("profile"),
        config_file=next(iter(read.get("sharedConfigFiles", ())), None),
        credentials_file=next(iter(read.get("sharedCredentialsFiles", ())), None),
        web_identity=_plain(WebIdentity, web) if web else None,
        roles=[_plain(AssumedRole, role) for role in roles],
    )
    return identity, faults


Plain = TypeVar("Plain", AssumedRole, WebIdentity)


def _plain(kind: type[Plain], read: Plain) -> Plain:
    """Without what only the provider makes use of."""
    return kind(**{one.name: getattr(read, one.name) for one in fields(kind)})


def _fault(key: str, error: ErrorDetails) -> Fault:
    path = key + "".join(f"[{one}]" if isinstance(one, int) else f".{one}" for one in error["loc"])
    if INLINE in error["loc"]:
        return Fault(path, HIDDEN, IN_A_FILE)
    if error["type"] == "unexpected_keyword_argument":
        return Fault(path, HIDDEN, "the provider knows no such setting")
    if error["type"] == "missing":
        return Fault(path, None, FORMS[key].expected)
    if len(error["loc"]) > 1 and error["type"] in KINDS:
        return Fault(path, error["input"], KINDS[error["type"]])
    return Fault(path, HIDDEN if len(error["loc"]) < 2 else error["input"], FORMS[key].expected)


def _arn_faults(
    web: WebIdentity | None, roles: Sequence[AssumedRole], region: str | None
) -> Iterator[Fault]:
    named = {f"assumeRoles[{position}]": role.role_arn for position, role in enumerate(roles)}
    if web is not None:
        named["assumeRoleWithWebIdentity"] = web.role_arn
    known = region is not None and find_partition(region) is not None
    for path, arn in named.items():
        if not ROLE_ARN.fullmatch(arn):
            expected = "give the ARN of an IAM role, such as arn:aws:iam::123456789012:role/deploy"
            yield Fault(f"{path}.roleArn", arn, expected)
        elif region is not None and known:
            yield from arn_faults(f"{path}.roleArn", arn, region)
    policies = {f"assumeRoles[{place}]": role.policy_arns for place, role in enumerate(roles)}
    if web is not None:
        policies["assumeRoleWithWebIdentity"] = web.policy_arns
    for path, arns in policies.items():
        for position, arn in enumerate(arns):
            if region is not None and known and arn.startswith("arn:"):
                yield from arn_faults(f"{path}.policyArns[{position}]", arn, region)


def _session_faults(web: _WebIdentity | None, roles: Sequence[_Role]) -> Iterator[Fault]:
    if web is not None:
        yield from session_faults("assumeRoleWithWebIdentity", web, chained=False)
    for position, role in enumerate(roles):
        yield from session_faults(
            f"assumeRoles[{position}]",
            role,
            chained=position > 0 or web is not None,
            external_id=role.external_id,
        )
        yield from tag_faults(
            f"assumeRoles[{position}]", role.tags, role.transitive_tag_keys, role.source_identity
        )


def _file_faults(web: WebIdentity | None, read: Mapping[str, Any]) -> Iterator[Fault]:
    named: dict[str, str] = {}
    for key in ("sharedConfigFiles", "sharedCredentialsFiles"):
        files = read.get(key, ())
        if len(files) > 1:
            yield Fault(
                key, files, "the AWS CLI, which kubeconfigs call, reads one; write all into it"
            )
        named |= {f"{key}[{position}]": file for position, file in enumerate(files)}
    if web is not None:
        named["assumeRoleWithWebIdentity.webIdentityTokenFile"] = web.web_identity_token_file
    for path, file in named.items():
        if not PurePath(file).is_absolute() and not file.startswith("~"):
            yield Fault(path, file, "write it from / or ~: kubectl is run in any folder")
