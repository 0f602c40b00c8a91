"""One endpoint, one plugin and one world for all tests of a session."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from local.plugins.aws import provider
from local.plugins.aws.provider import AwsPlugin
from local.plugins.aws.resource import AwsResource
from tests.endpoint.endpoint import Endpoint
from tests.plugins.host import REGION, Host, hosted
from tests.plugins.world import World


@pytest.fixture(scope="session")
def endpoint(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of the local AWS endpoint, which the environment names too."""
    running = Endpoint(tmp_path_factory.mktemp("endpoint"), REGION).start()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ENDPOINT_URL", running.url)
        patch.setenv("AWS_ACCESS_KEY_ID", "test")
        patch.setenv("AWS_SECRET_ACCESS_KEY", "test")
        for name in ("AWS_PROFILE", "AWS_REGION", "AWS_DEFAULT_REGION", "AWS_SESSION_TOKEN"):
            patch.delenv(name, raising=False)
        yield running.url
    running.stop()


@pytest.fixture(scope="session")
def plugin(endpoint: str) -> AwsPlugin:
    """The plugin ``aws``."""
    return AwsPlugin()


@pytest.fixture(scope="session")
def host(plugin: AwsPlugin) -> Iterator[Host]:
    """An engine that has configured the plugin for one region."""
    with hosted(plugin, {"region": REGION}) as found:
        yield found


@pytest.fixture(scope="session")
def resources(plugin: AwsPlugin, host: Host) -> dict[str, AwsResource]:
    """The resource types of the plugin, which is configured."""
    return provider.resources(plugin.session, dict, plugin.types)


@pytest.fixture(scope="session")
def world(host: Host) -> World:
    """What the resources under test stand on."""
    return World(host)
