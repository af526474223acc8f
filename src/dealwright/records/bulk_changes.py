"""What one record of a bulk change is given: the values, the values joined to what it has, its followers, the way back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from dealwright.access import Access
from dealwright.foundation.database import UnitOfWork
from dealwright.foundation.errors import FieldError, invalid
from dealwright.model import ObjectDef, schema_of
from dealwright.people.shapes import Actor
from dealwright.records.history import rows_of_channel, undo_values
from dealwright.records.query import ListRequest, find
from dealwright.records.query.listing import MAX_LIMIT
from dealwright.records.rights import visible_values
from dealwright.records.shapes import Change
from dealwright.records.wire import field_wire
from dealwright.records.write_path import access_of

ACTIONS = ("update", "add", "remove", "delete", "restore")
JOINED = ("tags", "multi_select", "users", "relation_many")
MOST_FOLLOWERS = 4  # kinds of records that may go along with a transfer


def check_wish(uow: UnitOfWork, access: Access, obj: ObjectDef, wish: Mapping[str, Any]) -> None:
    """Problem 422 for values that cannot be added or removed, and for followers that do not point to the object."""
    if wish["action"] in ("add", "remove"):
        for key in wish["values"]:
            field = obj.fields.get(key)
            if field is None or access.object(obj.key).level(key) == "hidden":
                raise invalid([FieldError(str(key)[:80], "UNKNOWN_FIELD", {"field": str(key)[:80]})])
            if field.type not in JOINED:
                raise invalid([FieldError(key, "NOT_MANY", {"field": dict(field.labels)})])
    also = wish.get("also") or []
    if also and (wish["action"] != "update" or set(wish["values"]) != {"owner"}):
        raise invalid([FieldError("also", "BULK_ALSO", {})])
    if not isinstance(also, list) or len(also) > MOST_FOLLOWERS:
        raise invalid([FieldError("also", "TOO_MANY", {"count": 0, "max": MOST_FOLLOWERS})])
    for one in also:
        field = None
        if isinstance(one, Mapping) and not set(one) - {"object", "field", "filter"}:
            holder = schema_of(uow).objects.get(str(one.get("object")))
            field = holder.fields.get(str(one.get("field"))) if holder is not None else None
        points = field is not None and (field.target == obj.key or field.type == "relation_any")
        if not points or field is None or access.object(field.object_key).level(field.key) not in ("read", "write"):
            raise invalid([FieldError("also", "BULK_ALSO", {})])


def change_for(
    uow: UnitOfWork, actor: Actor, object_key: str, record_id: str, given: Mapping[str, Any], bulk_id: str
) -> Change:
    """The change of one record. Problem 404 when it is out of sight and its values are to be joined."""
    action, values = given["action"], given["values"]
    if action in ("add", "remove"):
        values = _joined(uow, actor, object_key, record_id, values, action)
        action = "update"
    return Change(action, object_key, record_id, values, None, f"bulk:{bulk_id}", given.get("reason"))


def _joined(
    uow: UnitOfWork, actor: Actor, object_key: str, record_id: str, values: Mapping[str, Any], action: str
) -> dict[str, Any]:
    obj = schema_of(uow).object(object_key)
    has = visible_values(uow, access_of(uow, actor), obj, record_id)
    found: dict[str, Any] = {}
    for key, raw in values.items():
        mine = list(field_wire(obj.fields[key], has[key]) or [])
        wanted = [_plain(one) for one in (raw if isinstance(raw, list) else [raw])]
        if action == "add":
            found[key] = mine + [one for one in wanted if one not in mine]
        else:
            found[key] = [one for one in mine if one not in wanted] or None
    return found


def _plain(one: Any) -> Any:
    return one.get("id") if isinstance(one, Mapping) else one


def followers(
    uow: UnitOfWork, actor: Actor, record_id: str, owner: str | None, also: Sequence[Mapping[str, Any]]
) -> Iterator[tuple[str, str]]:
    """(object, id) of the records that go along when a record is handed over: those that point to it, that belong to
    the same person, and that the wish's filter lets through. In the actor's sight only, at most 200 of each kind."""
    access = access_of(uow, actor)
    for one in also if owner is not None else ():
        where = [
            {"field": one["field"], "op": "in", "value": [record_id]}, {"field": "owner", "op": "eq", "value": owner},
        ]  # fmt: skip
        if one.get("filter"):
            where.append(one["filter"])
        page = find(uow, access, ListRequest(one["object"], {"all": where}, "", ("id",), MAX_LIMIT))
        for found in page.records:
            yield one["object"], found["id"]


def old_values(uow: UnitOfWork, bulk_id: str, ids: set[str]) -> dict[str, dict[str, Any]]:
    """The history rows of a bulk change by record."""
    return {row["record_id"]: row for row in rows_of_channel(uow, f"bulk:{bulk_id}") if row["record_id"] in ids}


def undo_change(uow: UnitOfWork, record_id: str, row: Mapping[str, Any] | None, bulk_id: str) -> Change | None:
    """The change that puts a record back to before a history row; it is refused 412 if somebody saved since."""
    obj = schema_of(uow).objects.get(row["object_key"]) if row is not None else None
    if row is None or obj is None:
        return None
    channel, version = f"bulk:{bulk_id}", row["version"]
    if row["kind"] == "deleted":
        return Change("restore", obj.key, record_id, {}, version, channel)
    if row["kind"] in ("restored", "created"):
        return Change("delete", obj.key, record_id, {}, version, channel)
    return Change("update", obj.key, record_id, undo_values(obj, row["changes"]), version, channel)
