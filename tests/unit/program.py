"""The whole program as a function."""

from __future__ import annotations

import json
import runpy
from functools import cache

from tests.unit.recording import Recording, record
from tests.unit.stack_files import as_config, stack_file

ALLOWED = ("database-instance", "application-secrets-secret-staging-app-api-keys")


def run_program() -> None:
    """What `pulumi up` runs."""
    runpy.run_module("infra.__main__")


@cache
def recorded_with_job() -> Recording:
    """The production stack with a job that migrates in the cluster."""
    values = stack_file("production")
    values["groundwork:migrations"] |= {
        "job": {"image": "registry.example.com/migrator:1.4.2"},
        "backfills": ["users_email"],
    }
    return record(run_program, as_config(values))


@cache
def recorded_with_a_third_zone() -> Recording:
    """The staging stack with a zone more than it has."""
    values = stack_file("staging")
    values["groundwork:network"]["availability_zones"].append("eu-west-1c")
    return record(run_program, as_config(values))


@cache
def recorded_with_allowances() -> Recording:
    """The staging stack that lets a database and a secret go, with a tag more for everything."""
    values = stack_file("staging")
    values["groundwork:allow_replace"] = list(ALLOWED)
    values["groundwork:tags"]["team"] = "platform"
    return record(run_program, as_config(values))


@cache
def recorded_stack(stack: str) -> Recording:
    """The program with one of the repository's stack files; run once, not to be changed."""
    return record(run_program, as_config(stack_file(stack)))


@cache
def recorded_in(stack: str, region: str, partition: str) -> Recording:
    """The program with a stack file that somebody wrote for another partition of AWS."""
    values = stack_file(stack)
    text = json.dumps(values).replace(values["aws:region"], region)
    values = json.loads(text.replace("arn:aws:", f"arn:{partition}:"))
    return record(run_program, as_config(values), partition=partition)
