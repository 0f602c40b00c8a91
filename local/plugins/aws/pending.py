"""What a creation that was cut off may have made."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jmespath
from botocore.exceptions import ClientError

from local.plugins.aws.entry import Entry
from local.plugins.aws.model import method_name
from local.plugins.aws.session import means_not_found
from local.plugins.aws.template import render, value_of
from local.plugins.framework.plugin import Properties


class _NotSaidError(Exception):
    """The inputs have no value for a {name}."""


def find(entry: Entry, inputs: Properties, client: Callable[[str], Any]) -> tuple[str, ...]:
    """The ids under which `pulumi import` would look for the object of these inputs.

    An id that the inputs decide is given whether the object is there or not. Empty if nothing can
    be said, or nothing is there. ``client`` gives the boto3 client of a service.
    """
    identity = entry.identity
    source = identity.pending or identity.import_id or identity.id

    def value(name: str) -> Any:
        found = value_of(name, inputs)
        if not isinstance(found, str):
            raise _NotSaidError(name)
        return found

    try:
        if isinstance(source, str):
            return (render(source, value),) if "{" in source else ()
        if callable(source):
            return ()
        parameters = render(source.fixed, value)
    except _NotSaidError:
        return ()
    try:
        response = getattr(client(entry.service), method_name(source.operation))(**parameters)
    except ClientError as fault:
        if means_not_found(fault.response.get("Error", {}).get("Code", "")):
            return ()
        raise
    found = jmespath.search(source.at, response) or ()
    return (found,) if isinstance(found, str) else tuple(found)
