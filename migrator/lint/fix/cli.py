"""The command `fix`."""

import typer


def register(app: typer.Typer) -> None:
    """Adds `fix` to the migrator's command line."""
