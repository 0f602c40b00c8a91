"""Fills the placeholders of a safe form, with names in quotes where SQL needs them.

``{table}`` is the name with its schema, ``{table:bare}`` without it, ``{table:schema}`` the
schema. What is written next to a placeholder belongs to the same name: ``{table}_new`` becomes
``app."Order_new"``. A placeholder without a value stands for itself, as in the documentation:
``<table>``.
"""

import re
from collections.abc import Mapping

from migrator.postgres.identifiers import identifier, quoted
from migrator.snapshot.names import search_path

# How the safe forms begin that differ because a table is partitioned.
PARTITIONED = "-- the table is partitioned:\n"
# Of these the value is SQL or prose already.
TEXTS = (
    *("better", "change", "collation", "columns", "command", "default", "deferral", "definition"),
    *("guard", "kept", "key", "kind", "scope", "unique", "value", "version"),
)
# Of these a dot is part of the name; of all others it comes after the schema.
WITHOUT_SCHEMA = {"column", "constraint", "new_name", "object"}
PLACEHOLDER = re.compile(r"\{(\w+):?(\w*)\}|([\w.<>]+)")
# Only words near a placeholder: the others, which are the most, stay as they are anyway.
WORD = re.compile(
    rf"(?=[\w.<>]*\{{)(?:[\w.<>]|\{{(?!(?:{'|'.join(TEXTS)})\}})[\w:]+\}})+|\{{\w+\}}"
)


def fill(template: str, names: Mapping[str, str]) -> str:
    """The safe form with names in place of its placeholders."""
    return WORD.sub(lambda word: _filled(word[0], names), template)


def _filled(word: str, names: Mapping[str, str]) -> str:
    if "{" not in word:
        return word
    if word[1:-1] in TEXTS:
        return names.get(word[1:-1], f"<{word[1:-1]}>")
    if word == "{type}":
        return _type(names.get("type", "<type>"))
    parts = [""]
    for key, part, text in PLACEHOLDER.findall(word):
        first, *rest = _parts(key, part, names) if key else text.split(".")
        parts = [*parts[:-1], parts[-1] + first, *rest]
    return ".".join(_in_quotes(part) for part in parts)


def _parts(key: str, part: str, names: Mapping[str, str]) -> list[str]:
    """A value's schema, if it has one, and its name; only one of them where that is wanted."""
    value = names.get(key, f"<{key}>")
    parts = [value] if key in WITHOUT_SCHEMA else value.split(".")
    if part == "schema":
        return parts[:-1] or [search_path().first]
    return parts[-1:] if part == "bare" else parts


def _in_quotes(name: str) -> str:
    # `<partition>` is for the reader to replace, and says nothing about the name around it.
    plain = re.sub(r"<\w+>", "x", name)
    return name if not name or identifier(plain) == plain else identifier(name)


def _type(written: str) -> str:
    """A type of PostgreSQL's own as it is; `app.Mood[]` with its name in quotes."""
    name, rest = re.fullmatch(r"([^(\[]*)(.*)", written, re.DOTALL).groups()  # pyright: ignore
    return written if re.fullmatch(r"[a-z0-9_. <>]*", name) else quoted(name) + rest
