"""The journal gives back what was written, whatever moment the process died at."""

from pathlib import Path

import pytest

from local.endpoint.journal import Entry, Journal, JournalError


def entry(number: int) -> Entry:
    return Entry(
        instant="2026-01-01T00:00:00+00:00",
        seed=str(number),
        method="POST",
        url="/?a=%2F",
        headers={"Host": "127.0.0.1"},
        body="",
        status=200,
    )


def test_entries_come_back_in_order(tmp_path: Path) -> None:
    path = tmp_path / "state" / "journal.jsonl"
    with Journal(path) as journal:
        for number in range(3):
            journal.append(entry(number))
        header = journal.header
    with Journal(path) as journal:
        assert list(journal.entries()) == [entry(number) for number in range(3)]
        assert journal.header == header
    assert path.stat().st_mode & 0o777 == 0o600


def test_every_possible_tear_keeps_the_whole_lines(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    with Journal(path) as journal:
        journal.append(entry(1))
        whole = path.stat().st_size
        journal.append(entry(2))
    content = path.read_bytes()
    for size in range(whole, len(content)):
        path.write_bytes(content[:size])
        with Journal(path) as journal:
            assert list(journal.entries()) == [entry(1)]
            journal.append(entry(3))
        with Journal(path) as journal:
            assert list(journal.entries()) == [entry(1), entry(3)]


def test_two_journals_have_different_seeds(tmp_path: Path) -> None:
    with Journal(tmp_path / "a") as one, Journal(tmp_path / "b") as two:
        assert one.header.seed != two.header.seed


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("nonsense\n", "line 1"),
        ('{"version": 99, "seed": "x", "born": "2026-01-01T00:00:00+00:00"}\n', "version 99"),
    ],
)
def test_unreadable_journal_is_an_error(tmp_path: Path, content: str, message: str) -> None:
    path = tmp_path / "journal.jsonl"
    path.write_text(content)
    with pytest.raises(JournalError, match=message):
        Journal(path)


def test_second_process_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    with Journal(path), pytest.raises(JournalError, match="another process uses it"):
        Journal(path)
    Journal(path).close()
