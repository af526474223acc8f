"""Merging: one record stays, the others go to the bin, all that pointed to them points to it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

import sqlalchemy as sa

from dealwright.access import Access
from dealwright.access.tables import dw_share
from dealwright.foundation.database import UnitOfWork, touch
from dealwright.foundation.errors import FieldError, Problem, forbidden, invalid, not_found
from dealwright.foundation.ids import new_id
from dealwright.model import ObjectDef, Schema, schema_of
from dealwright.people.shapes import Actor, system_actor
from dealwright.records.merging.choice import ALL, carried, chosen
from dealwright.records.merging.pointing import Pointing, find_pointing, lines_with, turned
from dealwright.records.merging.tables import dw_merge, dw_merged
from dealwright.records.rights import stale, visible_values
from dealwright.records.shapes import Change, Values
from dealwright.records.tables import dw_file, dw_history
from dealwright.records.wire import field_wire
from dealwright.records.write_path import WritePath

MOST_OTHERS = 9
MOST_MOVED = 2_000  # records that one merge turns to the survivor: about four seconds


@dataclass(frozen=True)
class Merge:
    """The wish: `others` become `survivor`. versions: of every record, as the wisher saw it. values: field -> the
    record whose value stays, or "all" where a field holds several values."""

    object_key: str
    survivor: str
    others: Sequence[str]
    versions: Mapping[str, int]
    values: Mapping[str, str] = field(default_factory=dict)
    reason: str | None = None


def merge(path: WritePath, uow: UnitOfWork, access: Access, wish: Merge) -> dict[str, Any]:
    """Carry it out: {"id", "object", "survivor", "merged": n, "moved": n, "changed": [fields]}.

    Needs the right to change all of them and to delete the others. Problem 404 out of scope, 403, 412 when one of them
    was changed meanwhile, 422, 409 of a gate. Everything or nothing.
    """
    schema = schema_of(uow)
    obj = schema.object(wish.object_key)
    known = _records(uow, access, obj, wish)
    merge_id = new_id()
    channel = f"merge:{merge_id}"
    everywhere = mover(access.actor)
    pointing = find_pointing(uow, schema, obj, set(wish.others), MOST_MOVED)
    pointing.pop((obj.key, wish.survivor), None)  # its own fields are settled with its values
    if len(pointing) > MOST_MOVED:
        raise invalid([FieldError("others", "MERGE_TOO_MUCH", {"max": MOST_MOVED})])
    moved = [_move(path, uow, everywhere, schema, one, wish, channel) for one in pointing.values()]
    for other in wish.others:
        change = Change("delete", obj.key, other, {}, wish.versions[other], channel, wish.reason)
        path.save(uow, access.actor, change)
    files = _take_files(uow, obj, known, wish)
    values = chosen(access, obj, known, wish.survivor, wish.others, wish.values)
    saved = path.save(
        uow, access.actor, Change("update", obj.key, wish.survivor, values, wish.versions[wish.survivor], channel, wish.reason)
    )  # fmt: skip
    changes = _changes(obj, known[wish.survivor], saved.work.after if saved.work else {}, saved.changed & set(values))
    hidden = carried(access, obj, known, wish.survivor, wish.others)
    by_itself: dict[str, Any] = {}
    if hidden:
        done = path.save(uow, everywhere, Change("update", obj.key, wish.survivor, hidden, None, channel, wish.reason))
        by_itself = _changes(
            obj, known[wish.survivor], done.work.after if done.work else {}, done.changed & set(hidden)
        )
        saved = done
    shares = _give_shares(uow, obj, wish)
    detail = {
        "others": list(wish.others), "values": changes, "carried": by_itself, "moved": moved, "shares": shares,
        "files": files,
    }  # fmt: skip
    uow.conn.execute(
        sa.insert(dw_merge).values(
            id=merge_id, object_key=obj.key, survivor_id=wish.survivor, actor_id=access.actor.user_id, at=uow.now,
            state="done", undone_at=None, detail=detail,
        )
    )  # fmt: skip
    uow.conn.execute(sa.delete(dw_merged).where(dw_merged.c.record_id.in_(list(wish.others))))
    rows = [{"record_id": other, "object_key": obj.key, "survivor_id": wish.survivor, "merge_id": merge_id}
            for other in wish.others]  # fmt: skip
    uow.conn.execute(sa.insert(dw_merged), rows)
    note(uow, access.actor, obj.key, wish.survivor, saved.version, channel, "merged", wish.reason)
    return {
        "id": merge_id, "object": obj.key, "survivor": wish.survivor, "merged": len(wish.others), "moved": len(moved),
        "changed": sorted(changes),
    }  # fmt: skip


def mover(actor: Actor) -> Actor:
    """The product in a person's name: relations are turned whether or not that person sees the record that has them."""
    return replace(system_actor(actor.locale, actor.zone, actor.rights_epoch), user_id=actor.user_id)


def note(
    uow: UnitOfWork, actor: Actor, object_key: str, record_id: str, version: int, channel: str, kind: str,
    reason: str | None,
) -> None:  # fmt: skip
    """A history entry that says what happened to a record where none of its fields tells."""
    uow.conn.execute(
        sa.insert(dw_history).values(
            id=new_id(), object_key=object_key, record_id=record_id, version=version, at=uow.now,
            actor_id=actor.user_id, actor_kind=actor.kind, channel=channel, kind=kind, reason=reason, changes={},
        )
    )  # fmt: skip


