"""How the tests are spread over the machine's cores: a file at a time on each."""

from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling

# Each shares one thing that is dear to start: a deployed platform, an endpoint, an installed wheel.
KEPT_TOGETHER = ("tests/local/stack", "tests/plugins", "tests/wheel")


class ByServer(LoadScopeScheduling):
    """Keeps on one core the tests that share a server."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        return next((each for each in KEPT_TOGETHER if file.startswith(each)), file)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ByServer:
    """In place of the scheduler that `--dist` names."""
    return ByServer(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes longest comes first, so that no core is idle at the end."""
    items.sort(key=lambda item: not item.nodeid.startswith(KEPT_TOGETHER[0]))
