"""What a destroyed stack has left: kept on purpose, and taken over by the next one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from components.secrets import ApplicationSecrets, ApplicationSecretsArgs
from tests.unit.builders import EU, record_cluster
from tests.unit.recording import INVOKES, Recording, record

LOGS = "/aws/eks/main/cluster"
LOGS_TAGS = {"team": "platform", "Name": "eks-control-plane-logs"}
SECRET = "prod/app/database"
ARN = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:prod/app/database-a1b2c3"
SECRET_TAGS = {"team": "platform", "Name": "app-secret-prod-app-database"}


def there(monkeypatch: pytest.MonkeyPatch, answers: Mapping[str, Any]) -> None:
    """An account in which something is."""
    tokens = {
        "getLogGroup": "aws:cloudwatch/getLogGroup:getLogGroup",
        "getLogGroups": "aws:cloudwatch/getLogGroups:getLogGroups",
        "getSecret": "aws:secretsmanager/getSecret:getSecret",
        "getSecrets": "aws:secretsmanager/getSecrets:getSecrets",
    }
    for name, answer in answers.items():
        monkeypatch.setitem(INVOKES, tokens[name], answer)


def record_secrets() -> Recording:
    args = ApplicationSecretsArgs(
        account=EU, secrets={SECRET: "the database"}, tags={"team": "platform"}
    )
    return record(lambda: ApplicationSecrets("app", args))


def test_the_logs_of_components_alone_keep_their_own_key() -> None:
    recording = record_cluster(log_key_arn=None)
    assert recording.named("eks-logs-key").retain_on_delete


def test_nothing_is_taken_over_where_nothing_is() -> None:
    assert record_cluster().named("eks-control-plane-logs").import_id == ""
    assert record_secrets().only("secret:Secret").import_id == ""


@pytest.mark.parametrize(
    ("names", "tags", "taken"),
    [
        ([LOGS], LOGS_TAGS | {"later": "tag"}, LOGS),
        ([f"{LOGS}-other", LOGS], {}, LOGS),
        ([LOGS], {**LOGS_TAGS, "team": "other"}, ""),
        ([f"{LOGS}-other"], LOGS_TAGS, ""),
    ],
    ids=["ours", "made by EKS", "another's", "another name"],
)
def test_the_clusters_log_group_is_taken_over(
    names: list[str], tags: dict[str, str], taken: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    listed = {"logGroupNames": names, "arns": [f"arn:{name}" for name in names]}
    there(monkeypatch, {"getLogGroups": listed, "getLogGroup": {"tags": tags}})
    group = record_cluster(tags={"team": "platform"}).named("eks-control-plane-logs")
    assert group.import_id == taken


@pytest.mark.parametrize(
    ("names", "tags", "taken"),
    [
        ([f"{SECRET}-old", SECRET], SECRET_TAGS, ARN),
        ([SECRET], {}, ""),
        ([SECRET], {**SECRET_TAGS, "team": "other"}, ""),
        ([f"{SECRET}-old"], SECRET_TAGS, ""),
    ],
    ids=["ours", "made by hand", "another's", "another name"],
)
def test_a_secret_is_taken_over(
    names: list[str], tags: dict[str, str], taken: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    arns = [ARN if name == SECRET else "arn:other" for name in names]
    there(monkeypatch, {"getSecrets": {"names": names, "arns": arns}, "getSecret": {"tags": tags}})
    assert record_secrets().only("secret:Secret").import_id == taken
