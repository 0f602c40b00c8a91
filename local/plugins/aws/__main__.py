"""``python -m local.plugins.aws [ENGINE]``: the plugin as a process of its own."""

from local.plugins.aws.provider import AwsPlugin
from local.plugins.framework.server import serve

if __name__ == "__main__":
    serve(AwsPlugin())
