"""Which revisions are new on the branch that is checked out."""

import os
import subprocess
from pathlib import Path

from migrator.errors import UsageError
from migrator.project.history import History

# Where none is named: the first of these that git has.
USUAL_BRANCHES = ("main", "master", "origin/HEAD", "origin/main", "origin/master")


class NoBranchError(UsageError):
    """git cannot say what is on a branch; the message says why."""


def new_revisions(history: History, base: str | None) -> tuple[set[str], str]:
    """The ids whose files git does not have on a branch, and in words how they were chosen.

    base: a branch or another name of a commit; None for the first usual one, and for all
    revisions where there is none. Raises NoBranchError for a base that git does not have.
    """
    if base is not None:
        return not_on_branch(history, base), f"not on the branch {base}"
    reason = ""
    for name in USUAL_BRANCHES:
        try:
            return not_on_branch(history, name), f"not on the branch {name}"
        except NoBranchError as error:
            reason = reason or str(error)
    return history.ids, f"no database and no branch tells which are new ({reason})"


def not_on_branch(history: History, base: str) -> set[str]:
    """The ids whose files git does not have on the branch. Raises NoBranchError."""
    if base.startswith("-") or not base:
        raise NoBranchError(f"--base: {base!r} is not the name of a branch")
    there: set[Path] = set()
    for folder in {revision.path.resolve().parent for revision in history.revisions}:
        there |= _files_on_branch(folder, base)
    return {revision.id for revision in history.revisions if revision.path.resolve() not in there}


def _files_on_branch(folder: Path, base: str) -> set[Path]:
    # -z: names are not quoted, whatever they are made of.
    command = ["git", "-C", str(folder), "ls-tree", "-rz", "--name-only", base, "--", "."]
    try:
        answer = subprocess.run(command, capture_output=True, check=False)
    except FileNotFoundError:
        raise NoBranchError(f"--base {base}: git is not installed") from None
    if answer.returncode:
        reason = os.fsdecode(answer.stderr).strip().partition("\n")[0].removeprefix("fatal: ")
        raise NoBranchError(f"--base {base}: git has no such branch in {folder}: {reason}")
    return {folder / os.fsdecode(name) for name in answer.stdout.split(b"\0") if name}
