"""`python -m infra.recovery --stack STACK`: takes up what a killed `pulumi up` had begun.

Pulumi writes down what it is about to create, and does not look what became of it. The next `up`
would make it again, or fail because it exists.
"""

import base64
import json
import os
import ssl
import sys
from typing import Annotated, Any

import boto3
import typer
from botocore.exceptions import BotoCoreError, ClientError
from urllib3.exceptions import HTTPError

from components.identity import KEYS, identity_of
from local.engine import releases
from local.engine.commands import output_of
from local.engine.kubernetes_api import KubernetesApi
from local.engine.pending import Search, take_up
from local.failure import LocalError

Stack = Annotated[str, typer.Option(help="the stack, such as staging")]
Yes = Annotated[bool, typer.Option("--yes", help="change the state without a question")]


def recover(stack: Stack, yes: Yes = False) -> None:
    """Look what an interrupted run has made, wait until AWS has finished it, and take it up.

    Needs `pulumi` and the credentials that deploy the stack; profile and roles are those of the
    stack file. Run `pulumi cancel` first.
    """
    state = json.loads(_pulumi("stack", "export", "--stack", stack))
    deployment = state["deployment"]
    begun = [operation["resource"] for operation in deployment.get("pending_operations") or []]
    if not begun:
        print("Nothing was interrupted: `pulumi up` goes on from here.")
        return
    known = {(r["type"], r["id"]) for r in deployment.get("resources") or [] if "id" in r}
    session = session_of(stack)
    if session.region_name is None:
        raise LocalError(f"the stack {stack} names no aws:region")
    search = Search(known=frozenset(known), session=session, region=session.region_name)
    print("Looking for what was begun, and waiting for what AWS has not finished …")
    there = take_up(deployment, search)
    for resource in begun:
        taken = "to be taken up" if resource["urn"] in there else "not there: `up` makes it"
        print(f"  {_name(resource)}: {taken}")
    if not yes:
        typer.confirm("Write this into the state?", abort=True)
    _clear_marks(deployment, begun, session)
    _pulumi("stack", "import", "--stack", stack, given=json.dumps(state))
    if there:
        targets = [word for urn in there for word in ("--target", urn)]
        _pulumi("refresh", "--stack", stack, "--yes", "--skip-preview", *targets)
    print(f"Done: `pulumi up --stack {stack}` goes on from here.")


def _clear_marks(
    deployment: dict[str, Any], begun: list[dict[str, Any]], session: boto3.Session
) -> None:
    """Lets Helm go on with the releases that were begun on the stack's cluster."""
    if not any(resource["type"] == releases.TYPE for resource in begun):
        return
    for cluster in deployment["resources"]:
        if cluster["type"] != "aws:eks/cluster:Cluster":
            continue
        outputs = cluster["outputs"]
        authority = base64.b64decode(outputs["certificateAuthority"]["data"]).decode()
        words = ("--cluster-name", outputs["name"], "--region", outputs["region"])
        command = ("aws", "eks", "get-token", *words, "--output", "json")
        token = json.loads(_run(*command, credentials=_credentials(session)))
        api = KubernetesApi(
            outputs["endpoint"],
            ssl.create_default_context(cadata=authority),
            {"Authorization": f"Bearer {token['status']['token']}"},
        )
        for release in releases.clear_marks(api, begun):
            print(f"  Helm goes on with the release {release}.")


def _name(resource: dict[str, Any]) -> str:
    return f"{resource['type']} {resource['urn'].rpartition('::')[2]}"


def session_of(stack: str) -> boto3.Session:
    """Whom the stack's provider acts as, in its region. Raises LocalError."""
    told = json.loads(_pulumi("config", "--json", "--stack", stack))
    values = {key: told[key]["value"] for key in KEYS if "value" in told.get(key, {})}
    try:
        return identity_of(values).session(values.get("aws:region"))
    except ValueError as error:
        raise LocalError(str(error)) from None


def _credentials(session: boto3.Session) -> dict[str, str]:
    """For a command that reads its environment: on the command line every user would see them."""
    found = session.get_credentials()
    if found is None:
        return {}
    keys = found.get_frozen_credentials()
    named = {
        "AWS_ACCESS_KEY_ID": keys.access_key,
        "AWS_SECRET_ACCESS_KEY": keys.secret_key,
        "AWS_SESSION_TOKEN": keys.token,
    }
    return {name: value for name, value in named.items() if value}


def _pulumi(*arguments: str, given: str | None = None) -> str:
    """What the user's `pulumi` prints. Raises LocalError with its words if it fails."""
    return _run("pulumi", *arguments, "--non-interactive", given=given)


def _run(*command: str, given: str | None = None, credentials: dict[str, str] | None = None) -> str:
    ambient = os.environ if credentials is None else _without_identity()
    return output_of(command, environment={**ambient, **(credentials or {})}, given=given)


def _without_identity() -> dict[str, str]:
    names = ("AWS_PROFILE", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")
    return {key: value for key, value in os.environ.items() if key not in names}


def main() -> None:
    """Runs the command; an error that the user can act on is shown as such."""
    try:
        typer.run(recover)
    except (LocalError, BotoCoreError, ClientError, HTTPError, FileNotFoundError) as error:
        print(f"error: {error}", file=sys.stderr)
        sys.exit(1)


if __name__ == "__main__":
    main()
