"""``python -m local.random [ENGINE]``: the plugin as a process of its own."""

from importlib import metadata

from local.provider.plugin import Plugin
from local.provider.server import serve
from local.random.random_id import RandomId


def random_plugin() -> Plugin:
    """The plugin with every type that the program uses."""
    return Plugin(
        name="random",
        version=metadata.version("pulumi-random"),
        resources={"random:index/randomId:RandomId": RandomId()},
    )


if __name__ == "__main__":
    serve(random_plugin())
