"""Files of the kubeconfig form, which the API server also takes for its webhooks."""

import yaml


def render(cluster: dict[str, str], user: dict[str, object]) -> str:
    """A kubeconfig with one cluster, one user and one context.

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
    return yaml.safe_dump(config, sort_keys=False)
