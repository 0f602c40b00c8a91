"""Whom the kubeconfig and the migrator act as: the same as Pulumi's AWS provider."""

from __future__ import annotations

import json
from typing import Any

import pytest
from pulumi.dynamic import Config, ConfigureRequest

from components.account import AwsAccount
from components.identity import identity_of, read_identity
from components.migration.backfill_provider import BackfillProvider
from components.migration.provider_process import settings_of
from components.migration.run_provider import RunProvider
from infra.settings import SettingsError, parse
from migrator.project.aws_identity import AssumedRole, AwsIdentity, WebIdentity
from tests.unit.builders import existing_network, record_cluster
from tests.unit.program import run_program
from tests.unit.recording import ACCOUNT, record
from tests.unit.stack_files import as_config, stack_file

DEPLOY = f"arn:aws:iam::{ACCOUNT}:role/deploy"
HUB = "arn:aws:iam::210987654321:role/hub"
PLAIN = ["eks", "get-token", "--output", "json", "--cluster-name", "main", "--region", "eu-west-1"]
SETTINGS: dict[str, Any] = {
    "aws:profile": "team",
    "aws:assumeRoles": [
        {"roleArn": HUB, "externalId": "groundwork", "sessionName": "ci", "duration": "1h"},
        {"roleArn": DEPLOY},
    ],
}
IDENTITY = AwsIdentity(
    profile="team",
    roles=[
        AssumedRole(role_arn=HUB, external_id="groundwork", session_name="ci"),
        AssumedRole(role_arn=DEPLOY),
    ],
)


def exec_of(identity: AwsIdentity) -> dict[str, Any]:
    """How the kubeconfig of a cluster in an account asks for a token."""
    account = AwsAccount(id=ACCOUNT, region="eu-west-1", identity=identity)
    recording = record_cluster(network=existing_network(account))
    config = json.loads(recording.only("providers:kubernetes").inputs["kubeconfig"])
    return config["users"][0]["user"]["exec"]


@pytest.mark.parametrize(
    ("identity", "args"),
    [
        (AwsIdentity(), PLAIN),
        (AwsIdentity(profile="team"), [*PLAIN, "--profile", "team"]),
        (AwsIdentity(roles=[AssumedRole(role_arn=DEPLOY)]), [*PLAIN, "--role-arn", DEPLOY]),
        (
            AwsIdentity(profile="team", roles=[AssumedRole(role_arn=DEPLOY)]),
            [*PLAIN, "--profile", "team", "--role-arn", DEPLOY],
        ),
    ],
)
def test_the_kubeconfig_says_what_the_cli_takes(identity: AwsIdentity, args: list[str]) -> None:
    asked = exec_of(identity)
    assert (asked["command"], asked["args"]) == ("aws", args)
    assert "env" not in asked


def test_the_kubeconfig_names_files_that_are_in_another_place() -> None:
    identity = AwsIdentity(config_file="~/.aws/team", credentials_file="/etc/aws/keys")
    assert exec_of(identity)["env"] == [
        {"name": "AWS_CONFIG_FILE", "value": "~/.aws/team"},
        {"name": "AWS_SHARED_CREDENTIALS_FILE", "value": "/etc/aws/keys"},
    ]


def test_the_program_hands_the_stacks_identity_to_the_kubeconfig() -> None:
    values = {**stack_file("local"), "aws:profile": "team"}
    exports = record(run_program, as_config(values)).exports()
    assert '"--profile", "team"' in exports["kubeconfig"]


@pytest.mark.parametrize("provider", [RunProvider, BackfillProvider])
def test_the_migrators_process_takes_it_from_the_stacks_configuration(
    provider: type[RunProvider | BackfillProvider],
) -> None:
    config = as_config({**SETTINGS, "aws:region": "eu-west-1", "groundwork:tags": {}})
    made = provider()
    assert not vars(made)
    made.configure(ConfigureRequest(Config(config, "groundwork")))
    properties = {
        "script_location": "migrations",
        "host": "db.example.com",
        "port": 5432,
        "database": "app",
        "secret_arn": "arn",
        "ssl_mode": "require",
    }
    assert settings_of(properties, made.identity).aws_identity == IDENTITY


