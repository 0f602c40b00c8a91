"""A rule: static data beside one pure function."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from migrator.lint.finding import Kind, Severity
from migrator.lint.safe_form import fill
from migrator.lint.scene import Scene
from migrator.postgres.statements import actions as a


@dataclass(frozen=True, kw_only=True, slots=True)
class Hit:
    """A rule's answer. `names` fill the placeholders of the rule's safe form."""

    severity: Severity
    message: str
    names: dict[str, str] = field(default_factory=dict)
    safe_form: str | None = None


Check = Callable[[Any, Scene], Iterable[Hit]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Rule:
    """What a rule is.

    on: the kinds of action that `check` is called for.
    lock: the lock in question, in words. safe_form: what to write instead, with
    placeholders in braces. since, until: server versions (majors) it applies to.
    opt_in: only runs where it is enabled by name. once: one finding a script is enough.
    """

    id: str
    title: str
    kind: Kind
    on: tuple[type[a.Action], ...]
    check: Check
    lock: str
    why: str
    safe_form: str
    since: int | None = None
    until: int | None = None
    opt_in: bool = False
    once: bool = False

    def applies_to(self, version: int) -> bool:
        """Whether the rule concerns a server_version_num."""
        major = version // 10_000
        return (self.since or 0) <= major <= (self.until or 10_000)

    def filled(self, hit: Hit) -> str:
        """The safe form for one hit."""
        return fill(hit.safe_form or self.safe_form, hit.names)
