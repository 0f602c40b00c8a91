"""Keyword arguments that are set and taken out, in calls of any layout."""

import ast

import libcst as cst
from hypothesis import given
from hypothesis import strategies as st
from libcst import matchers as m

from migrator.lint.fix.keywords import with_keywords

GAP = st.sampled_from(
    ["", "", " ", "\t", "\n", "\n    ", "\n\n\t", "  # a, )\n", "\n  # é (\n ", " \\\n"]
)
VALUES = ["'i'", "['email']", "(1)", "f(a=1, **b)"]
KEYWORDS = ["first", "second", "gone", "other"]


@st.composite
def calls(draw: st.DrawFn) -> str:
    """A call with at least one argument, and with keyword arguments behind the others."""
    values = draw(st.lists(st.sampled_from(VALUES), min_size=1, max_size=3))
    names = draw(st.lists(st.sampled_from(KEYWORDS), unique=True))
    arguments = values + [f"{name}{draw(GAP)}={draw(GAP)}False" for name in names]
    pieces = [f"{draw(GAP)}{argument}{draw(GAP)}" for argument in arguments]
    return f"f({','.join(pieces)}{draw(st.sampled_from(['', ',']))}{draw(GAP)})"


@given(
    calls(), st.sampled_from([[], ["first"], ["first", "second"]]), st.sampled_from(["", "gone"])
)
def test_only_the_named_arguments_change(text: str, true: list[str], remove: str) -> None:
    before = cst.ensure_type(cst.parse_expression(text), cst.Call)
    after = with_keywords(before, true=true, remove=remove, indent="    ")
    code = cst.Module([]).code_for_node(after)

    found, given = ast.parse(code).body[0].value, ast.parse(text).body[0].value  # pyright: ignore
    assert list(map(ast.dump, found.args)) == list(map(ast.dump, given.args))
    wanted = {k.arg: "False" for k in given.keywords if k.arg != remove} | dict.fromkeys(
        true, "True"
    )
    assert {k.arg: ast.unparse(k.value) for k in found.keywords} == wanted
    if not remove:
        assert len(m.findall(after, m.Comment())) == text.count("#")
