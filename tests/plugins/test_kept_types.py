"""Property types in a file: the same as the SDK's, and made anew when they are not."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest

from local.aws.catalog import ENTRIES
from local.aws.provider import AwsPlugin
from local.provider.kept_types import KeptTypes, Types
from local.provider.schema import Property

TEXT = Types(
    inputs=Property(
        kind="object", fields={"name": Property(kind="string")}, required=frozenset({"name"})
    ),
    outputs=Property(kind="array", items=Property(kind="string")),
)


class Sdk:
    """Makes types, and counts how often."""

    def __init__(self) -> None:
        self.made: list[str] = []

    def make(self, token: str) -> Types:
        self.made.append(token)
        return TEXT


def kept(
    file: Path | None, sdk: Sdk, version: str = "1.0.0", tokens: Iterable[str] = ("a", "b")
) -> KeptTypes:
    return KeptTypes(file, version=version, tokens=tokens, make=sdk.make)


def test_the_file_holds_what_the_sdk_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "types.json"
    AwsPlugin(types=file).types.of(ENTRIES[0].type)
    of_the_sdk = {entry.type: AwsPlugin().types.of(entry.type) for entry in ENTRIES}
    monkeypatch.setattr("local.aws.provider._types", None)  # only the file is left
    of_the_file = AwsPlugin(types=file).types
    assert {entry.type: of_the_file.of(entry.type) for entry in ENTRIES} == of_the_sdk


def test_all_are_made_once(tmp_path: Path) -> None:
    sdk = Sdk()
    for _ in range(2):
        types = kept(tmp_path / "types.json", sdk)
        assert [types.of("a"), types.of("b")] == [TEXT, TEXT]
    assert sorted(sdk.made) == ["a", "b"]
    assert [file.name for file in tmp_path.iterdir()] == ["types.json"]


@pytest.mark.parametrize(
    "spoilt",
    ["", "{", "[]", "{}", '{"source": "1.0.0"}', None],
    ids=["empty", "torn", "a list", "bare", "other", "of a table without a type"],
)
def test_a_file_that_does_not_fit_is_written_anew(tmp_path: Path, spoilt: str | None) -> None:
    file = tmp_path / "types.json"
    if spoilt is None:
        kept(file, Sdk(), tokens=["b"]).of("b")
    else:
        file.write_text(spoilt)
    sdk = Sdk()
    assert kept(file, sdk).of("a") == TEXT
    assert sorted(sdk.made) == ["a", "b"]
    again = Sdk()
    assert kept(file, again).of("a") == TEXT
    assert again.made == []


def test_another_version_of_the_sdk_is_asked_anew(tmp_path: Path) -> None:
    kept(tmp_path / "types.json", Sdk()).of("a")
    sdk = Sdk()
    kept(tmp_path / "types.json", sdk, version="1.0.1").of("a")
    assert sorted(sdk.made) == ["a", "b"]


@pytest.mark.parametrize("folder", [None, "missing"])
def test_without_a_place_for_the_file_it_goes_on(tmp_path: Path, folder: str | None) -> None:
    sdk = Sdk()
    types = kept(tmp_path / folder / "types.json" if folder else None, sdk)
    assert [types.of("a"), types.of("a")] == [TEXT, TEXT]
    assert sdk.made.count("a") == 1
