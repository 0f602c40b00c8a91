"""Property values on the wire, and what counts as the same."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local.plugins.framework.comparison import Comparison
from local.plugins.framework.values import (
    UNKNOWN,
    Secret,
    decode,
    dotted,
    encode,
    has_unknown,
    is_secret,
    mark,
    plain,
    secret_texts,
)

LEAVES = (
    st.text(max_size=8)
    | st.booleans()
    | st.integers(min_value=-(2**40), max_value=2**40)
    | st.just(UNKNOWN)
)
VALUES = st.recursive(
    LEAVES | LEAVES.map(lambda value: Secret(value=value)),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(min_size=1, max_size=5), inner, max_size=3)
    ),
    max_leaves=12,
)
PROPERTIES = st.dictionaries(st.text(min_size=1, max_size=5), VALUES, max_size=4)


@given(PROPERTIES)
def test_the_wire_changes_nothing(properties: dict[str, Any]) -> None:
    assert decode(encode(properties)) == properties


@given(PROPERTIES)
def test_marks_come_back(properties: dict[str, Any]) -> None:
    marked = mark(plain(properties), properties)
    assert plain(marked) == plain(properties)
    assert set(secret_texts(properties)) <= set(secret_texts(marked))


@given(PROPERTIES)
def test_a_secret_is_not_shown(properties: dict[str, Any]) -> None:
    hidden = Secret(value="tell-nobody-" + str(len(properties)))
    assert "tell-nobody" not in repr({**properties, "hidden": hidden})


def test_paths_are_written_as_pulumi_does() -> None:
    assert dotted(("tags", "kubernetes.io/role/elb")) == 'tags["kubernetes.io/role/elb"]'
    assert dotted(("ingress", 0, "cidrBlocks", 2)) == "ingress[0].cidrBlocks[2]"


def test_secret_paths() -> None:
    value = {"a": {"b": Secret(value="x"), "c": 1}, "d": [Secret(value=1)]}
    assert is_secret(value, ("a", "b"))
    assert is_secret(value, ("a",))
    assert is_secret(value, ("d", 0))
    assert not is_secret(value, ("a", "c"))


def test_unknowns_are_found_in_secrets() -> None:
    assert has_unknown({"a": [{"b": Secret(value=[UNKNOWN])}]})
    assert not has_unknown({"a": [Secret(value="x")]})


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ({"ids": ["a", "b"]}, {"ids": ["b", "a"]}, True),
        ({"order": ["a", "b"]}, {"order": ["b", "a"]}, False),
        ({"ids": ["a"]}, {"ids": ["a", "a"]}, False),
        ({"rules": [{"ids": ["a", "b"]}]}, {"rules": [{"ids": ["b", "a"]}]}, True),
        ({"policy": '{"a": ["x"]}'}, {"policy": '{ "a":"x" }'}, True),
        ({"policy": '{"a": ["x", "y"]}'}, {"policy": '{"a":["y","x"]}'}, True),
        ({"policy": '{"a": "x"}'}, {"policy": '{"a": "y"}'}, False),
        ({"policy": "no json"}, {"policy": "no json"}, True),
        ({"a": UNKNOWN}, {"a": UNKNOWN}, False),
        ({"a": None}, {}, True),
    ],
)
def test_same(one: Any, other: Any, same: bool) -> None:
    comparison = Comparison(sets=frozenset({"ids", "rules.ids"}), documents=frozenset({"policy"}))
    assert comparison.same(one, other) is same
    assert comparison.same(other, one) is same
    assert (list(comparison.changes(one, other)) == []) is same


def test_changes_name_the_deepest_place() -> None:
    old = {"a": {"b": 1, "c": 2}, "list": [{"x": 1}, {"x": 2}], "gone": True}
    new = {"a": {"b": 1, "c": 3}, "list": [{"x": 1}, {"x": 3}, {"x": 4}]}
    assert set(Comparison().changes(old, new)) == {
        (("a", "c"), "update"),
        (("list", 1, "x"), "update"),
        (("list", 2), "add"),
        (("gone",), "delete"),
    }


def test_what_was_read_keeps_the_spelling_of_the_program() -> None:
    comparison = Comparison(sets=frozenset({"ids"}), documents=frozenset({"policy"}))
    prior = {"ids": ["b", "a"], "policy": '{"a": "x"}', "other": 1}
    live = {"ids": ["a", "b"], "policy": '{"a":["x"]}', "other": 2}
    assert comparison.settle(prior, live) == {**prior, "other": 2}
