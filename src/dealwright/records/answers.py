"""The answer to a save: the record as a reader would get it, without reading again what has just been written.

A new record is known whole. After a change, only its row is read: the labels of relations that were not touched are
not in hand. Both give exactly what GET gives (a test compares them).
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from weakref import WeakKeyDictionary
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from dealwright.access import Access, ObjectAccess, mask
from dealwright.foundation.database import UnitOfWork, state_of
from dealwright.foundation.errors import Problem
from dealwright.model import FieldDef, Money
from dealwright.model.formula import live_values
from dealwright.people.tables import dw_team
from dealwright.records.query import get_one
from dealwright.records.shapes import Saved, Work

_teams: dict[tuple[str, int], dict[str, str]] = {}
_LISTS = ("relation_many", "users", "multi_select", "tags", "file", "image")
_blank: WeakKeyDictionary[ObjectAccess, dict[str, Any]] = WeakKeyDictionary()


class _Unknown(Exception):
    """Something that only reading tells."""


def record_of(uow: UnitOfWork, access: Access, saved: Saved) -> dict[str, Any]:
    """The record after a save, with what this actor may read of it."""
    work = saved.work
    if work is not None and work.is_create:
        try:
            return _from_memory(work, access)
        except _Unknown:
            pass
    try:
        return get_one(uow, access, saved.object_key, saved.record_id)
    except Problem as problem:
        if problem.status != 404:
            raise
        # saved out of one's own sight (handed over): what is known without reading
        return {"id": saved.record_id, "version": saved.version}


def _from_memory(work: Work, access: Access) -> dict[str, Any]:
    rights = access.object(work.obj.key)
    mine = work.after["owner"] == access.actor.user_id and rights.grant.read != "none"
    if not (mine or rights.grant.read == "all") or len(rights.grants) > 1:
        raise _Unknown
    # Most fields of a new record are empty, and what an empty one looks like is known beforehand.
    record: dict[str, Any] = {"id": work.record_id, "version": work.version, **blank(rights, access)}
    after = work.after
    live = {}
    if any(f.config.get("live") for f in work.obj.formulas):
        zone = ZoneInfo(state_of(work.uow).workspace.time_zone)
        live = live_values(work.obj, work.after, work.uow.now, zone)
    for field in work.obj.fields.values():
        level = rights.level(field.key)
        if level == "hidden":
            continue
        if field.type == "formula" and field.config.get("live"):
            value = live.get(field.key)
            record[field.key] = None if value is None else field.ftype.to_wire(field, value)
            continue
        if dict.get(after, field.key) is None and field.key in after and field.type != "line_items":
            continue
        if field.type == "line_items":
            record[field.key] = [_line(line, work, access) for line in _kept(work, field.key)]
            continue
        shown = _value(work, work, access, field)
        if level == "masked":
            shown = {key: None if value is None else mask(field, value) for key, value in shown.items()}
        record |= shown
    return record


def blank(rights: ObjectAccess, access: Access) -> dict[str, Any]:
    """A record with nothing filled in, as one with these rights gets it; a list is none of its own, so none is changed."""
    found = _blank.get(rights)
    if found is None:
        found = {}
        for field in rights.obj.fields.values():
            if rights.level(field.key) == "hidden" or field.type == "line_items":
                continue
            if field.type == "relation" and not access.object(field.target or "").can_read:
                continue
            found[field.key] = [] if field.type in _LISTS else None
            if rights.level(field.key) == "masked":
                found[field.key] = mask(field, found[field.key])
            if field.type == "money":
                found[f"{field.key}_currency"] = None
        _blank[rights] = found
    return found


def _kept(work: Work, key: str) -> list[Work]:
    return [line for line in work.lines.get(key, ()) if line.change.kind != "delete"]


def _line(line: Work, work: Work, access: Access) -> dict[str, Any]:
    rights = access.object(line.obj.key)
    found: dict[str, Any] = {"id": line.record_id}
    for field in line.obj.fields.values():
        if rights.level(field.key) != "hidden":
            found |= _value(line, work, access, field)
    return found


def _value(holder: Work, work: Work, access: Access, field: FieldDef) -> dict[str, Any]:
    """The wire entries of one field: one, two for money, none for a relation that may not be seen."""
    value, key = holder.after[field.key], field.key
    if field.type in ("relation", "user", "team"):
        target = field.type if field.type != "relation" else field.target or ""
        if target not in ("user", "team") and not access.object(target).can_read:
            return {}
        return {key: None if value is None else {"id": value, "label": _label(work, target, value)}}
    if field.type in ("relation_many", "users"):
        target = "user" if field.type == "users" else field.target or ""
        return {key: [{"id": one, "label": _label(work, target, one)} for one in value or ()]}
    if field.type == "relation_any" and value is not None:
        raise _Unknown
    if field.type == "money":
        amount, currency = value if isinstance(value, Money) else (None, None)
        scale = int(field.config.get("scale", 2))
        return {key: None if amount is None else _number(amount, scale), f"{key}_currency": currency}
    if field.type in ("multi_select", "tags", "file", "image"):
        return {key: list(value or ())}
    if value is None:
        return {key: None}
    if isinstance(value, Decimal):
        default = 2 if field.type in ("percent", "formula", "roll_up") else 0
        return {key: _number(value, int(field.config.get("scale", default)))}
    if isinstance(value, datetime):
        return {key: value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")}
    if isinstance(value, date):
        return {key: value.isoformat()}
    return {key: field.ftype.to_wire(field, value)}


def _number(value: Decimal, scale: int) -> Any:
    return int(value) if scale == 0 else f"{value:.{scale}f}"


def _label(work: Work, target: str, record_id: str) -> str:
    if target == "team":
        return _team_names(work.uow).get(record_id, "")
    if target == "user" and record_id == work.actor.user_id:
        return work.actor.name
    found = work.labels.get((target, record_id))
    if found is None:
        raise _Unknown
    return found


def _team_names(uow: UnitOfWork) -> dict[str, str]:
    """Names of teams; every change of a team raises the rights epoch."""
    key = (uow.db.key, state_of(uow).rights_epoch)
    found = _teams.get(key)
    if found is None:
        found = {row[0]: row[1] for row in uow.conn.execute(sa.select(dw_team.c.id, dw_team.c.name))}
        if len(_teams) > 32:
            _teams.clear()
        _teams[key] = found
    return found
