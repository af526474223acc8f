"""The bin: deleting sets a mark that restoring takes away; both are ordinary saves with a version and history."""

from __future__ import annotations

from dealwright.foundation.database import UnitOfWork
from dealwright.people.shapes import Actor
from dealwright.records.shapes import Change, Saved
from dealwright.records.write_path import WritePath


def delete(
    path: WritePath,
    uow: UnitOfWork,
    actor: Actor,
    object_key: str,
    record_id: str,
    version: int | None,
    channel: str = "api",
) -> Saved:
    """Put a record into the bin. Problem 409 IN_USE while a field that may not be empty points at it."""
    return path.save(uow, actor, Change("delete", object_key, record_id, expected_version=version, channel=channel))


def restore(
    path: WritePath, uow: UnitOfWork, actor: Actor, object_key: str, record_id: str, version: int | None = None
) -> Saved:
    """Take a record out of the bin; 422 NOT_UNIQUE when another one has its unique value by now. Fires nothing (S25)."""
    return path.save(uow, actor, Change("restore", object_key, record_id, expected_version=version, channel="api"))
