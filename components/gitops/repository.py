"""Git repositories as Argo CD tells them apart."""

from __future__ import annotations

CREDENTIALS_BELONG = (
    "give Argo CD the repository's credentials itself: `argocd repo add`, or a Secret in its"
    " namespace with the label argocd.argoproj.io/secret-type: repository"
)


def repository_key(url: str) -> str:
    """What Argo CD compares of a repository's address: not its case, nor `.git` at its end."""
    key = url.strip().casefold().rstrip("/").removesuffix(".git")
    if "://" not in key and ":" in key:
        # git@github.com:org/repo is short for ssh://git@github.com/org/repo.
        key = "ssh://" + key.replace(":", "/", 1)
    return key
