"""`python -m infra.recovery --stack STACK`: takes up what a killed `pulumi up` had begun.

Pulumi writes down what it is about to create, and does not look what became of it. The next `up`
would make it again, or fail because it exists.
"""

import base64
import json
import shlex
import ssl
import subprocess
import sys
from typing import Annotated, Any

import boto3
import typer
from botocore.exceptions import BotoCoreError
from urllib3.exceptions import HTTPError

from local.engine import releases
from local.engine.kubernetes_api import KubernetesApi
from local.engine.pending import Search, take_up
from local.failure import LocalError

Stack = Annotated[str, typer.Option(help="the stack, such as staging")]
Yes = Annotated[bool, typer.Option("--yes", help="change the state without a question")]


def recover(stack: Stack, yes: Yes = False) -> None:
    """Look what an interrupted run has made, wait until AWS has finished it, and take it up.

    Needs `pulumi` and the credentials that deploy the stack. Run `pulumi cancel` first.
    """
    state = json.loads(_pulumi("stack", "export", "--stack", stack))
    deployment = state["deployment"]
    begun = [operation["resource"] for operation in deployment.get("pending_operations") or []]
    if not begun:
        print("Nothing was interrupted: `pulumi up` goes on from here.")
        return
    known = {(r["type"], r["id"]) for r in deployment.get("resources") or [] if "id" in r}
    search = Search(known=frozenset(known), session=boto3.Session(), region=_region(stack))
    print("Looking for what was begun, and waiting for what AWS has not finished …")
    there = take_up(deployment, search)
    for resource in begun:
        taken = "to be taken up" if resource["urn"] in there else "not there: `up` makes it"
        print(f"  {_name(resource)}: {taken}")
    if not yes:
        typer.confirm("Write this into the state?", abort=True)
    _clear_marks(deployment, begun)
    _pulumi("stack", "import", "--stack", stack, given=json.dumps(state))
    if there:
        targets = [word for urn in there for word in ("--target", urn)]
        _pulumi("refresh", "--stack", stack, "--yes", "--skip-preview", *targets)
    print(f"Done: `pulumi up --stack {stack}` goes on from here.")


def _clear_marks(deployment: dict[str, Any], begun: list[dict[str, Any]]) -> None:
    """Lets Helm go on with the releases that were begun on the stack's cluster."""
    if not any(resource["type"] == releases.TYPE for resource in begun):
        return
    for cluster in deployment["resources"]:
        if cluster["type"] != "aws:eks/cluster:Cluster":
            continue
        outputs = cluster["outputs"]
        authority = base64.b64decode(outputs["certificateAuthority"]["data"]).decode()
        words = ("--cluster-name", outputs["name"], "--region", outputs["region"])
        token = json.loads(_run("aws", "eks", "get-token", *words, "--output", "json"))
        api = KubernetesApi(
            outputs["endpoint"],
            ssl.create_default_context(cadata=authority),
            {"Authorization": f"Bearer {token['status']['token']}"},
        )
        for release in releases.clear_marks(api, begun):
            print(f"  Helm goes on with the release {release}.")


def _name(resource: dict[str, Any]) -> str:
    return f"{resource['type']} {resource['urn'].rpartition('::')[2]}"


def _region(stack: str) -> str:
    return _pulumi("config", "get", "aws:region", "--stack", stack).strip()


def _pulumi(*arguments: str, given: str | None = None) -> str:
    """What the user's `pulumi` prints. Raises LocalError with its words if it fails."""
    return _run("pulumi", *arguments, "--non-interactive", given=given)


def _run(*command: str, given: str | None = None) -> str:
    done = subprocess.run(command, input=given, capture_output=True, text=True, check=False)
    if done.returncode:
        said = done.stderr.strip() or done.stdout.strip()
        raise LocalError(f"`{shlex.join(command[:4])} …` failed:\n{said}")
    return done.stdout


def main() -> None:
    """Runs the command; an error that the user can act on is shown as such."""
    try:
        typer.run(recover)
    except (LocalError, BotoCoreError, HTTPError, FileNotFoundError) as error:
        print(f"error: {error}", file=sys.stderr)
        sys.exit(1)


if __name__ == "__main__":
    main()
