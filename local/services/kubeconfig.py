"""Files of the kubeconfig form, which the API server also takes for its webhooks."""

from pathlib import Path

import yaml


def write(file: Path, cluster: dict[str, str], user: dict[str, object]) -> None:
    """Writes a kubeconfig with one cluster, one user and one context.

    `cluster` and `user` are the entries' own settings, such as server and token.
    """
    config = {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": "local", "cluster": cluster}],
        "users": [{"name": "local", "user": user}],
        "contexts": [{"name": "local", "context": {"cluster": "local", "user": "local"}}],
        "current-context": "local",
    }
    file.parent.mkdir(parents=True, exist_ok=True)
    file.touch(mode=0o600)
    file.write_text(yaml.safe_dump(config, sort_keys=False))
