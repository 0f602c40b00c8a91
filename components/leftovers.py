"""What a destroyed stack has left on purpose, for the next one of its name to take over.

Log groups are the audit trail, and a secret's value was put in by hand: a destroy leaves them, with
the keys that they are encrypted with. Where AWS knows one by a fixed name, a new one could not be
made beside it. These functions give the id to import it under, or None where there is none.
"""

from __future__ import annotations

from collections.abc import Mapping

import pulumi_aws as aws
from pulumi import InvokeOptions

from components.component import Component


def left_log_group(component: Component, name: str, tags: Mapping[str, str]) -> str | None:
    """The log group of this name, if it has `tags`; or none at all, as when AWS has made it."""
    opts = InvokeOptions(parent=component)
    found = aws.cloudwatch.get_log_groups(log_group_name_prefix=name, opts=opts)
    if name not in found.log_group_names:
        return None
    there = aws.cloudwatch.get_log_group(name=name, opts=opts).tags
    return name if not there or _is_ours(there, tags) else None


def left_secret(component: Component, name: str, tags: Mapping[str, str]) -> str | None:
    """The ARN of the secret of this name, if it has `tags`: another's is not taken."""
    opts = InvokeOptions(parent=component)
    named = aws.secretsmanager.GetSecretsFilterArgs(name="name", values=[name])
    found = aws.secretsmanager.get_secrets(filters=[named], opts=opts)
    # The filter takes what begins so, too.
    for other, arn in zip(found.names, found.arns, strict=True):
        if other == name:
            there = aws.secretsmanager.get_secret(arn=arn, opts=opts).tags
            return arn if _is_ours(there, tags) else None
    return None


def _is_ours(there: Mapping[str, str], tags: Mapping[str, str]) -> bool:
    return all(there.get(key) == value for key, value in tags.items())
