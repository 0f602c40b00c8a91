"""Commands whose modules are imported only when one is run, or asked for its own help.

Each imports what it needs, which takes a second with all of them.
"""

import gc
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib import import_module
from typing import Any, ClassVar

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_group


@contextmanager
def importing() -> Iterator[None]:
    """While much is imported, which stays: no time is lost in looking through it for garbage."""
    collects = gc.isenabled()  # not in a Pulumi program, which judges migrations as well
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if collects:
            gc.enable()


class LazyCommand(TyperCommand):
    """What is known of a command before its module is imported.

    module: has a function `register` that adds the command, and maybe others, to an application.
    help: the first sentence of its own help, for the list of commands.
    """

    def __init__(self, name: str, module: str, help: str) -> None:  # noqa: A002 Typer's name
        super().__init__(name, help=help)
        self.module = module

    def load(self) -> Any:
        """The command itself."""
        application = typer.Typer(add_completion=False)
        with importing():
            import_module(self.module).register(application)
        return get_group(application).commands[str(self.name)]


class LazyGroup(TyperGroup):
    """A group of commands of which it imports the one that is called."""

    known: ClassVar[tuple[LazyCommand, ...]] = ()

    def __init__(self, *, commands: Mapping[str, Any] | None = None, **settings: Any) -> None:
        known = {str(command.name): command for command in self.known}
        super().__init__(commands={**known, **(commands or {})}, **settings)

    def resolve_command(self, ctx: Any, args: list[str]) -> tuple[str | None, Any, list[str]]:
        """The name, the command and its arguments, from the command line's."""
        name, command, rest = super().resolve_command(ctx, args)
        return name, command.load() if isinstance(command, LazyCommand) else command, rest
