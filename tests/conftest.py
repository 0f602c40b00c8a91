"""How the tests are spread over the machine's cores."""

from pathlib import Path

import pytest

HERE = Path(__file__).parent
# Each shares one thing that is dear to start: a deployed platform, an endpoint, an installed wheel.
KEPT_TOGETHER = ("local/stack", "plugins", "wheel")


@pytest.hookimpl(tryfirst=True)  # xdist reads the groups in the same hook
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keeps on one core what shares a server, and begins with what takes longest."""
    for item in items:
        item.add_marker(pytest.mark.xdist_group(_group(item.path.relative_to(HERE))))
    items.sort(key=lambda item: not item.path.is_relative_to(HERE / "local" / "stack"))


def _group(file: Path) -> str:
    folder = file.parent.as_posix()
    return next((each for each in KEPT_TOGETHER if folder.startswith(each)), file.as_posix())
