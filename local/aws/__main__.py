"""``python -m local.aws [ENGINE]``: the plugin as a process of its own."""

from local.aws.provider import AwsPlugin
from local.provider.server import serve

if __name__ == "__main__":
    serve(AwsPlugin())
