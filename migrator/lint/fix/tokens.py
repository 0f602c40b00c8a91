"""What Python's tokenizer sees in the text of one call."""

import io
import tokenize
from dataclasses import dataclass

NO_CODE = {tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.ENDMARKER}


@dataclass(frozen=True, kw_only=True, slots=True)
class Token:
    """A piece of code and where it is in the text."""

    text: str
    start: int
    end: int


def code(text: str) -> list[Token]:
    """The tokens of a call, without its comments."""
    ends = [0]
    for line in text.split("\n"):
        ends.append(ends[-1] + len(line) + 1)
    return [
        Token(
            text=token.string,
            start=ends[token.start[0] - 1] + token.start[1],
            end=ends[token.end[0] - 1] + token.end[1],
        )
        for token in _tokens(text)
        if token.type not in NO_CODE
    ]


def has_comment(text: str) -> bool:
    """Whether a Python comment is in the call."""
    return any(token.type == tokenize.COMMENT for token in _tokens(text))


def has_long_string(text: str) -> bool:
    """Whether a string goes over several lines, so that indenting the call changes it."""
    # No other token ends on another line than it begins on.
    return any(token.start[0] != token.end[0] for token in _tokens(text))


def _tokens(text: str) -> list[tokenize.TokenInfo]:
    return list(tokenize.generate_tokens(io.StringIO(text).readline))
