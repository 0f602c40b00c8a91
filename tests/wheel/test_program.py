"""The program of docs/library.md, run with mocks where only the wheel is installed."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from pathlib import Path

from tests.unit import recording
from tests.wheel.environment import Environment
from tests.wheel.page import write_files

# Beside the program, the recorder is all that it gets from the clone.
RUN = f"""
import importlib.util, json, runpy, sys

specification = importlib.util.spec_from_file_location("recording", {recording.__file__!r})
recording = importlib.util.module_from_spec(specification)
sys.modules["recording"] = recording
specification.loader.exec_module(recording)
recorded = recording.record(lambda: runpy.run_path("__main__.py"))
print(json.dumps([[one.type for one in recorded.resources], recorded.exports()]))
"""


def test_the_smallest_network_cluster_and_database(platform: Environment, tmp_path: Path) -> None:
    write_files(tmp_path)
    done = replace(platform, work=tmp_path).run("python", "-c", RUN)
    assert done.returncode == 0, done.stderr
    types, outputs = json.loads(done.stdout)
    made = Counter(types)
    assert made["groundwork:network:Vpc"] == 1
    assert made["aws:ec2/subnet:Subnet"] == 8
    assert made["aws:eks/cluster:Cluster"] == 1
    assert made["aws:rds/instance:Instance"] == 1
    assert outputs == {
        "database_address": "database.example",
        "database_secret_arn": "arn:aws:secretsmanager:::secret:rds",
    }
