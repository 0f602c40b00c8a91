"""No credential goes through the stack file into the state, and no message repeats it."""

from __future__ import annotations

import copy
from collections.abc import Callable
from ipaddress import IPv4Network
from typing import Any

import pytest

from components.arguments import ArgumentError
from components.chart import Chart
from components.credentials import find_credential, looks_generated, names_a_credential
from components.gitops import Destination, ProjectArgs
from infra.settings import SettingsError, parse
from tests.unit.builders import vpc_args
from tests.unit.stack_files import FILE, STACKS, VALID, as_config, faults_of, put, stack_file

GITHUB = "ghp_" + "Ab3" * 12
REPOSITORY = "https://github.com/org/repo"
MYAPP = "gitops/applications/myapp"
# What issuers put before their tokens, and a third of the length behind it.
ISSUED = {
    "hf_": 11, "xkeysib-": 22, "xsmtpsib-": 22, "rubygems_": 16, "sntrys_": 20, "sntryu_": 21,
    "PMAK-": 19, "figd_": 13, "sq0atp-": 7, "sq0csp-": 14, "NRAK-": 9, "glc_": 20, "nfp_": 13,
    "sbp_": 13, "pscale_pw_": 14, "pscale_tkn_": 14, "ntn_": 15, "secret_": 14, "sgp_": 14,
    "LTAI": 7, "r8_": 12, "gsk_": 17, "pplx-": 16, "xai-": 26, "nvapi-": 20, "GOCSPX-": 9,
    "CFPAT-": 14, "sqp_": 13, "squ_": 13, "apify_api_": 12, "bkua_": 13, "CCIPAT_": 14,
    "dt0c01.": 8, "AKCp": 23, "shpca_": 10, "shppa_": 10, "lin_oauth_": 13, "cio": 10,
    "rdme_": 23, "EZAK": 18, "PRMA-": 12, "pnu_": 12, "ops_eyJ": 80, "ABSK": 36, "gldt-": 7,
}  # fmt: skip


def put_purpose(purpose: str) -> Callable[[dict[str, Any]], None]:
    """Another purpose of the secret prod/app/database."""
    return put(
        "secrets/application_secrets",
        {**VALID["groundwork:secrets"]["application_secrets"], "prod/app/database": purpose},
    )


