"""Pages and pictures that are generated are what the code says now."""

from __future__ import annotations

from tools.settings_reference import TARGET, reference


def test_the_settings_page_is_up_to_date() -> None:
    assert TARGET.read_text() == reference(), "run `python -m tools.settings_reference`"
