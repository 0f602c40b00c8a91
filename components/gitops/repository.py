"""Git repositories as Argo CD tells them apart."""

from __future__ import annotations


def repository_key(url: str) -> str:
    """What Argo CD compares of a repository's address: not its case, nor `.git` at its end."""
    key = url.strip().casefold().rstrip("/").removesuffix(".git")
    if "://" not in key and ":" in key:
        # git@github.com:org/repo is short for ssh://git@github.com/org/repo.
        key = "ssh://" + key.replace(":", "/", 1)
    return key
