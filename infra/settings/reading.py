"""From a stack's configuration to settings, or to a list of everything that is wrong with it."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import pulumi
from pulumi.runtime import config as pulumi_config
from pydantic import TypeAdapter, ValidationError

from components.arguments import Settings
from components.identity import read_identity, secret_faults
from components.partition import closed_partition, find_partition
from components.tags import tag_faults
from infra.settings import secrecy
from infra.settings.faults import UNKNOWN_KEY, Finding, dotted, finding, findings, unknown_key
from infra.settings.keys import faults_by_key, keys_of
from infra.settings.model import reader
from infra.settings.provider_keys import unknown_provider_keys
from infra.settings.stack import StackSettings, Subject, cross_faults, subjects_of

NAMESPACE = "groundwork:"
TAGS = TypeAdapter(dict[str, str], config={"strict": True})
DEFAULT_TAGS = TypeAdapter(dict[Literal["tags"], dict[str, str]], config={"strict": True})
NAMES = TypeAdapter(list[str], config={"strict": True})
# Beside the subjects, whose keys are settings of their own.
PLAIN_KEYS = ("tags", "allow_replace")
# Stands in for a missing one, so that the other settings can be judged all the same.
SOME_REGION = "eu-west-1"


class SettingsError(ValueError):
    """A stack file that cannot be used; `faults` has one message for each fault.

    `stack`: its settings all the same, if each is right by itself and only some do not fit.
    """

    def __init__(self, faults: list[str], stack: StackSettings | None = None) -> None:
        count = "1 fault" if len(faults) == 1 else f"{len(faults)} faults"
        super().__init__("\n".join([f"{count} in the stack's settings", *faults]))
        self.faults = faults
        self.stack = stack


def load() -> StackSettings:
    """The settings of the stack that Pulumi runs; SettingsError if they have faults."""
    values = {**pulumi_config.get_config_env(), **pulumi_config.CONFIG.get()}
    secret = pulumi_config.get_config_secret_keys_env()
    return parse(values, f"Pulumi.{pulumi.get_stack()}.yaml", encrypted=secret)


def parse(
    values: Mapping[str, str],
    file: str,
    stack: type[StackSettings] = StackSettings,
    *,
    encrypted: Collection[str] = (),
) -> StackSettings:
    """Settings from Pulumi's configuration: full keys, objects as JSON text.

    `file` is named in every message. `encrypted`: the keys whose values Pulumi has decrypted.
    SettingsError has all faults, not the first one only.
    """
    subjects = subjects_of(stack)
    values, faults = _without_secrets(values, file, subjects, encrypted)

    def report(key: str, found: Iterator[Finding] | list[Finding]) -> None:
        faults.extend(_message(file, key, one) for one in found)

    region, found = _read_region(values.get("aws:region"))
    report("aws:region", found)
    _, identity_faults = read_identity(values)
    for fault in [*identity_faults, *secret_faults(encrypted)]:
        report(f"aws:{fault.field}", [finding(replace(fault, field=""))])
    tags, found = _read_tags(values.get(f"{NAMESPACE}tags"))
    report(f"{NAMESPACE}tags", found)
    report("aws:defaultTags", _read_default_tags(values.get("aws:defaultTags")))
    allowed, found = _read_names(values.get(f"{NAMESPACE}allow_replace"))
    report(f"{NAMESPACE}allow_replace", found)
    for key, text in _unknown_keys(values, {*subjects, *PLAIN_KEYS}):
        report(key, [Finding("", text)])

    read = {
        name: _read_subject(subject, values.get(NAMESPACE + name))
        for name, subject in subjects.items()
    }
    for name, subject in read.items():
        report(NAMESPACE + name, subject.findings)
        report(NAMESPACE + name, subject.judge())
    readable = {name: one.settings for name, one in read.items() if one.settings is not None}
    replaced = {f"{name}.{key}" for name, one in read.items() for key in one.replaced}
    alone = not faults
    for name, fault, concluded_from in cross_faults(readable, region):
        if not concluded_from & replaced:
            report(NAMESPACE + name, [finding(fault)])
    if faults and not alone:
        raise SettingsError(faults)
    settings = stack(
        region=region or SOME_REGION,
        tags=tags,
        allow_replace=allowed,
        **readable,  # pyright: ignore[reportArgumentType]
    )
    if faults:
        raise SettingsError(faults, settings)
    return settings


def _unknown_keys(values: Mapping[str, str], known: Collection[str]) -> Iterator[tuple[str, str]]:
    """The keys that nobody reads, of the platform and of the AWS provider."""
    for key in values:
        subject = key.removeprefix(NAMESPACE)
        if key.startswith(NAMESPACE) and subject not in known:
            yield key, unknown_key(subject, known)
    yield from unknown_provider_keys(values)


def _message(file: str, key: str, found: Finding) -> str:
    """A finding at a key of the configuration, in one line."""
    path, text = found
    return f"{file}: {key}{path if path.startswith('[') or not path else f'.{path}'}: {text}"


def _without_secrets(
    values: Mapping[str, str],
    file: str,
    subjects: Mapping[str, Subject],
    encrypted: Collection[str],
) -> tuple[dict[str, str], list[str]]:
    """The values without the credentials in them, and a message for each.

    SettingsError, alone and at once, if Pulumi has decrypted one of the platform's settings: every
    other message may have its value in it.
    """
    own = sorted(key for key in encrypted if key.startswith(NAMESPACE))
    if own:
        raise SettingsError([_message(file, key, secrecy.ENCRYPTED) for key in own])
    clean, leaks = secrecy.without_credentials(
        {key: value for key, value in values.items() if key not in encrypted},
        {NAMESPACE + name: subject.settings for name, subject in subjects.items()},
    )
    return {**values, **clean}, [_message(file, leak.key, leak.finding) for leak in leaks]


@dataclass(kw_only=True)
class _ReadSubject:
    """A subject as far as it could be read: `replaced` are the keys whose example stands in."""

    settings: Settings | None = None
    replaced: set[str] = field(default_factory=set)
    findings: list[Finding] = field(default_factory=list)

    def judge(self) -> Iterator[Finding]:
        """What the components refuse of the keys that were read."""
        if self.settings is None:
            return
        for fault in faults_by_key(self.settings):
            if re.split(r"[.\[]", fault.field)[0] not in self.replaced:
                yield finding(fault)


def _read_region(text: str | None) -> tuple[str | None, list[Finding]]:
    if text is None:
        return None, [Finding("", "is missing; add it, for example 'eu-west-1'")]
    closed = closed_partition(text)
    if find_partition(text) is None and closed is not None:
        why = f"{text!r} lies in the partition {closed}, for which nobody has checked the platform"
        return None, [Finding("", why)]
    if find_partition(text) is None:
        return None, [Finding("", f"{text!r} is no region, such as 'eu-west-1'")]
    return text, []


def _read_tags(text: str | None) -> tuple[dict[str, str], list[Finding]]:
    try:
        tags = TAGS.validate_json(text or "{}")
    except ValidationError as error:
        return {}, [
            Finding(dotted(one["loc"]), f"{one['input']!r} cannot be used; tags are text")
            for one in error.errors()
        ]
    return tags, [
        finding(replace(fault, field=dotted([fault.field]))) for fault in tag_faults(tags)
    ]


def _read_default_tags(text: str | None) -> list[Finding]:
    """What is wrong with the provider's own tags for everything."""
    if not text:
        return []
    try:
        tags = DEFAULT_TAGS.validate_json(text).get("tags", {})
    except ValidationError:
        return [Finding("", "give a mapping with `tags`, text by name; or use groundwork:tags")]
    _, found = _read_tags(json.dumps(tags))
    return [one._replace(path=f"tags.{one.path}".rstrip(".")) for one in found]