def test_a_web_identity_and_files_are_read() -> None:
    web = {"roleArn": DEPLOY, "webIdentityTokenFile": "/var/token", "sessionName": "ci"}
    values = {
        "aws:assumeRoleWithWebIdentity": web,
        "aws:sharedConfigFiles": ["~/config"],
        "aws:sharedCredentialsFiles": ["/etc/credentials"],
        "aws:maxRetries": "3",
    }
    assert identity_of(as_config(values)) == AwsIdentity(
        config_file="~/config",
        credentials_file="/etc/credentials",
        web_identity=WebIdentity(
            role_arn=DEPLOY, web_identity_token_file="/var/token", session_name="ci"
        ),
        roles=[],
    )


KEPT = "put it into a profile of ~/.aws/credentials and name that in aws:profile"


@pytest.mark.parametrize(
    ("key", "value", "field", "words"),
    [
        ("accessKey", "AKIA-SECRET", "accessKey", KEPT),
        ("secretKey", "SECRET", "secretKey", KEPT),
        ("token", "SECRET", "token", KEPT),
        ("assumeRole", {"roleArn": DEPLOY}, "assumeRole", "aws:assumeRoles"),
        ("ec2MetadataServiceEndpoint", "http://[fd00:ec2::254]", "", "AWS_EC2_METADATA_SERVICE"),
        ("assumeRoles", "SECRET", "assumeRoles", "give a list of roles"),
        ("assumeRoles", {"roleArn": DEPLOY}, "assumeRoles", "give a list of roles"),
        ("assumeRoles", [{"sessionName": "a"}], "assumeRoles[0].roleArn", "with a roleArn"),
        ("assumeRoles", [{"roleArn": "deploy"}], "assumeRoles[0].roleArn", "'deploy' cannot"),
        (
            "assumeRoles",
            [{"roleArn": DEPLOY}, {"roleArn": "arn:aws-cn:iam::123456789012:role/a"}],
            "assumeRoles[1].roleArn",
            "in eu-west-1 an ARN begins with arn:aws:",
        ),
        (
            "assumeRoles",
            [{"roleArn": DEPLOY, "role_arn": "SECRET"}],
            "assumeRoles[0].role_arn",
            "the provider knows no such setting",
        ),
        (
            "assumeRoleWithWebIdentity",
            {"roleArn": DEPLOY, "webIdentityToken": "SECRET"},
            "assumeRoleWithWebIdentity.webIdentityTokenFile",
            "give roleArn and webIdentityTokenFile",
        ),
        (
            "assumeRoleWithWebIdentity",
            {"roleArn": DEPLOY, "webIdentityTokenFile": "token"},
            "assumeRoleWithWebIdentity.webIdentityTokenFile",
            "'token' cannot be used; write it from / or ~",
        ),
        *(
            ("assumeRoles", [{"roleArn": DEPLOY, key: value}], f"assumeRoles[0].{key}", words)
            for key, value, words in (
                ("duration", "1m", "STS takes 15m to 12h"),
                ("duration", "13h", "STS takes 15m to 12h"),
                ("duration", "12h1s", "STS takes 15m to 12h"),
                ("duration", "899.5s", "STS takes 15m to 12h"),
                ("duration", "one hour", "'one hour' cannot be used; give a duration such as"),
                ("duration", "3600", "give a duration such as"),
                ("sessionName", "a b", "'a b' cannot be used; give 2 to 64 letters"),
                ("sessionName", "a", "2 to 64"),
                ("sessionName", "a" * 65, "2 to 64"),
                ("externalId", "a b", "2 to 1224"),
                ("policy", "ReadOnly", "as JSON text"),
                ("policy", json.dumps({"a": "x" * 2100}), "STS takes at most 2,048 characters"),
                ("duration", 3600, "3600 cannot be used; give text, in quotes"),
                ("policyArns", "a", "'a' cannot be used; give a list"),
                ("sourceIdentity", "a b", "'a b' cannot be used; give 2 to 64 letters"),
                ("tags", {f"k{number}": "" for number in range(51)}, "STS takes at most 50"),
            )
        ),
        *(
            ("assumeRoles", [{"roleArn": DEPLOY, **said}], f"assumeRoles[0].{field}", words)
            for said, field, words in (
                ({"tags": {"aws:team": "a"}}, "tags.aws:team", "not 'aws:' first"),
                ({"tags": {"team": "a#b"}}, "tags.team", "'a#b' cannot be used; use at most 256"),
                ({"transitiveTagKeys": ["team"]}, "transitiveTagKeys[0]", "name one of `tags`"),
                (
                    {"policyArns": ["arn:aws-cn:iam::aws:policy/ReadOnlyAccess"]},
                    "policyArns[0]",
                    "in eu-west-1 an ARN begins with arn:aws:",
                ),
            )
        ),
        *(
            ("profile", profile, "profile", "give a profile's name alone")
            for profile in ("[default]", "team ", "team\nother", " ")
        ),
        (
            "defaultTags",
            {"tags": {"aws:team": "a"}},
            "defaultTags.tags.aws:team",
            "AWS keeps tags that",
        ),
        ("defaultTags", {"team": "a"}, "", "give a mapping with `tags`, text by name"),
        (
            "assumeRoles",
            [{"roleArn": HUB, "duration": "2h"}, {"roleArn": DEPLOY, "duration": "2h"}],
            "assumeRoles[1].duration",
            "'2h' cannot be used; a role that another role assumes lasts at most 1h",
        ),
        (
            "assumeRoles",
            [{"roleArn": DEPLOY, "policyArns": ["ReadOnlyAccess"]}],
            "assumeRoles[0].policyArns[0]",
            "'ReadOnlyAccess' cannot be used; give the ARN of a managed policy",
        ),
        (
            "assumeRoleWithWebIdentity",
            {"roleArn": DEPLOY, "webIdentityTokenFile": "/t", "duration": "13h"},
            "assumeRoleWithWebIdentity.duration",
            "STS takes 15m to 12h",
        ),
        ("sharedConfigFile", "/etc/SECRET", "", "unknown key; did you mean 'sharedConfigFiles'?"),
        ("profiles", "team", "", "unknown key; did you mean 'profile'?"),
        ("assumerole", "SECRET", "", "unknown key; did you mean 'assumeRoles'?"),
        ("Profile", "team", "", "unknown key; did you mean 'profile'?"),
        ("foo", "SECRET", "", "unknown key; known are "),
        ("sharedConfigFiles", ["~/a", "~/b"], "sharedConfigFiles", "reads one"),
        ("sharedCredentialsFiles", ["keys"], "sharedCredentialsFiles[0]", "write it from / or ~"),
    ],
)
def test_what_only_the_provider_would_follow_is_refused(
    key: str, value: object, field: str, words: str
) -> None:
    values = {**stack_file("staging"), f"aws:{key}": value}
    with pytest.raises(SettingsError) as caught:
        parse(as_config(values), "Pulumi.staging.yaml")
    first = caught.value.faults[0]
    assert first.startswith(f"Pulumi.staging.yaml: aws:{field or key}: ")
    assert words in first
    assert "SECRET" not in str(caught.value)


