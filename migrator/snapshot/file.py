"""A catalog as a file, so that it is known without the database."""

import json
from dataclasses import asdict
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from migrator.errors import UsageError
from migrator.snapshot.catalog import Catalog


class SnapshotError(UsageError):
    """A snapshot file cannot be read or is not one."""


_ADAPTER = TypeAdapter(Catalog)


def save(catalog: Catalog, file: Path) -> None:
    """Writes the catalog as JSON, for `load`."""
    file.write_text(json.dumps(asdict(catalog), indent=1, sort_keys=True) + "\n")


def load(file: Path) -> Catalog:
    """Reads what `save` wrote.

    Raises SnapshotError, which names the file and the first thing wrong with it.
    """
    try:
        return _ADAPTER.validate_json(file.read_bytes(), strict=False)
    except OSError as error:
        raise SnapshotError(f"cannot read the snapshot {file}: {error.strerror}") from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "the document"
        raise SnapshotError(
            f"{file} is not a catalog snapshot of this version: {where}: {first['msg']}; "
            "write one anew with `python -m migrator snapshot`"
        ) from error
