"""What every component shares: its type token, options and tags for children."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

from pulumi import ComponentResource, Output, Resource, ResourceOptions

MOST_TAG_CHARACTERS = 256
"""Of a tag's value, as AWS takes it."""


class Component(ComponentResource):
    """Base of all components.

    A subclass sets `subject`, and defines `__init__(name, args, opts)`, whose last step is
    `self.register_outputs(self.outputs())`. Its public attributes of type `Output` are its outputs.
    """

    subject: ClassVar[str]

    def __init__(
        self,
        name: str,
        opts: ResourceOptions | None,
        *,
        tags: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(f"groundwork:{self.subject}:{type(self).__name__}", name, None, opts)
        self._name = name
        self._tags = dict(tags or {})
        self._waits = ResourceOptions(depends_on=opts.depends_on if opts is not None else None)

    def child_name(self, what: str, key: str | None = None) -> str:
        """`{component}-{what}[-{key}]`; `key` must be stable (an AZ, a user), never a position."""
        return "-".join(part for part in (self._name, what, key) if part)

    def child(
        self,
        *,
        depends_on: Sequence[Resource] = (),
        delete_before_replace: bool | None = None,
        retain_on_delete: bool | None = None,
        import_: str | None = None,
    ) -> ResourceOptions:
        """Options for a child: this component as parent, and of the caller's `depends_on` only.

        Pulumi records a dependency of the component itself, not of its children, so that a destroy
        would not keep the order: every child therefore waits for what the component waits for.
        """
        own = ResourceOptions(
            parent=self,
            depends_on=list(depends_on),
            delete_before_replace=delete_before_replace,
            retain_on_delete=retain_on_delete,
            import_=import_,
        )
        return ResourceOptions.merge(self._waits, own)

    def tags(self, child_name: str, **extra: str) -> dict[str, str]:
        """The component's tags, the child's `Name`, and what only this child carries."""
        return {**self._tags, "Name": child_name[:MOST_TAG_CHARACTERS], **extra}

    def outputs(self) -> dict[str, Output[object]]:
        """All public attributes that are Outputs, for `register_outputs`."""
        return {
            key: value
            for key, value in vars(self).items()
            if not key.startswith("_") and key != "urn" and isinstance(value, Output)
        }
