"""``python -m local.plugins.random [ENGINE]``: the plugin as a process of its own."""

from importlib import metadata

from local.plugins.framework.plugin import Plugin
from local.plugins.framework.server import serve
from local.plugins.random.random_id import RandomId


def random_plugin() -> Plugin:
    """The plugin with every type that the program uses."""
    return Plugin(
        name="random",
        version=metadata.version("pulumi-random"),
        resources={"random:index/randomId:RandomId": RandomId()},
    )


if __name__ == "__main__":
    serve(random_plugin())
