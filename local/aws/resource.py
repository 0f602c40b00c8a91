"""The one implementation of check, diff, create, read, update and delete, driven by an entry."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from importlib import import_module
from types import ModuleType
from typing import Any

from local.aws import checking, tagging, waiting
from local.aws.entry import Call, Entry, Step, Update
from local.aws.parameters import Builder
from local.aws.reading import read_outputs
from local.aws.scope import Scope, parse_id
from local.aws.session import AwsError, Session
from local.provider.failure import PartlyCreatedError, ProviderError
from local.provider.plugin import Change, Checked, Difference, Found, Properties, Target
from local.provider.schema import Property, inputs_of, outputs_of
from local.provider.values import UNKNOWN, Unknown

_EMPTY: Mapping[str, Any] = {
    "string": "",
    "document": "",
    "boolean": False,
    "array": [],
    "map": {},
    "object": {},
    "integer": 0,
    "number": 0,
}


@dataclass(kw_only=True)
class AwsResource:
    """A resource type. ``session`` and ``default_tags`` are the configured provider's."""

    entry: Entry
    session: Callable[[], Session]
    default_tags: Callable[[], Mapping[str, str]]

    @functools.cached_property
    def inputs(self) -> Property:
        """The SDK's inputs; looked up late, since the SDK's modules take long to import."""
        return inputs_of(getattr(*self._sdk("Args")))

    @functools.cached_property
    def outputs(self) -> Property:
        """The SDK's outputs."""
        return outputs_of(getattr(*self._sdk("")))

    def _sdk(self, suffix: str) -> tuple[ModuleType, str]:
        _, module, name = self.entry.type.split(":")
        return import_module(f"pulumi_aws.{module.split('/')[0]}"), name + suffix

    @property
    def secrets(self) -> frozenset[str]:
        return self.entry.secrets

    def check(self, target: Target, old: Properties, new: Properties) -> Checked:
        return checking.check(self.entry, self.inputs, target.name, old, new)

    def diff(
        self, target: Target, old_inputs: Properties, old: Properties, new: Properties
    ) -> Difference:
        changes = list(self._changes(old_inputs, old, new))
        replaced = any(change.replaces for change in changes)
        return Difference(
            changes=tuple(changes), delete_first=replaced and self._collides(old_inputs, new)
        )

    def preview(self, target: Target, old: Properties, inputs: Properties) -> Properties:
        given = {key: value for key, value in inputs.items() if not key.startswith("__")}
        if old:
            known = {key: value for key, value in old.items() if key not in self.inputs.fields}
            changed = any(old.get(key) != value for key, value in given.items())
            volatile = dict.fromkeys(self.entry.volatile if changed else (), UNKNOWN)
            computed = {key: old[key] for key in self.entry.computed if key in old}
            outputs = known | computed | given | volatile
        else:
            outputs = dict.fromkeys(self.outputs.fields, UNKNOWN)
            settled = set(self.inputs.fields) - self.entry.computed
            outputs = {key: value for key, value in outputs.items() if key not in settled} | given
        if self.entry.tags:
            outputs["tagsAll"] = self._all_tags(inputs)
        if "region" in self.outputs.fields:
            outputs["region"] = self._region(inputs)
        return outputs

    def create(self, target: Target, inputs: Properties) -> tuple[str, Properties]:
        scope = self._scope(target, self._region(inputs), inputs)
        entry = self.entry
        if entry.adopt:
            resource_id = entry.adopt(scope)
        else:
            response = self._call(scope, entry.create, inputs, self._create_tags(inputs))
            resource_id = self._id(scope, response)
        scope.state["id"] = resource_id
        try:
            waiting.until_ready(scope)
            self._finish(scope, inputs)
            return resource_id, self._current(scope, inputs)
        except ProviderError as fault:
            outputs = {key: value for key, value in inputs.items() if not key.startswith("__")}
            raise PartlyCreatedError(resource_id, outputs, str(fault)) from fault

    def read(
        self, target: Target, resource_id: str, inputs: Properties, outputs: Properties
    ) -> Found | None:
        resource_id, _, region = resource_id.partition("@")
        region = region or outputs.get("region") or self._region(inputs)
        scope = self._scope(target, region, outputs | inputs)
        scope.state["id"] = resource_id
        if not self._identify(scope, resource_id, imported=not outputs):
            return None
        live = read_outputs(scope, self.outputs, self.default_tags())
        if live is None:
            return None
        known = outputs or inputs
        kept = {key: known[key] for key in self._unreported() if key in known}
        settled = self._settle(known, kept | live)
        return Found(id=scope.state["id"], inputs=self._inputs(inputs, settled), outputs=settled)

    def update(
        self,
        target: Target,
        resource_id: str,
        old_inputs: Properties,
        old: Properties,
        new: Properties,
    ) -> Properties:
        scope = self._scope(target, old.get("region") or self._region(new), old | new)
        scope.state["id"] = resource_id
        before = old_inputs or old
        changed = {str(change.path[0]) for change in self._changes(before, old, new)}
        for step in self.entry.updates:
            mine = changed & (step.takes or frozenset())
            if mine:
                self._apply(scope, step, before, new, mine)
                waiting.until_ready(scope)
        if self.entry.tags:
            tagging.write_tags(
                scope, self.entry.tags, old.get("tagsAll") or {}, self._all_tags(new)
            )
        return self._current(scope, new)

    def delete(self, target: Target, resource_id: str, outputs: Properties) -> None:
        scope = self._scope(target, outputs.get("region") or self._region(outputs), outputs)
        scope.state["id"] = resource_id
        waiting.until_gone(scope)

    def _changes(
        self, old_inputs: Properties, old: Properties, new: Properties
    ) -> Iterator[Change]:
        before = old_inputs or {key: old.get(key) for key in self.inputs.fields}
        for path, kind in self.entry.comparison.changes(_given(before), _given(new)):
            root = str(path[0])
            dropped = new.get(root) is None
            if root == "region" or (dropped and root in self.entry.computed):
                continue
            yield Change(path=path, kind=kind, replaces=self._replaces(path))
        region = self._region(new)
        if "region" in self.inputs.fields and old.get("region", region) != region:
            yield Change(path=("region",), kind="update", replaces=True)
        if self.entry.tags and self.entry.comparison.same(
            _given(before).get("tags"), new.get("tags")
        ):
            for path, kind in self.entry.comparison.changes(
                old.get("tagsAll") or {}, self._all_tags(new), ("tagsAll",)
            ):
                yield Change(path=path, kind=kind, replaces=False)

    def _replaces(self, path: tuple[str | int, ...]) -> bool:
        names = [step for step in path if isinstance(step, str)]
        dotted = {".".join(names[: end + 1]) for end in range(len(names))}
        return names[0] not in self.entry.mutable or bool(dotted & self.entry.replaces)

    def _collides(self, old: Properties, new: Properties) -> bool:
        identity = self.entry.identity
        if not identity:
            return False
        if any(key in new.get("__defaults", []) for key in identity):
            return False
        return all(self.entry.comparison.same(old.get(key), new.get(key)) for key in identity)

    def _apply(
        self, scope: Scope, step: Update | Step, old: Properties, new: Properties, mine: set[str]
    ) -> None:
        if isinstance(step, Step):
            step.run(scope, old, new)
            return
        sent = (step.takes or frozenset()) if step.whole else mine
        values = {key: new.get(key) for key in sent}
        for key in mine:
            if values[key] is None:
                values[key] = self._emptied(key)
        groups = [{key: values[key]} for key in sorted(values)] if step.each else [values]
        for group in groups:
            self._call(scope, step, group, {})

    def _emptied(self, key: str) -> Any:
        if key in self.entry.cleared:
            return self.entry.cleared[key]
        return _EMPTY[self.inputs.fields[key].kind]

    def _finish(self, scope: Scope, inputs: Properties) -> None:
        """The calls that a new object needs beside the create call."""
        entry = self.entry
        for step in entry.updates:
            if isinstance(step, Step) and step.always:
                step.run(scope, {}, inputs)
            if not step.after_create:
                continue
            takes = step.takes or frozenset()
            wanted = {
                key
                for key in takes
                if inputs.get(key) is not None and inputs[key] != entry.defaults.get(key)
            }
            if wanted:
                self._apply(scope, step, {}, inputs, wanted)
        if entry.tags and (entry.tags.create is None or entry.adopt):
            tagging.write_tags(scope, entry.tags, {}, self._all_tags(inputs))

    def _call(
        self, scope: Scope, call: Call, properties: Properties, extra: Mapping[str, Any]
    ) -> dict[str, Any]:
        builder = Builder(self.entry, call)
        parameters = builder.build(properties)
        if builder.failures:
            failure = builder.failures[0]
            raise ProviderError(f"{scope.target}: {failure.path}: {failure.render(secret=False)}")
        return scope.call(call.operation, **scope.render(call.fixed), **parameters, **extra)

    def _create_tags(self, inputs: Properties) -> Mapping[str, Any]:
        if not self.entry.tags:
            return {}
        return tagging.create_parameters(self.entry.tags, self._all_tags(inputs))

    def _id(self, scope: Scope, response: Mapping[str, Any]) -> str:
        template = self.entry.id
        if "{" in template:
            return str(scope.render(template))
        found = scope.search(template, response)
        if not found:
            raise AwsError(f"{scope.target}: {self.entry.create.operation} returned no {template}")
        return str(found)

    def _identify(self, scope: Scope, resource_id: str, *, imported: bool) -> bool:
        """Takes what the id says into the scope; for an import, finds the object first."""
        template = self.entry.import_id if imported and self.entry.import_id else self.entry.id
        if "{" in template:
            parts = parse_id(template, resource_id)
            if parts is None:
                raise ProviderError(
                    f"{scope.target}: the id {resource_id!r} is not of the form {template}"
                )
            scope.state |= parts
        if imported and self.entry.locate:
            try:
                scope.state["id"] = self.entry.locate(scope)
            except AwsError as fault:
                if fault.not_found:
                    return False
                raise
            return bool(scope.state["id"])
        if imported and self.entry.name and "{" not in template:
            scope.state.setdefault(self.entry.name.property, resource_id)
        return True

    def _current(self, scope: Scope, inputs: Properties) -> Properties:
        live = read_outputs(scope, self.outputs, self.default_tags())
        if live is None:
            raise AwsError(f"{scope.target}: gone right after it was made or changed")
        given = _given(inputs)
        kept = {key: given[key] for key in self._unreported() if key in given}
        return self._settle(given, kept | live)

    def _settle(self, prior: Properties, live: Properties) -> Properties:
        return self.entry.comparison.settle(_given(prior), live)

    def _unreported(self) -> frozenset[str]:
        return self.entry.flags | self.entry.unread

    def _inputs(self, prior: Properties, live: Properties) -> Properties:
        """The inputs that describe the live object: all of them for an import."""
        found: Properties = {}
        for key in self.inputs.fields:
            value = live.get(key)
            if key in prior or self._differs(key, value, refreshed=bool(prior)):
                found[key] = value
        if "__defaults" in prior:
            found["__defaults"] = prior["__defaults"]
        return {key: value for key, value in found.items() if value is not None}

    def _differs(self, key: str, value: Any, *, refreshed: bool) -> bool:
        """Whether a property that no program set is worth showing."""
        if value in (None, "", [], {}):
            return False
        if key == "region":
            return not refreshed and value != self.session().region
        if refreshed and key in self.entry.computed:
            return False
        return not (refreshed and value is False)

    def _region(self, inputs: Properties) -> str:
        region = inputs.get("region")
        if isinstance(region, Unknown) or not region:
            return self.session().region
        return region

    def _all_tags(self, inputs: Properties) -> Any:
        return tagging.merge_tags(self.default_tags(), inputs.get("tags"))

    def _scope(self, target: Target, region: str, state: Properties) -> Scope:
        known = {key: value for key, value in state.items() if not key.startswith("__")}
        return Scope(
            session=self.session(), entry=self.entry, target=target, region=region, state=known
        )


def _given(properties: Properties) -> Properties:
    return {
        key: value
        for key, value in properties.items()
        if not key.startswith("__") and value is not None
    }
