"""Taking a conversion back: what it made goes to the bin, what it linked gets its old links, unless changed since."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dealwright.access import Access
from dealwright.conversion import queries
from dealwright.conversion.proposal import raw_of
from dealwright.conversion.related import CHANNEL, machine, pointing, points_to
from dealwright.foundation.database import UnitOfWork
from dealwright.foundation.errors import Problem, not_found
from dealwright.model import schema_of
from dealwright.people.shapes import Actor
from dealwright.records import Change, WritePath
from dealwright.records.query import get_one

REASONS = {412: "changed", 409: "in_use", 403: "forbidden"}


def undo(uow: UnitOfWork, access: Access, path: WritePath, conversion_id: str) -> dict[str, Any]:
    """{"undone": true, "left": [{object, id, label, reason}]}: what stays because it was changed, is used or may not be
    taken away by this person.

    Needs the right to change the source. Raises 404, 403, 409 CONVERSION_UNDONE.
    """
    row = queries.by_id(uow, conversion_id)
    if row is None:
        raise not_found()
    get_one(uow, access, row["object_key"], row["record_id"])  # 404 out of sight
    path.save(uow, access.actor, Change("update", row["object_key"], row["record_id"], {}, None, CHANNEL))
    if not queries.release(uow, conversion_id, access.actor.user_id):
        raise Problem(409, "CONVERSION_UNDONE")
    # Who made the records may take them back; anybody else needs the right to delete them.
    actor = machine(access.actor) if row["actor_id"] == access.actor.user_id else access.actor
    left = []
    source = {"object": row["object_key"], "id": row["record_id"], **row["source"]}
    for one in [source, *row["moved"]]:
        if not _put_back(uow, access, path, one):
            left.append((one, "changed"))
    for one in reversed(row["results"]):
        reason = _take_away(uow, access, path, actor, one) if one["created"] else None
        if reason:
            left.append((one, reason))
    return {"undone": True, "left": [_named(uow, access, one, reason) for one, reason in left]}


def _put_back(uow: UnitOfWork, access: Access, path: WritePath, one: Mapping[str, Any]) -> bool:
    """Give a record its old values where it still has those of the conversion; False when somebody changed one of them."""
    obj = schema_of(uow).objects.get(one["object"])
    if obj is None:
        return True
    try:
        now = get_one(uow, access, one["object"], one["id"])
    except Problem:
        return False
    kept = [
        key
        for key, value in one["after"].items()
        if key in obj.fields and raw_of(obj.fields[key], now.get(key)) == value
    ]
    values = {key: one["before"].get(key) for key in kept}
    if values:
        path.save(uow, machine(access.actor), Change("update", one["object"], one["id"], values, None, CHANNEL))
    return len(kept) == len(one["after"])


def _take_away(uow: UnitOfWork, access: Access, path: WritePath, actor: Actor, one: Mapping[str, Any]) -> str | None:
    """Put a record that the conversion made into the bin; why not, when it stays."""
    schema = schema_of(uow)
    if one["object"] not in schema.objects:
        return None
    fields = [f for obj in schema.objects.values() if obj.kind == "object" for f in obj.own_fields]
    for field in fields:
        if points_to(field, one["object"]) and any(True for _ in pointing(uow, access, field, one["id"])):
            return "in_use"
    try:
        with uow.savepoint():
            path.save(uow, actor, Change("delete", one["object"], one["id"], {}, one["version"], CHANNEL))
    except Problem as problem:
        if problem.status == 404:
            return None  # somebody has taken it away already
        if problem.status not in REASONS:
            raise
        return REASONS[problem.status]
    return None


def _named(uow: UnitOfWork, access: Access, one: Mapping[str, Any], reason: str) -> dict[str, Any]:
    obj = schema_of(uow).objects.get(one["object"])
    try:
        found = get_one(uow, access, one["object"], one["id"])
    except Problem:
        found = {}
    label = found.get(obj.name_field) if obj is not None and obj.name_field else None
    return {"object": one["object"], "id": one["id"], "label": label or "", "reason": reason}
