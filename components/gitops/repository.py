"""Git repositories as Argo CD tells them apart."""

from __future__ import annotations

import re
from collections.abc import Iterator

from components.arguments import Fault

CREDENTIALS_BELONG = (
    "give Argo CD the repository's credentials itself: `argocd repo add`, or a Secret in its"
    " namespace with the label argocd.argoproj.io/secret-type: repository"
)


# An address that Git knows, or the short form of ssh's.
ADDRESS = re.compile(r"(?:https?|ssh|git)://[^\s/]+/\S+|(?:[\w.-]+@)?[\w-]+(?:\.[\w-]+)+:[^\s/]\S*")


def address_faults(field: str, url: str) -> Iterator[Fault]:
    """A fault unless Argo CD could ask a server for the repository."""
    if not ADDRESS.fullmatch(url.strip()):
        yield Fault(field, url, "give a Git repository's address, such as https://example.com/a/b")


def repository_key(url: str) -> str:
    """What Argo CD compares of a repository's address: not its case, nor `.git` at its end."""
    key = url.strip().casefold().rstrip("/").removesuffix(".git")
    if "://" not in key and ":" in key:
        # git@github.com:org/repo is short for ssh://git@github.com/org/repo.
        key = "ssh://" + key.replace(":", "/", 1)
    return key
