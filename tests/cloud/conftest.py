"""One endpoint for all tests of this folder; tests of crashes start their own."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.cloud.endpoint import Endpoint
from tests.cloud.foundation import Foundation


@pytest.fixture(scope="session")
def endpoint(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Endpoint]:
    endpoint = Endpoint(tmp_path_factory.mktemp("cloud")).start()
    yield endpoint
    assert endpoint.stop() == 0
    assert endpoint.postgres_processes() == []


@pytest.fixture(scope="session")
def foundation(endpoint: Endpoint) -> Foundation:
    return Foundation(endpoint)


@pytest.fixture
def new_endpoint(tmp_path: Path) -> Iterator[Callable[[], Endpoint]]:
    """Makes an endpoint that is the test's own; it is stopped at the end."""
    with ExitStack() as stack:

        def make() -> Endpoint:
            endpoint = Endpoint(tmp_path)
            stack.callback(endpoint.stop)
            return endpoint.start()

        yield make