@pytest.mark.parametrize(
    ("change", "secret", "message"),
    [
        (
            put(f"{MYAPP}/repository", f"https://joe:{GITHUB}@github.com/org/repo"),
            GITHUB,
            "groundwork:gitops.applications.myapp.repository: 'https://…@github.com/org/repo' holds"
            " credentials in an address, which Pulumi's state would keep in plain; give Argo CD",
        ),
        (
            put(f"{MYAPP}/repository", f"https://{GITHUB}@github.com/org/repo"),
            GITHUB,
            "gitops.applications.myapp.repository: 'https://…@github.com/org/repo'",
        ),
        (
            put(f"{MYAPP}/repository", f"{REPOSITORY}?access_token=hunter2"),
            "hunter2",
            f"gitops.applications.myapp.repository: '{REPOSITORY}?access_token=…'",
        ),
        (
            put(
                "gitops/projects/default/source_repositories",
                [REPOSITORY, "ssh://git:hunter2@git.example.com/repo"],
            ),
            "hunter2",
            "gitops.projects.default.source_repositories[1]: 'ssh://…@git.example.com/repo'",
        ),
        (
            put(
                "gitops/projects/default/destinations",
                [
                    {"namespace": "production"},
                    {"namespace": "a", "server": "https://a:hunter2@k8s.example.com"},
                ],
            ),
            "hunter2",
            "gitops.projects.default.destinations[1].server: 'https://…@k8s.example.com'",
        ),
        (
            put("secrets/chart/repository", "https://u:hunter2@charts.example.com"),
            "hunter2",
            "secrets.chart.repository: 'https://…@charts.example.com' holds credentials in an"
            " address, which Pulumi's state would keep in plain; let the machine that deploys log"
            " in instead: `helm registry login`",
        ),
        (
            put("gitops/chart/repository", "ftp://u:hunter2@charts.example.com"),
            "hunter2",
            "gitops.chart.repository: 'ftp://…@charts.example.com'",
        ),
        (
            lambda values: values.update({"groundwork:tags": {"deploy": GITHUB}}),
            GITHUB,
            "groundwork:tags.deploy: '…' holds a token of GitHub, which Pulumi's state would keep"
            " in plain; keep it in AWS Secrets Manager",
        ),
        (
            lambda values: values.update({"groundwork:tags": {"db-password": "hunter2"}}),
            "hunter2",
            "groundwork:tags.db-password: '…' holds a credential, by its name",
        ),
        (
            lambda values: values.update({"groundwork:tags": {GITHUB: "deploy"}}),
            GITHUB,
            "groundwork:tags: '…' holds a token of GitHub",
        ),
        (
            put("cluster/node_pools/general/labels", {"apiToken": "hunter2"}),
            "hunter2",
            "cluster.node_pools.general.labels.apiToken: '…'",
        ),
        (
            put_purpose("postgres://app:hunter2@db.example.com/app"),
            "hunter2",
            ".application_secrets[\"prod/app/database\"]: 'postgres://…@db.example.com/app'",
        ),
        (
            put_purpose('{"username": "app", "password": "hunter22"}'),
            "hunter22",
            'application_secrets["prod/app/database"]: \'{"username": "app", "password":',
        ),
        (
            put_purpose("Tr0ub4dor&3"),
            "Tr0ub4dor",
            ".application_secrets[\"prod/app/database\"]: '…' holds the secret's value, where its"
            " purpose belongs",
        ),
        (
            put("gitops/projects/default/description", "AKIAIOSFODNN7EXAMPLE"),
            "AKIAIOSFODNN7EXAMPLE",
            "gitops.projects.default.description: '…' holds an access key of AWS",
        ),
        (
            put("database/parameters", {"rds.x": "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"}),
            "wJalrXUtnFEMI",
            "database.parameters[\"rds.x\"]: '…' holds a secret key",
        ),
        (
            put("network/tokn", f"https://x:{GITHUB}@github.com"),
            GITHUB,
            "network.tokn: 'https://…@github.com'",
        ),
        (
            lambda values: values.update({"groundwork:network": f"url https://x:{GITHUB}@h"}),
            GITHUB,
            "groundwork:network: 'url https://…@h'",
        ),
        (
            lambda values: values.update({"aws:region": f"https://x:{GITHUB}@h"}),
            GITHUB,
            "aws:region: 'https://…@h' holds",
        ),
        (
            lambda values: values.update({"aws:secretKey": "hunter2"}),
            "hunter2",
            "aws:secretKey: '[hidden]' cannot be used; it would be kept in the state",
        ),
        (
            lambda values: values.update({"aws:profile": GITHUB}),
            GITHUB,
            "aws:profile: '…' holds a token of GitHub, which Pulumi's state would keep in plain;"
            " let the environment",
        ),
    ],
    ids=lambda one: one[:60] if isinstance(one, str) and ":" in one else "",
)
def test_a_credential_is_refused_and_no_message_has_it(
    change: Callable[[dict[str, Any]], object], secret: str, message: str
) -> None:
    said = faults_of(change)
    assert message in said[0]
    assert not any(secret in one for one in said), said


@pytest.mark.parametrize(
    "text",
    [
        f"SG.{'aB3' * 7}x.{'cD4' * 14}x",
        f"a key eyJ{'aB3' * 7}.{'cD4' * 7}.{'eF5' * 7}.{'gH6' * 7}.{'iJ7' * 7}",
        '{"password": "cD4\\"gH6", "user": "iJ7"}',
        "https://u:hunter2@db.example.com/?x=1 password='cD4gH6' iJ7",
    ],
)
def test_what_follows_a_credential_is_hidden_with_it(text: str) -> None:
    found = find_credential(text)
    assert found is not None
    assert not any(part in found.hidden for part in ("cD4", "gH6", "iJ7", "hunter2")), found.hidden


