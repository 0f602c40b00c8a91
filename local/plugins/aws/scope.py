"""One resource in one region: what calls and hooks act on. Of its entry it knows the service."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import jmespath

from local.plugins.aws.session import AwsError, Session
from local.plugins.aws.template import render, value_of
from local.plugins.framework.failure import ProviderError
from local.plugins.framework.plugin import Properties, Target


@dataclass(kw_only=True)
class Scope:
    """``state`` is all that is known of the resource: outputs, inputs over them, ``id``.

    ``prior`` is the same before the object was read; ``asked`` are inputs that differ from the
    outputs of the same name.
    """

    session: Session
    service: str
    target: Target
    region: str
    state: Properties = field(default_factory=dict)
    prior: Properties = field(default_factory=dict)
    asked: Properties = field(default_factory=dict)

    def call(self, operation: str, **parameters: Any) -> dict[str, Any]:
        """Calls the resource's service. Raises ``AwsError``, which names this resource."""
        return self.session.call(self.service, self.region, operation, parameters, str(self.target))

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
        return render(template, self.value)

    def value(self, name: str) -> Any:
        """A property of the resource, or ``region``, ``account``, ``partition``."""
        if name == "region":
            return self.region
        if name == "account":
            return self.session.caller["Account"]
        if name == "partition":
            return self.session.partition
        value = value_of(name, self.state)
        if value is not None:
            return value
        raise ProviderError(f"{self.target}: {name} is not known, so AWS cannot be asked")

    def search(self, expression: str, document: Any) -> Any:
        """The result of a JMESPath expression whose {names} are filled in first."""
        return jmespath.search(
            self.render(expression) if "{" in expression else expression, document
        )
