"""What preview can know without a database: check and diff of the dynamic provider."""

import base64
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pulumi.dynamic.dynamic import serialize_provider
from pulumi.output import Unknown

from components.migration.run_provider import RunProvider

REVISION = """
from alembic import op
revision = {revision!r}
down_revision = {parent!r}
phase = {phase!r}
def upgrade(): {up}
def downgrade(): pass
"""


class Project:
    """An Alembic project in a temporary folder."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        (directory / "versions").mkdir()
        (directory / "alembic.ini").write_text("[alembic]\nscript_location = %(here)s\n")
        (directory / "env.py").write_text("raise SystemExit('never run offline')\n")

    def add(
        self, revision: str, parent: str | None, phase: str = "expand", up: str = "pass"
    ) -> None:
        text = REVISION.format(revision=revision, parent=parent, phase=phase, up=up)
        (self.directory / "versions" / f"{revision}.py").write_text(f'"""step {revision}"""{text}')

    def inputs(self, **changes: Any) -> dict[str, Any]:
        return {
            "script_location": str(self.directory),
            "history_hash": "0",
            "host": "db.example.com",
            "port": 5432.0,
            "database": "app",
            "secret_arn": "arn:aws:secretsmanager:eu-west-1:123456789012:secret:db",
            "target": "head",
            "approved_contracts": [],
            "ssl_mode": "require",
            "lint": "fail",
            "postgres_version": 15,
            **changes,
        }


@pytest.fixture
def project(tmp_path: Path) -> Project:
    project = Project(tmp_path)
    project.add("aaaa", None)
    project.add("bbbb", "aaaa")
    return project


def check(inputs: dict[str, Any]) -> tuple[dict[str, Any], dict[str, str]]:
    result = RunProvider().check({}, dict(inputs))
    return result.inputs, {failure.property: failure.reason for failure in result.failures}


def test_a_sound_history_is_named_among_the_inputs(project: Project) -> None:
    inputs, failures = check(project.inputs())
    assert failures == {}
    assert inputs["revisions"] == ["aaaa step aaaa", "bbbb step bbbb"]
    assert inputs["port"] == 5432


def two_heads(project: Project) -> None:
    project.add("cccc", "aaaa")


def missing_parent(project: Project) -> None:
    project.add("cccc", "eeee")


def circle(project: Project) -> None:
    project.add("cccc", "dddd")
    project.add("dddd", "cccc")


def bad_phase(project: Project) -> None:
    project.add("cccc", "bbbb", phase="shrink")


def syntax_error(project: Project) -> None:
    (project.directory / "versions" / "cccc.py").write_text("def upgrade(:\n")


@pytest.mark.parametrize(
    ("damage", "expected"),
    [
        (two_heads, "2 revisions follow aaaa: bbbb, cccc"),
        (missing_parent, "cccc.py: down_revision 'eeee' is not in"),
        (circle, "goes in a circle: cccc, dddd"),
        (bad_phase, "cccc.py: phase = 'shrink'"),
        (syntax_error, "cccc.py"),
    ],
)
def test_a_broken_history_fails_the_preview(
    project: Project, damage: Callable[[Project], None], expected: str
) -> None:
    damage(project)
    _, failures = check(project.inputs())
    assert list(failures) == ["script_location"]
    assert expected in failures["script_location"]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"target": "ffff"}, "'ffff' is not a revision"),
        ({"approved_contracts": ["ffff"]}, "'ffff' is not a contract revision's id"),
        ({"approved_contracts": ["aaaa"]}, "'aaaa' is not a contract revision's id"),
        ({"port": 0}, "0 is not a TCP port"),
        ({"port": "http"}, "'http' is not a TCP port"),
        ({"ssl_mode": "tls"}, "'tls' is none of"),
        ({"host": ""}, "is empty"),
        ({"script_location": "nowhere"}, "there is no nowhere/alembic.ini"),
    ],
)
def test_a_bad_input_is_named_with_its_value(
    project: Project, change: dict[str, Any], expected: str
) -> None:
    _, failures = check(project.inputs(**change))
    assert list(failures) == list(change)
    (reason,) = failures.values()
    assert expected in reason


def test_unknown_outputs_of_other_resources_pass_the_preview(project: Project) -> None:
    inputs, failures = check(project.inputs(host=Unknown(), port=Unknown(), secret_arn=Unknown()))
    assert failures == {}
    assert isinstance(inputs["host"], Unknown)


def test_a_contract_revision_waits_for_its_approval_and_its_phase(project: Project) -> None:
    project.add("cccc", "bbbb", phase="contract")
    assert len(check(project.inputs())[0]["revisions"]) == 2
    approved = project.inputs(approved_contracts=["cccc"])
    assert len(check(approved)[0]["revisions"]) == 3
    assert len(check({**approved, "phase": "expand"})[0]["revisions"]) == 2
    assert len(check({**approved, "phase": "contract"})[0]["revisions"]) == 3


def test_an_unapproved_contract_is_warned_of_or_fails_the_preview(
    project: Project, caplog: pytest.LogCaptureFixture
) -> None:
    project.add("cccc", "bbbb", phase="contract")
    assert check(project.inputs(phase="expand", unapproved="fail"))[1] == {}
    assert "cccc" not in caplog.text
    assert check(project.inputs(unapproved="warn"))[1] == {}
    assert "contract revision cccc is held back: it is not approved" in caplog.text
    _, failures = check(project.inputs(unapproved="fail"))
    assert "add cccc to the stack's approved contracts" in failures["approved_contracts"]


def test_an_unapproved_contract_before_expand_revisions_fails_the_preview(
    project: Project,
) -> None:
    project.add("cccc", "bbbb", phase="contract")
    project.add("dddd", "cccc")
    _, failures = check(project.inputs())
    assert list(failures) == ["approved_contracts"]
    assert "cccc" in failures["approved_contracts"]
    assert "dddd" in failures["approved_contracts"]


UNSAFE = "op.execute('CREATE INDEX t_a ON t (a)')"


def test_an_unsafe_revision_fails_the_preview_with_its_safe_form(project: Project) -> None:
    project.add("cccc", "bbbb", up=UNSAFE)
    _, failures = check(project.inputs())
    assert list(failures) == ["script_location"]
    reason = failures["script_location"]
    assert "unsafe: revision cccc" in reason
    assert "cccc.py:" in reason
    assert "CONCURRENTLY" in reason


def test_unsafe_revisions_may_be_warned_of_or_ignored(
    project: Project, caplog: pytest.LogCaptureFixture
) -> None:
    project.add("cccc", "bbbb", up=UNSAFE)
    assert check(project.inputs(lint="off"))[1] == {}
    assert "unsafe" not in caplog.text
    assert check(project.inputs(lint="warn"))[1] == {}
    assert "unsafe: revision cccc" in caplog.text


def test_only_revisions_that_are_new_to_the_resource_are_judged(project: Project) -> None:
    project.add("cccc", "bbbb", up=UNSAFE)
    before = check(project.inputs(lint="off"))[0]
    project.add("dddd", "cccc")
    assert RunProvider().check(before, project.inputs()).failures == []
    project.add("eeee", "dddd", up=UNSAFE.replace("t_a", "t_b"))
    (failure,) = RunProvider().check(before, project.inputs()).failures
    assert "unsafe: revision eeee" in failure.reason


def test_an_acknowledged_revision_passes(project: Project) -> None:
    project.add("cccc", "bbbb", up=UNSAFE)
    file = project.directory / "versions" / "cccc.py"
    allowed = "# migrator: allow create-index because the table is empty\ndef upgrade()"
    file.write_text(file.read_text().replace("def upgrade()", allowed))
    assert check(project.inputs())[1] == {}


def state(project: Project, **changes: Any) -> dict[str, Any]:
    inputs, _ = check(project.inputs(**changes))
    return {
        **inputs,
        "revision": inputs["revisions"][-1].split()[0],
        "previous_revision": "aaaa",
        "applied": ["bbbb"],
        "__provider": "as pickled by an older Python",
    }


def differs(olds: dict[str, Any], news: dict[str, Any]) -> bool:
    result = RunProvider().diff("app", olds, {**news, "__provider": "as pickled now"})
    assert result.replaces == []
    assert result.changes is not None
    return result.changes


def test_diff_is_empty_when_nothing_changed(project: Project) -> None:
    assert not differs(state(project), check(project.inputs())[0])


def test_a_new_revision_is_a_change(project: Project) -> None:
    before = state(project)
    project.add("cccc", "bbbb")
    assert differs(before, check(project.inputs())[0])


def test_an_edited_revision_is_a_change(project: Project) -> None:
    assert differs(state(project), check(project.inputs(history_hash="1"))[0])


def test_a_removed_input_is_a_change(project: Project) -> None:
    assert differs(state(project, region="eu-west-1"), check(project.inputs())[0])


def test_an_unknown_address_is_a_change(project: Project) -> None:
    assert differs(state(project), check(project.inputs(host=Unknown()))[0])


@pytest.mark.parametrize(("revision", "expected"), [("aaaa", True), (None, True), ("zz", True)])
def test_a_database_that_was_moved_by_hand_is_a_change(
    project: Project, revision: str | None, expected: bool
) -> None:
    assert differs({**state(project), "revision": revision}, check(project.inputs())[0]) is expected


@pytest.mark.parametrize(
    ("revision", "pending"),
    [
        ("aaaa", "app was last seen at aaaa; pending: bbbb step bbbb"),
        (None, "app was last seen at base; pending: aaaa step aaaa, then bbbb step bbbb"),
        ("zz", "app was last seen at zz; "),
    ],
)
def test_what_is_pending_after_a_change_by_hand_is_named(
    project: Project, caplog: pytest.LogCaptureFixture, revision: str | None, pending: str
) -> None:
    """No input has changed, so that Pulumi would show an update without a reason."""
    before = state(project)
    differs(before, check(project.inputs())[0])
    assert caplog.text == ""
    differs({**before, "revision": revision}, check(project.inputs())[0])
    assert pending in caplog.text


def test_a_revision_that_somebody_else_applied_is_named(
    project: Project, caplog: pytest.LogCaptureFixture
) -> None:
    project.add("cccc", "bbbb", phase="contract")
    before = {**state(project), "left_at": "bbbb"}
    differs({**before, "revision": "cccc"}, check(project.inputs())[0])
    assert "app was last seen at cccc; the last run left it at bbbb" in caplog.text


def test_a_database_ahead_of_the_expand_phase_needs_nothing(project: Project) -> None:
    project.add("cccc", "bbbb", phase="contract")
    before = state(project, phase="expand", approved_contracts=["cccc"])
    news = check(project.inputs(phase="expand", approved_contracts=["cccc"]))[0]
    assert not differs({**before, "revision": "cccc"}, news)


def test_a_state_of_the_former_version_is_no_change(project: Project) -> None:
    """It does not say where the last run left the database."""
    project.add("cccc", "bbbb", phase="contract")
    before = state(project)
    assert "left_at" not in before
    assert not differs({**before, "revision": "cccc"}, check(project.inputs())[0])


def test_the_provider_travels_by_reference(project: Project) -> None:
    """By value it would carry code and captured values into the state."""
    pickled = base64.b64decode(serialize_provider(RunProvider()))
    assert b"components.migration.run_provider" in pickled
    assert len(pickled) < 200