@pytest.mark.parametrize(
    ("name", "value", "refused"),
    [
        ("db_pass", "hunter22", True),
        ("auth", "hunter22", True),
        ("password", "my secret phrase", True),
        ("password", "see the wiki", False),
        ("auth", "oidc", False),
        ("auth", "OAuth2", False),
        ("pass", "none", False),
    ],
)
def test_a_tag_is_judged_by_name_and_value(name: str, value: str, refused: bool) -> None:
    values = copy.deepcopy(VALID)
    values["groundwork:tags"] = {name: value}
    try:
        parse(as_config(values), FILE)
    except SettingsError as error:
        (fault,) = error.faults
        assert refused
        assert f"groundwork:tags.{name}: '…' holds a credential, by its name" in fault
    else:
        assert not refused


def test_a_value_that_pulumi_decrypts_is_refused_unseen() -> None:
    values = copy.deepcopy(VALID)
    put("network/cidr", "hunter2")(values)
    with pytest.raises(SettingsError) as caught:
        parse(as_config(values), FILE, encrypted=["groundwork:network", "aws:secretKey"])
    (fault,) = caught.value.faults
    assert fault.startswith(f"{FILE}: groundwork:network: it holds an encrypted value")
    assert "hunter2" not in fault


def test_another_providers_credentials_may_be_encrypted() -> None:
    values = {**as_config(VALID), "datadog:apiKey": GITHUB}
    assert parse(values, FILE, encrypted=["datadog:apiKey"]).region == "eu-west-1"


@pytest.mark.parametrize("stack", STACKS)
def test_the_stack_files_hold_none(stack: str) -> None:
    values = stack_file(stack)
    values["groundwork:tags"] |= {"uses-tokens": "yes", "secret": "none", "owner": "a@example.com"}
    values["groundwork:tags"]["commit"] = "5f2a0c9be7d1a4c3f0e6b8d7a9c1e3f5b7d9a1c3"
    assert parse(as_config(values), f"Pulumi.{stack}.yaml").tags["commit"]


@pytest.mark.parametrize(
    "build",
    [
        lambda url: Chart(repository=url, version="1.2.3"),
        lambda url: Destination(namespace="a", server=url),
        lambda url: ProjectArgs(
            name="a",
            namespace="argocd",
            description="a",
            source_repositories=[url],
            destinations=[Destination(namespace="a")],
        ),
        lambda url: vpc_args(cidr=IPv4Network("8.0.0.0/16"), tags={"url": url}),
    ],
)
def test_a_component_refuses_it_too_and_tells_nothing_else(build: Callable[[str], object]) -> None:
    with pytest.raises(ArgumentError, match=r"'ftp://…@h/x' cannot be used; it holds") as caught:
        build("ftp://u:hunter2@h/x")
    assert len(caught.value.faults) == 1
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize(
    "text",
    [
        "https://user:a@b@host/x",
        "HTTPS://token@host/x",
        "//user:hunter2@host",
        "https://user:hun/ter?2@host/x",
        "joe:hunter2@registry.example.com/migrator:1",
        "git:hunter2@github.com:org/repo",
        "https://discord.com/api/webhooks/1/abc",
        "https://host/x?private_token=abc",
        "https://bucket.s3.amazonaws.com/x?X-Amz-Signature=abc",
        "PGPASSWORD=hunter2",
        "host=db password='hunter2'",
        "Authorization: Bearer abcdefghijklmnop",
        "Authorization: Token abcdef1234567890abcd",
        "authorization: abcdef1234567890abcd",
        "X-Api-Key: 9f8a7b6c5d4e3f2a1b0c",
        "curl -H 'PRIVATE-TOKEN: abcd1234' https://gitlab.example.com",
        "X-Vault-Token: abcd-1234",
        "github_pat_11ABCDEFG0123456789abc",
        "glpat-abcdefghij0123456789",
        "xoxb-123456789012-abcdef",
        "sk_live_abcdefghij0123",
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjMifQ.c2lnbmF0dXJl",
        "-----BEGIN RSA PRIVATE KEY-----\nMIIE",
        "pul-0123456789abcdef0123456789abcdef01234567",
        # A password that begins as a port does, and registries without a dot.
        "https://user:123/abc@github.com/org/repo",
        "https://user:8443/abc@git.example.com:8443/org/repo",
        "user:pw12@reg/x:1",
        "user:pw12@reg:5000/x@sha256:" + "ab12" * 16,
        "the database joe:pw12@db:5432",
        "postgres://joe:12/34@db:5432/app",
        "redis+sentinel://joe:12?34@cache",
        # Assignments: quoted words, and in YAML.
        'password="my secret phrase"',
        "password = 'a b c'",
        "password: hunter2",
        "DB password: correct horse battery staple",
        "passphrase: 'my secret phrase'",
        "user: joe, password: hunter, host: db",
        "api_key: aB3cD4eF5gH6",
        "DB_PASS=hunter22",
        "db.pw = hunter22",
        "AUTH=aB3cD4eF5gH6",
        "MYSQL_PWD=hunter22",
        *(f"a key {prefix}{'aB3' * length}" for prefix, length in ISSUED.items()),
        f"dp.pt.{'aB3' * 14}",
        f"1234567890:AA{'aB3' * 11}",
        f"{'ab12' * 8}-us12",
        f"key-{'ab12' * 8}",
        f"SK{'ab12' * 8}",
        f"pat{'aB3' * 5}.{'ab12' * 16}",
    ],
)
def test_credentials_are_known_by_their_form(text: str) -> None:
    found = find_credential(text)
    assert found
    assert find_credential(found.without) is None


