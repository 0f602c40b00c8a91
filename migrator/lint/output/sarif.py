"""The report as SARIF 2.1.0, for code scanning."""

import json
from importlib.metadata import PackageNotFoundError, version
from pathlib import PurePath
from typing import Any
from urllib.parse import quote

from migrator.lint.finding import Finding
from migrator.lint.rules import RULES, RULES_BY_ID
from migrator.lint.summary_counts import Totals

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
LEVELS = {"unsafe": "error", "caution": "warning", "info": "note"}


def sarif_report(totals: Totals) -> str:
    """One run with the rules that were found broken and a result for each finding."""
    used = [rule for rule in RULES if any(f.rule == rule.id for f in totals.findings)]
    order = {rule.id: index for index, rule in enumerate(used)}
    run = {
        "tool": {
            "driver": {
                "name": "groundwork-migrator",
                "version": _version(),
                "rules": [_rule(rule.id) for rule in used],
            }
        },
        "results": [_result(finding, order[finding.rule]) for finding in totals.findings],
        "columnKind": "unicodeCodePoints",
    }
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2)


def _version() -> str:
    try:
        return version("groundwork-platform")
    except PackageNotFoundError:
        return "0"


def _rule(rule_id: str) -> dict[str, Any]:
    rule = RULES_BY_ID[rule_id]
    return {
        "id": rule.id,
        "name": rule.id,
        "shortDescription": {"text": rule.title},
        "fullDescription": {"text": rule.why},
        "help": {"text": f"Instead:\n{rule.safe_form}"},
        "properties": {"kind": rule.kind},
    }


def _result(finding: Finding, index: int) -> dict[str, Any]:
    return {
        "ruleId": finding.rule,
        "ruleIndex": index,
        "level": LEVELS[finding.severity],
        "message": {"text": finding.message},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": {"uri": _uri(finding.file)},
                    "region": {"startLine": max(finding.line, 1)},
                }
            }
        ],
        "properties": {
            "kind": finding.kind,
            "revision": finding.revision,
            "locks": [f"{lock.mode} on {lock.relation}" for lock in finding.locks],
        },
    }


def _uri(file: str) -> str:
    path = PurePath(file)
    return path.as_uri() if path.is_absolute() else quote(path.as_posix())
