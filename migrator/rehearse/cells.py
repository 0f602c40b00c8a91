"""A rehearsal's findings as short texts, which every format shows."""

from migrator.rehearse.report import Rehearsal, RevisionReport, Step, Subject

HEADINGS = (
    *("revision", "what it does", "up", "down", "up again", "schema", "data", "down loses"),
    *("probes", "result"),
)


def cells(report: RevisionReport) -> tuple[str, ...]:
    """One revision's row, in the order of HEADINGS."""
    return (
        report.revision,
        report.message,
        *(_seconds(report, step) for step in ("up", "down", "up again")),
        _verdict(report, "schema", "same"),
        _verdict(report, "data", _kept(report)),
        ", ".join(report.loses),
        _verdict(report, "probe", f"{len(report.of('probe'))} passed"),
        "ok" if report.ok else "failed",
    )


def faults(report: RevisionReport) -> list[str]:
    """What is wrong, each with the step it was found after."""
    return [f"{check.step}, {check.subject}: {check.detail}" for check in report.failures()]


def title(rehearsal: Rehearsal) -> str:
    """What was rehearsed on what."""
    return (
        f"Rehearsal of {len(rehearsal.revisions)} revisions on PostgreSQL "
        f"{rehearsal.server_version}, {rehearsal.rows} rows a table"
    )


def _seconds(report: RevisionReport, step: Step) -> str:
    seconds = report.seconds.get(step)
    return "-" if seconds is None else f"{seconds * 1000:.0f} ms"


def _kept(report: RevisionReport) -> str:
    return f"not tried: {', '.join(report.untried)}" if report.untried else "kept"


def _verdict(report: RevisionReport, subject: Subject, good: str) -> str:
    checks = report.of(subject)
    if not checks:
        return "-"
    failed = [check for check in checks if not check.ok]
    return f"{len(failed)} of {len(checks)} failed" if failed else good
