"""One deployed platform for all tests of this folder."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.local.stack.checkout import Checkout


@contextmanager
def new_checkout() -> Iterator[Checkout]:
    """A checkout on which nothing has run yet."""
    # PostgreSQL gives up root, and then has no way into pytest's own private folders.
    with tempfile.TemporaryDirectory(prefix="groundwork-") as folder:
        Path(folder).chmod(0o755)
        checkout = Checkout(Path(folder) / "checkout")
        try:
            yield checkout
        finally:
            checkout.run("clean")
            left = checkout.processes()
            for process in left:
                process.kill()
            assert not left, f"`local clean` left running: {left}"


@pytest.fixture(scope="session")
def fresh() -> Iterator[Checkout]:
    """The checkout of all tests that share a platform, as nothing has run on it yet."""
    with new_checkout() as checkout:
        yield checkout


@pytest.fixture
def own() -> Iterator[Checkout]:
    """A checkout of one test alone, on which nothing has run yet."""
    with new_checkout() as checkout:
        yield checkout


@pytest.fixture(scope="session")
def deployed(fresh: Checkout) -> Checkout:
    """A checkout whose stack `local` is deployed."""
    fresh.must("up")
    return fresh


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes the shared platform down comes last."""
    items.sort(key=lambda item: item.get_closest_marker("takes_down") is not None)


def pytest_configure(config: pytest.Config) -> None:
    """Registers this folder's marker."""
    config.addinivalue_line("markers", "takes_down: destroys the platform that tests share")