def test_all_that_the_provider_takes_may_be_said() -> None:
    """By its own schema: also what has no part in whom it is."""
    values = {**stack_file("staging"), **SETTINGS, "aws:s3UsePathStyle": "true"}
    values |= {"aws:maxRetries": "3", "aws:useFipsEndpoint": "true", "aws:defaultTags": "{}"}
    values["aws:assumeRoles"] = [{"roleArn": DEPLOY, "duration": "1h30m", "sessionName": "a-b@c"}]
    assert parse(as_config(values), "Pulumi.staging.yaml").region == "eu-west-1"


def test_a_token_in_the_stack_file_has_its_place_named() -> None:
    web = {"roleArn": DEPLOY, "webIdentityToken": "SECRET"}
    _, faults = read_identity(as_config({"aws:assumeRoleWithWebIdentity": web}))
    assert any("write it into a file" in str(fault) for fault in faults)
    assert "SECRET" not in str(faults)


@pytest.mark.parametrize("key", ["aws:accessKey", "aws:secretKey", "aws:token"])
def test_encrypted_keys_are_refused_for_they_reach_the_provider_only(key: str) -> None:
    values = as_config({**stack_file("staging"), key: "SECRET"})
    with pytest.raises(SettingsError) as caught:
        parse(values, "Pulumi.staging.yaml", encrypted=[key])
    (fault,) = caught.value.faults
    assert f"{key}: '[hidden]' cannot be used" in fault
    assert KEPT in fault


def test_a_secret_that_every_kubeconfig_would_show_is_refused() -> None:
    values = {**stack_file("staging"), "aws:assumeRoles": SETTINGS["aws:assumeRoles"]}
    with pytest.raises(SettingsError) as caught:
        parse(as_config(values), "Pulumi.staging.yaml", encrypted=["aws:assumeRoles"])
    (fault,) = caught.value.faults
    assert "aws:assumeRoles: '[hidden]' cannot be used; it is set as a secret" in fault