@pytest.mark.parametrize(
    "text",
    [
        "git@github.com:org/repo.git",
        "ssh://git@github.com/org/repo",
        "https://github.com/org/repo@v1",
        "https://git.example.com:8443/org/repo@v1",
        "registry:5000/app:1.2@sha256:" + "ab12" * 16,
        "arn:aws:iam::123456789012:role/token-service",
        "The API's token: JSON with `main`",
        '{"password": "…"}',
        '{"password": "<the password>"}',
        "mailto:team@example.com",
        "owner:team@example.com",
        "k8s/Overlays/Production/EuWest1/cluster1",
        "app@sha256:" + "ab12" * 16,
        "app:1.2@sha256:" + "ab12" * 16,
        "org/app:1.2@sha256:" + "ab12" * 16,
        "https://git.example.com:8443/org/repo@v1.2",
        "https://git.example.com:8443/org/repo@v1.2/k8s",
        "db.example.com:5432",
        "db:5432/app",
        "password_encryption=scram-sha-256",
        "password_encryption: scram-sha-256",
        "authentication: oidc",
        "auth=oauth2",
        "auth: required",
        "compass=north-east",
        "Password: see the wiki",
        "Authorization: see https://wiki.example.com/page2",
        "authorization: required",
        "X-Api-Key: in Secrets Manager",
        "password: JSON with `url`",
        "The password: rotated monthly",
        "password: required",
        "password: <the password>",
        "password: ${PASSWORD}",
        "Keys: base64, signature: sha256",
        "hf_hub and sq0 and dp.pt",
        "global-accelerator-endpoints-eu",
        "secret_rotation_enabled_everywhere",
        "hf_transformers_cache_volume",
        "docker://app:1.2@sha256:" + "ab12" * 16,
        "token: arn:aws:secretsmanager:eu-west-1:123456789012:secret:prod/App12-AbCdEf",
        "auth: https://sso.example.com/Realm1/V2",
        "scram-sha-256",
    ],
)
def test_other_text_is_none(text: str) -> None:
    assert find_credential(text) is None


def test_names_tell_what_their_values_are() -> None:
    for name in (
        *("password", "db-password", "apiToken", "api_key", "client.secret", "sessionToken"),
        *("db_pass", "auth", "app.auth", "DB_PW", "dbPass", "creds", "dbpassword", "authtoken"),
        *("password2", "token-1", "PGPASSWORD", "deploy-key", "app.jwt", "webhook_key"),
    ):
        assert names_a_credential(name), name
    for name in (
        *("password_encryption", "rds.restrict_password_commands", "monkey", "assignee"),
        *("compass", "bypass", "author", "oauth", "auth_method", "authority", "passenger", "wpw"),
    ):
        assert not names_a_credential(name), name
    for text in ("Xk29sdfPQ12z", "correct!horse", "0123456789abcdef" * 2):
        assert looks_generated(text), text
    for text in (
        "Stripe-api-keys-v2",
        "postgres-2024",
        "Keys for other services: JSON with `main`",
    ):
        assert not looks_generated(text), text