def _read_names(text: str | None) -> tuple[list[str], list[Finding]]:
    try:
        return NAMES.validate_json(text or "[]"), []
    except ValidationError:
        return [], [Finding("", f"{text} cannot be used; give a list of resources' names")]


def _read_subject(subject: Subject, text: str | None) -> _ReadSubject:
    if text is None:
        missing = [Finding("", "is missing; docs/settings.md has its keys")]
        return _ReadSubject(findings=missing if subject.required else [])
    kind = subject.settings
    try:
        raw = json.loads(text)
    except json.JSONDecodeError:
        raw = text
    if not isinstance(raw, dict):
        return _ReadSubject(findings=[Finding("", f"{raw!r} cannot be used; give a mapping")])
    try:
        return _ReadSubject(settings=reader(kind).validate_json(text))
    except ValidationError as error:
        found = [one for detail in error.errors() for one in findings(kind, detail)]
        repaired, replaced = _repair(kind, raw, error)
        return _ReadSubject(
            settings=reader(kind).validate_json(json.dumps(repaired)),
            replaced=replaced,
            findings=found,
        )


def _repair(
    kind: type[Settings], raw: Mapping[str, Any], error: ValidationError
) -> tuple[dict[str, Any], set[str]]:
    """`raw` without unknown keys and with examples, or defaults, for what cannot be read."""
    repaired: dict[str, Any] = copy.deepcopy(dict(raw))
    replaced: set[str] = set()
    for detail in error.errors():
        *parents, key = detail["loc"]
        if detail["type"] == UNKNOWN_KEY:
            holder: Any = repaired
            for parent in parents:
                holder = holder[parent]
            holder.pop(key)
        else:
            replaced.add(str(detail["loc"][0]))
    for name in replaced:
        example = keys_of(kind)[name].setting.example
        if example is not None:
            repaired[name] = example
        else:
            repaired.pop(name)
    return repaired, replaced
