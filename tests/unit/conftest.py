"""No engine runs here, so that no command of its may be asked."""

from collections.abc import Iterator

import pytest

from infra import state


@pytest.fixture(scope="session", autouse=True)
def nothing_was_deployed() -> Iterator[None]:
    """In place of `pulumi stack export`, which would find a `pulumi` of the machine."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(state, "exported", lambda stack: {})
        yield
