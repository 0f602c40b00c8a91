"""The report as GitHub workflow commands, which become annotations in a pull request."""

from migrator.lint.output.printable import printable
from migrator.lint.summary_counts import Totals

COMMANDS = {"unsafe": "error", "caution": "warning", "info": "notice"}


def github_report(totals: Totals) -> str:
    """One ``::error``, ``::warning`` or ``::notice`` a finding."""
    lines = []
    for finding in totals.findings:
        properties = {
            "file": finding.file,
            "line": str(finding.line),
            "title": f"{finding.rule} ({finding.kind})",
        }
        written = ",".join(f"{key}={_property(value)}" for key, value in properties.items())
        message = finding.message
        if finding.safe_form:
            message += f"\nSafe form:\n{finding.safe_form}"
        lines.append(f"::{COMMANDS[finding.severity]} {written}::{_data(message)}")
    return printable("\n".join(lines))


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
