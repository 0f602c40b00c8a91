"""One endpoint for all tests of this folder, except for those of crashes."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.endpoint.endpoint import Endpoint
from tests.endpoint.foundation import Foundation


@pytest.fixture(scope="session")
def endpoint(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Endpoint]:
    endpoint = Endpoint(tmp_path_factory.mktemp("endpoint")).start()
    yield endpoint
    assert endpoint.stop() == 0
    assert endpoint.postgres_processes() == []


@pytest.fixture(scope="session")
def foundation(endpoint: Endpoint) -> Foundation:
    return Foundation(endpoint)


@pytest.fixture
def eks(endpoint: Endpoint) -> Any:
    return endpoint.client("eks")


@pytest.fixture(scope="module")
def cluster(foundation: Foundation) -> str:
    """The name of an empty cluster with access entries only."""
    return foundation.cluster()
