"""One resource in one region: what an entry's calls and hooks act on."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import jmespath

from local.plugins.aws.entry import Entry
from local.plugins.aws.session import AwsError, Session
from local.plugins.framework.failure import ProviderError
from local.plugins.framework.plugin import Properties, Target

_NAME = re.compile(r"\{([\w|]+)\}")


@dataclass(kw_only=True)
class Scope:
    """``state`` is all that is known of the resource: outputs, inputs over them, ``id``.

    ``prior`` is the same before the object was read; ``asked`` are inputs that differ from the
    outputs of the same name.
    """

    session: Session
    entry: Entry
    target: Target
    region: str
    state: Properties = field(default_factory=dict)
    prior: Properties = field(default_factory=dict)
    asked: Properties = field(default_factory=dict)

    def call(self, operation: str, **parameters: Any) -> dict[str, Any]:
        """Calls the entry's service. Raises ``AwsError``, which names this resource."""
        return self.session.call(
            self.entry.service, self.region, operation, parameters, str(self.target)
        )

    def attempt(self, operation: str, **parameters: Any) -> bool:
        """Calls, and says whether there was anything to call upon."""
        try:
            self.call(operation, **parameters)
        except AwsError as fault:
            if not fault.not_found:
                raise
            return False
        return True

    def render(self, template: Any) -> Any:
        """``template`` with its {names} filled in, at any depth."""
        if isinstance(template, Mapping):
            return {key: self.render(item) for key, item in template.items()}
        if isinstance(template, list | tuple):
            return [self.render(item) for item in template]
        if not isinstance(template, str):
            return template
        whole = _NAME.fullmatch(template)
        if whole:
            return self.value(whole[1])
        return _NAME.sub(lambda match: str(self.value(match[1])), template)

    def value(self, name: str) -> Any:
        """A property of the resource, or ``region``, ``account``, ``partition``."""
        if name == "region":
            return self.region
        if name == "account":
            return self.session.caller["Account"]
        if name == "partition":
            return self.session.partition
        for one in name.split("|"):
            if self.state.get(one) not in (None, ""):
                return self.state[one]
        raise ProviderError(f"{self.target}: {name} is not known, so AWS cannot be asked")

    def search(self, expression: str, document: Any) -> Any:
        """The result of a JMESPath expression whose {names} are filled in first."""
        return jmespath.search(
            self.render(expression) if "{" in expression else expression, document
        )


def parse_id(template: str, text: str) -> Properties | None:
    """The properties that an id made from ``template`` holds; ``None`` if it has another form."""
    pattern, end = "", 0
    for match in _NAME.finditer(template):
        pattern += re.escape(template[end : match.start()]) + f"(?P<{match[1]}>.+?)"
        end = match.end()
    found = re.fullmatch(pattern + re.escape(template[end:]), text)
    return found.groupdict() if found else None
