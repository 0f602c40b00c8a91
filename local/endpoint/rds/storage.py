"""What RDS refuses of an instance's storage."""

from collections.abc import Mapping
from typing import Any

from moto.rds.exceptions import RDSClientError

SMALLEST_GIB, LARGEST_GIB = 20, 65536


def check_new_storage(given: Mapping[str, Any]) -> None:
    """Raises RDSClientError unless a new instance can have the storage."""
    size, limit = given.get("allocated_storage"), given.get("max_allocated_storage")
    if size is None:
        raise RDSClientError(
            "InvalidParameterValue",
            "The parameter AllocatedStorage must be provided and must not be null.",
        )
    _check_size(int(size), least=SMALLEST_GIB, kind=given["storage_type"])
    if limit:
        _check_limit(int(limit), size=int(size), kind=given["storage_type"])


def check_storage_change(instance: Any, changes: Mapping[str, Any]) -> None:
    """Raises RDSClientError unless the instance's storage can become what it is told to."""
    kind = changes.get("storage_type") or instance.storage_type
    before = int(instance.allocated_storage)
    size = int(changes.get("allocated_storage") or before)
    _check_size(size, least=before, kind=kind)
    limit = int(changes.get("max_allocated_storage") or 0)
    # A limit that is the size itself turns off that storage grows.
    if limit and limit != size:
        _check_limit(limit, size=size, kind=kind)


def _check_size(size: int, *, least: int, kind: str) -> None:
    if not least <= size <= LARGEST_GIB:
        raise _unfit(
            f"Invalid storage size for engine name postgres and storage type {kind}: {size}"
        )


def _check_limit(limit: int, *, size: int, kind: str) -> None:
    if limit <= size:
        raise _unfit("Max storage size must be greater than storage size")
    # 10 % more, without the errors of floating point.
    if limit * 10 < size * 11:
        raise _unfit(
            f"Invalid max storage size for engine name postgres and storage type {kind}: {limit}"
        )


def _unfit(message: str) -> RDSClientError:
    return RDSClientError("InvalidParameterCombination", message)
