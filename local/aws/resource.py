"""The one implementation of check, diff, create, read, update and delete, driven by an entry."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from local.aws import calling, checking, planning, tagging, waiting
from local.aws.entry import Entry
from local.aws.planning import given
from local.aws.reading import read_outputs
from local.aws.scope import Scope, parse_id
from local.aws.session import AwsError, Session
from local.aws.settling import live_inputs, settled_outputs
from local.provider.failure import PartlyCreatedError, ProviderError
from local.provider.kept_types import Types
from local.provider.plugin import Change, Checked, Difference, Found, Properties, Target
from local.provider.schema import Property
from local.provider.values import UNKNOWN, Unknown


@dataclass(kw_only=True)
class AwsResource:
    """A resource type. ``session`` and ``default_tags`` are the configured provider's."""

    entry: Entry
    session: Callable[[], Session]
    default_tags: Callable[[], Mapping[str, str]]
    types: Callable[[str], Types]

    @functools.cached_property
    def inputs(self) -> Property:
        """The SDK's inputs."""
        return self.types(self.entry.type).inputs

    @functools.cached_property
    def outputs(self) -> Property:
        """The SDK's outputs."""
        return self.types(self.entry.type).outputs

    @property
    def secrets(self) -> frozenset[str]:
        return self.entry.secrets

    def check(self, target: Target, old: Properties, new: Properties) -> Checked:
        return checking.check(self.entry, self.inputs, target.name, old, new)

    def diff(
        self, target: Target, old_inputs: Properties, old: Properties, new: Properties
    ) -> Difference:
        before = self._before(old_inputs, old)
        changes = self._changes(before, old, new)
        replaced = any(change.replaces for change in changes)
        return Difference(
            changes=tuple(changes),
            delete_first=replaced and planning.deletes_first(self.entry, new),
        )

    def preview(self, target: Target, old: Properties, inputs: Properties) -> Properties:
        outputs = planning.preview_outputs(
            self.entry, self.inputs, self.outputs, old, inputs, UNKNOWN
        )
        if self.entry.tags:
            outputs["tagsAll"] = self._all_tags(inputs)
        if "region" in self.outputs.fields:
            outputs["region"] = self._region(inputs)
        return outputs

    def create(self, target: Target, inputs: Properties) -> tuple[str, Properties]:
        scope = self._scope(target, self._region(inputs), given(inputs))
        tags = self._all_tags(inputs)
        resource_id = calling.create(scope, inputs, tags)
        scope.state["id"] = resource_id
        try:
            waiting.until_ready(scope)
            calling.finish(scope, inputs, tags)
            return resource_id, self._current(scope, inputs)
        except ProviderError as fault:
            outputs = self._best_known(scope, inputs)
            raise PartlyCreatedError(resource_id, outputs, str(fault)) from fault

    def read(
        self, target: Target, resource_id: str, inputs: Properties, outputs: Properties
    ) -> Found | None:
        resource_id, _, region = resource_id.partition("@")
        region = region or outputs.get("region") or self._region(inputs)
        scope = self._scope(target, region, given(outputs) | given(inputs))
        scope.state["id"] = resource_id
        imported = not outputs
        if not self._identify(scope, resource_id, imported=imported):
            return None
        live = read_outputs(scope, self.outputs, self.default_tags())
        if live is None:
            return None
        if imported:
            live = {**self.entry.defaults, **live}
        settled = settled_outputs(self.entry, outputs or inputs, live)
        shown = {**settled, **scope.asked}
        found = live_inputs(self.entry, self.inputs, inputs, shown, self.session().region)
        return Found(id=scope.state["id"], inputs=found, outputs=settled)

    def update(
        self,
        target: Target,
        resource_id: str,
        old_inputs: Properties,
        old: Properties,
        new: Properties,
    ) -> Properties:
        region = old.get("region") or self._region(new)
        scope = self._scope(target, region, given(old) | given(new))
        scope.state["id"] = resource_id
        before = self._before(old_inputs, old)
        changes = self._changes(before, old, new)
        if not changes:
            # The engine asks for this only after a create or an update that ended half-way.
            waiting.until_ready(scope)
            found = self.read(target, resource_id, new, old)
            before, old = (found.inputs, found.outputs) if found else (before, old)
            scope.state = {**old, **given(new), "id": resource_id}
            changes = self._changes(before, old, new)
        changed = {str(change.path[0]) for change in changes}
        for step in self.entry.updates:
            mine = changed & (step.takes or frozenset())
            if mine:
                calling.apply(scope, step, before, new, mine, self.inputs)
                waiting.until_ready(scope)
        if self.entry.tags:
            tags = self._all_tags(new)
            tagging.write_tags(scope, self.entry.tags, old.get("tagsAll") or {}, tags)
        return self._current(scope, new)

    def delete(self, target: Target, resource_id: str, outputs: Properties) -> None:
        region = outputs.get("region") or self._region(outputs)
        scope = self._scope(target, region, given(outputs))
        scope.state["id"] = resource_id
        waiting.until_gone(scope)

    def _before(self, old_inputs: Properties, old: Properties) -> Properties:
        """The inputs of last time; state that came without them holds them as outputs."""
        return old_inputs or {key: old[key] for key in self.inputs.fields if key in old}

    def _changes(self, before: Properties, old: Properties, new: Properties) -> list[Change]:
        changes = list(planning.input_changes(self.entry, before, old, new))
        region = self._region(new)
        if "region" in self.inputs.fields and old.get("region", region) != region:
            changes.append(Change(path=("region",), kind="update", replaces=True))
        if self.entry.tags and not any(change.path[0] == "tags" for change in changes):
            wanted = self._all_tags(new)
            changes += planning.tag_changes(self.entry, old.get("tagsAll"), wanted)
        return changes

    def _identify(self, scope: Scope, resource_id: str, *, imported: bool) -> bool:
        """Takes what the id says into the scope; for an import, finds the object first."""
        entry = self.entry
        template = entry.import_id if imported and entry.import_id else entry.id
        if isinstance(template, str) and "{" in template:
            parts = parse_id(template, resource_id)
            if parts is None:
                raise ProviderError(
                    f"{scope.target}: the id {resource_id!r} is not of the form {template}"
                )
            scope.state |= parts
        if not imported or not entry.locate:
            return True
        try:
            scope.state["id"] = entry.locate(scope)
        except AwsError as fault:
            if fault.not_found:
                return False
            raise
        return bool(scope.state["id"])

    def _current(self, scope: Scope, inputs: Properties) -> Properties:
        live = read_outputs(scope, self.outputs, self.default_tags())
        if live is None:
            raise AwsError(f"{scope.target}: gone right after it was made or changed")
        return settled_outputs(self.entry, inputs, live)

    def _best_known(self, scope: Scope, inputs: Properties) -> Properties:
        """The outputs of an object that could not be finished, as far as they can be read."""
        try:
            return self._current(scope, inputs)
        except ProviderError:  # the fault that made it unfinished is the one to report
            return given(inputs)

    def _region(self, inputs: Properties) -> str:
        region = inputs.get("region")
        if isinstance(region, Unknown) or not region:
            return self.session().region
        return region

    def _all_tags(self, inputs: Properties) -> Any:
        return tagging.merge_tags(self.default_tags(), inputs.get("tags"))

    def _scope(self, target: Target, region: str, state: Properties) -> Scope:
        return Scope(
            session=self.session(),
            entry=self.entry,
            target=target,
            region=region,
            state=state,
            prior=dict(state),
        )
