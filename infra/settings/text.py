"""Names, networks and durations as a stack file writes them."""

from __future__ import annotations

import re
from datetime import timedelta
from ipaddress import IPv4Network

DURATION = re.compile(r"(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?")


def plain_text(text: str) -> str:
    """The text, if it has no blank at an end and nothing that nobody sees; else ValueError.

    YAML's `|` and `>` end a text with a line break, and what is pasted may bring others.
    """
    unseen = next((sign for sign in text if not sign.isprintable()), None)
    if unseen is not None:
        raise ValueError(f"take {unseen!r} out, which nobody sees and no name may have")
    if text != text.strip():
        raise ValueError("take the blanks at its ends away")
    return text


def parse_network(value: object) -> IPv4Network:
    """An IPv4 network from text such as `10.0.0.0/16`; ValueError says what is wrong with it."""
    if not isinstance(value, str):
        raise ValueError("give a network as text, such as '10.0.0.0/16'")
    try:
        return IPv4Network(value)
    except ValueError as error:
        raise ValueError(f"give an IPv4 network such as '10.0.0.0/16' ({error})") from None


def parse_duration(value: object) -> timedelta:
    """A duration from text such as `1h`, `1m30s`, `5s`; ValueError if it is none, or zero."""
    match = DURATION.fullmatch(value) if isinstance(value, str) else None
    if match is None or not any(match.groups()):
        raise ValueError("give a duration such as '1h', '1m30s' or '5s'")
    hours, minutes, seconds = (int(part or 0) for part in match.groups())
    duration = timedelta(hours=hours, minutes=minutes, seconds=seconds)
    if not duration:
        raise ValueError("give a duration longer than zero")
    return duration
