"""The report as JSON, for other programs."""

import json

from migrator.lint.summary_counts import Totals


def json_report(totals: Totals) -> str:
    """``{"findings": […], "summary": {…}}``."""
    document = {
        "findings": [finding.as_json() for finding in totals.findings],
        "summary": totals.as_json(),
    }
    return json.dumps(document, indent=2)