def _records(uow: UnitOfWork, access: Access, obj: ObjectDef, wish: Merge) -> dict[str, Values]:
    """All records of the wish with every value, checked: sight, rights, versions. They stay as they are until the end."""
    ids = [wish.survivor, *wish.others]
    if not wish.others or len(wish.others) > MOST_OTHERS or len(set(ids)) < len(ids):
        raise invalid([FieldError("others", "MERGE_OTHERS", {"max": MOST_OTHERS})])
    rights = access.object(obj.key)
    for action in ("update", "delete"):
        if not rights.may(action):
            raise forbidden(action, object=obj.key)
    missing = [one for one in ids if one not in wish.versions]
    if missing:
        raise Problem(428, "MERGE_VERSIONS")
    table = obj.table
    may = rights.row_condition("update", table, access.actor, uow.dialect)
    covered = sa.case((may, sa.literal_column("1")), else_=sa.literal_column("0"))
    query = sa.select(table.c.id, table.c.version, covered).where(table.c.id.in_(ids)).order_by(table.c.id)
    rows = {row[0]: row for row in uow.conn.execute(uow.dialect.for_update(query), access.row_parameters())}
    found = {}
    for one in ids:
        if one not in rows:
            raise not_found()
        found[one] = visible_values(uow, access, obj, one)  # 404 out of scope and for what is in the bin
        if not rows[one][2]:
            raise forbidden("update", object=obj.key)
        if rows[one][1] != wish.versions[one]:
            raise stale(rows[one][1])
    for key, origin in wish.values.items():
        if key not in obj.fields or rights.level(key) == "hidden":
            raise invalid([FieldError(key[:80], "UNKNOWN_FIELD", {"field": key[:80]})])
        if origin not in ids and not (origin == ALL and obj.fields[key].many):
            raise invalid([FieldError(key, "MERGE_ORIGIN", {"field": dict(obj.fields[key].labels)})])
    return found


def _move(
    path: WritePath, uow: UnitOfWork, actor: Actor, schema: Schema, one: Pointing, wish: Merge, channel: str
) -> dict[str, Any]:
    """Turn one record to the survivor; what is needed to turn it back."""
    obj = schema.object(one.object_key)
    values: dict[str, Any] = {}
    for key, old in one.fields.items():
        values[key] = turned(obj.fields[key], old, set(wish.others), wish.survivor)
    for name, lines in one.lines.items():
        child = schema.object(obj.fields[name].config.get("object") or f"{obj.key}_{name}")
        changed = {
            line_id: {key: turned(child.fields[key], old, set(wish.others), wish.survivor) for key, old in olds.items()}
            for line_id, olds in lines.items()
        }
        values[name] = lines_with(uow, schema, obj, one.record_id, name, changed)
    path.save(uow, actor, Change("update", obj.key, one.record_id, values, None, channel, wish.reason))
    kept = asdict(one)
    kept["turned"] = {key: value for key, value in values.items() if key in one.fields}
    return kept


def _changes(obj: ObjectDef, before: Mapping[str, Any], after: Any, keys: Any) -> dict[str, list[Any]]:
    return {
        key: [field_wire(obj.fields[key], before[key]), field_wire(obj.fields[key], after[key])] for key in sorted(keys)
    }


def _take_files(uow: UnitOfWork, obj: ObjectDef, known: Mapping[str, Values], wish: Merge) -> list[dict[str, Any]]:
    """Files of the others belong to the survivor, so that its fields may name them; those of no field go along too."""
    rows = uow.conn.execute(
        sa.select(dw_file.c.id, dw_file.c.record_id, dw_file.c.field_key).where(
            dw_file.c.object_key == obj.key, dw_file.c.record_id.in_(list(wish.others))
        )
    ).all()
    taken = []
    for file_id, record_id, field_key in rows:
        origin = wish.values.get(field_key or "")
        empty = not known[wish.survivor][field_key] if field_key in obj.fields else True
        if field_key is None or origin in (record_id, ALL) or (origin is None and empty):
            taken.append({"id": file_id, "from": record_id, "field": field_key})
    if taken:
        ids = [one["id"] for one in taken]
        uow.conn.execute(sa.update(dw_file).where(dw_file.c.id.in_(ids)).values(record_id=wish.survivor))
    return taken


def _give_shares(uow: UnitOfWork, obj: ObjectDef, wish: Merge) -> list[str]:
    """Whoever was given one of the others is given the survivor too, unless it was given to them already; the ids."""
    ids = [wish.survivor, *wish.others]
    query = sa.select(dw_share).where(dw_share.c.object_key == obj.key, dw_share.c.record_id.in_(ids))
    rows = list(uow.conn.execute(query.order_by(dw_share.c.id)).mappings())
    there = {(row["user_id"], row["team_id"], row["level"]) for row in rows if row["record_id"] == wish.survivor}
    given = []
    for row in rows:
        to = (row["user_id"], row["team_id"], row["level"])
        if row["record_id"] == wish.survivor or to in there:
            continue
        there.add(to)
        given.append({**row, "id": new_id(), "record_id": wish.survivor, "created_at": uow.now})
    if given:
        uow.conn.execute(sa.insert(dw_share), given)
        touch(uow, obj.key)  # who sees what has changed
    return [row["id"] for row in given]
