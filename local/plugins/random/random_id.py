"""``random.RandomId``: some random bytes in four spellings, kept until a keeper changes."""

from __future__ import annotations

import base64
import binascii
import secrets

import pulumi_random

from local.plugins.framework.comparison import Comparison
from local.plugins.framework.failure import Failure, ProviderError
from local.plugins.framework.plugin import Change, Checked, Difference, Found, Properties, Target
from local.plugins.framework.schema import inputs_of, validate
from local.plugins.framework.values import UNKNOWN

_COMPARISON = Comparison()
_COMPUTED = ("b64Std", "b64Url", "dec", "hex")
_INPUTS = ("byteLength", "keepers", "prefix")


class RandomId:
    """The resource type. Its id is the bytes in URL-safe base64, without the prefix."""

    secrets: frozenset[str] = frozenset()

    def check(self, target: Target, old: Properties, new: Properties) -> Checked:
        failures = list(validate(new, inputs_of(pulumi_random.RandomIdArgs)))
        length = new.get("byteLength")
        if isinstance(length, int) and length < 1:
            failures.append(
                Failure(path=("byteLength",), reason="must be at least 1", value=length)
            )
        return Checked(inputs=new, failures=tuple(failures))

    def diff(
        self, target: Target, old_inputs: Properties, old: Properties, new: Properties
    ) -> Difference:
        before = old_inputs or old
        changes = [
            Change(path=path, kind=kind, replaces=True)
            for name in _INPUTS
            for path, kind in _COMPARISON.changes(before.get(name), new.get(name), (name,))
        ]
        return Difference(changes=tuple(changes))

    def preview(self, target: Target, old: Properties, inputs: Properties) -> Properties:
        return inputs | {name: old.get(name, UNKNOWN) for name in _COMPUTED}

    def create(self, target: Target, inputs: Properties) -> tuple[str, Properties]:
        value = secrets.token_bytes(inputs["byteLength"])
        return _url_safe(value), inputs | _spellings(value, inputs.get("prefix") or "")

    def read(
        self, target: Target, resource_id: str, inputs: Properties, outputs: Properties
    ) -> Found:
        if outputs:
            return Found(id=resource_id, inputs=inputs, outputs=outputs)
        prefix, _, text = resource_id.rpartition(",")  # "prefix,base64" for an import
        try:
            value = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
        except binascii.Error as fault:
            raise ProviderError(f"{target}: {text!r} is not URL-safe base64 ({fault})") from fault
        given = {"byteLength": len(value)} | ({"prefix": prefix} if prefix else {})
        return Found(id=text, inputs=given, outputs=given | _spellings(value, prefix))

    def update(
        self,
        target: Target,
        resource_id: str,
        old_inputs: Properties,
        old: Properties,
        new: Properties,
    ) -> Properties:
        raise ProviderError(f"{target}: every change of a RandomId makes a new one")

    def delete(self, target: Target, resource_id: str, outputs: Properties) -> None:
        """Nothing is kept anywhere but in state."""


def _url_safe(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()


def _spellings(value: bytes, prefix: str) -> Properties:
    return {
        "b64Std": prefix + base64.b64encode(value).decode(),
        "b64Url": prefix + _url_safe(value),
        "dec": prefix + str(int.from_bytes(value, "big")),
        "hex": prefix + value.hex(),
    }
