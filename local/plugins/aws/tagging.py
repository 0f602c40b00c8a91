"""Tags: how they are sent, read and changed, and what is wrong with them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from local.plugins.aws.entry import Tagging
from local.plugins.aws.scope import Scope
from local.plugins.framework.failure import Failure
from local.plugins.framework.plugin import Properties
from local.plugins.framework.values import Unknown

_MOST = 50
_LONGEST_KEY, _LONGEST_VALUE = 128, 256


def check_tags(properties: Properties) -> Iterator[Failure]:
    """AWS's limits on tags, which most service models do not state."""
    tags = properties.get("tags")
    if not isinstance(tags, Mapping):
        return
    if len(tags) > _MOST:
        yield Failure(path=("tags",), reason=f"at most {_MOST} tags are allowed", value=len(tags))
    for key, value in tags.items():
        path = ("tags", key)
        if not 1 <= len(key) <= _LONGEST_KEY:
            yield Failure(path=path, reason="a tag key has 1 to 128 characters", value=key)
        if key.lower().startswith("aws:"):
            yield Failure(path=path, reason="tag keys that start with aws: are reserved", value=key)
        if isinstance(value, str) and len(value) > _LONGEST_VALUE:
            yield Failure(path=path, reason="a tag value has at most 256 characters", value=value)


def merge_tags(default: Mapping[str, str], own: Any) -> Any:
    """The provider's default tags under the resource's own; unknown if those are."""
    return own if isinstance(own, Unknown) else {**default, **(own or {})}


def split_tags(
    live: Mapping[str, str], own: Mapping[str, str], default: Mapping[str, str]
) -> dict[str, str]:
    """The live tags that are the resource's own: those that the provider does not add anyway."""
    return {key: value for key, value in live.items() if key in own or default.get(key) != value}


def create_parameters(tagging: Tagging, tags: Mapping[str, str]) -> dict[str, Any]:
    """What the create call needs for ``tags``."""
    if not tags or tagging.create is None:
        return {}
    if tagging.create_form == "specification":
        pairs = _encode(tagging, tags, "pairs")
        return {tagging.create: [{"ResourceType": tagging.kind, "Tags": pairs}]}
    return {tagging.create: _encode(tagging, tags, tagging.create_form)}


def read_tags(scope: Scope, tagging: Tagging, found: Any) -> dict[str, str]:
    """The object's tags, without those that AWS itself sets."""
    if tagging.listing:
        response = scope.call(tagging.listing.operation, **scope.render(tagging.listing.fixed))
        tags = scope.search(tagging.listing.at, response)
    else:
        tags = next(
            (found[name] for name in ("Tags", "tags", "TagSet", "TagList") if name in found), None
        )
    if isinstance(tags, list):
        tags = {tag[tagging.key]: tag[tagging.value] for tag in tags}
    return {key: value for key, value in (tags or {}).items() if not key.startswith("aws:")}


def write_tags(
    scope: Scope, tagging: Tagging, old: Mapping[str, str], new: Mapping[str, str]
) -> None:
    """Makes the object's tags ``new``, given that they are ``old``."""
    gone = sorted(set(old) - set(new))
    changed = {key: value for key, value in new.items() if old.get(key) != value}
    if not gone and not changed:
        return
    target = scope.render(tagging.target)
    if gone:
        keys: Any = [{"Key": key} for key in gone] if tagging.keys_member == "Tags" else gone
        scope.call(tagging.remove, **target, **{tagging.keys_member: keys})
    if changed:
        scope.call(
            tagging.add, **target, **{tagging.member: _encode(tagging, changed, tagging.form)}
        )


def _encode(tagging: Tagging, tags: Mapping[str, str], form: str) -> Any:
    if form == "map":
        return dict(tags)
    return [{tagging.key: key, tagging.value: value} for key, value in tags.items()]
