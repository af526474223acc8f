"""What to do now: every source asked once, as the reader, and all that was found in one order."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from dealwright.access import Access
from dealwright.desk.sources import Source, sources
from dealwright.desk.tables import dw_desk_snooze
from dealwright.desk.words import Moment, days_from, moment_of, sentence
from dealwright.foundation.database import UnitOfWork, state_of
from dealwright.foundation.errors import FieldError, Problem, invalid
from dealwright.foundation.texts import language_of
from dealwright.model import ObjectDef, schema_of
from dealwright.records.query import AggregateRequest, ListRequest, aggregate, count, find

OF_ONE_SOURCE = 20
MOST = 60
LONGEST_REST_DAYS = 366
MOST_RESTING = 200  # of one source, the latest: so many ids go into its condition


def desk(uow: UnitOfWork, access: Access) -> dict[str, Any]:
    """The desk of this reader. Statements: one for the sources, one for what rests, one a source, one a finished kind."""
    at = moment(uow, access)
    resting = _resting(uow, access.actor.user_id or "")
    found: list[dict[str, Any]] = []
    more, shown = [], []
    known = sources(uow)
    for source in known:
        obj = schema_of(uow).objects.get(source.object_key)
        if obj is None or not access.object(obj.key).can_read:
            continue
        try:
            items, is_more = _ask(uow, access, source, obj, resting.get(source.key, ()), at)
        except Problem:  # it asks for a field that is gone or hidden from this reader: not a source for this one
            continue
        found += items
        shown.append({"key": source.key, "labels": dict(source.labels), "icon": source.icon or obj.icon})
        if is_more:
            more.append(source.key)
    ranked = one_a_record(sorted(found, key=lambda item: (-item["score"], item["record"]["id"])))
    return {
        "items": ranked[:MOST],
        "more": more,
        "sources": shown,
        "late": sum(item["late"] for item in ranked[:MOST]),
        "done_today": _done_today(uow, access, known),
        "as_of": uow.now,
    }


def one_a_record(ranked: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """A record stands on the desk once, where it is most urgent; its further reasons go along in `also`."""
    kept: dict[str, dict[str, Any]] = {}
    for item in ranked:
        first = kept.setdefault(item["record"]["id"], item)
        if first is not item:
            first["also"].append({"source": item["source"], "reason": item["reason"]})
    return list(kept.values())


def moment(uow: UnitOfWork, access: Access) -> Moment:
    """Now, where the workspace is, in the reader's language."""
    return Moment(uow.now, ZoneInfo(state_of(uow).workspace.time_zone), access.actor.locale)


def _ask(
    uow: UnitOfWork, access: Access, source: Source, obj: ObjectDef, resting: Sequence[str], at: Moment
) -> tuple[list[dict[str, Any]], bool]:
    rights = access.object(obj.key)
    readable = {key for key in obj.fields if rights.level(key) in ("read", "write")}
    stages = [f.key for f in obj.fields.values() if f.type in ("stage", "pipeline") and f.key in readable]
    wanted = (source.field_keys() & readable) | set(stages) | ({obj.name_field} & readable if obj.name_field else set())
    where: Any = source.filter
    if resting:
        out = {"field": "id", "op": "not_in", "value": list(resting)}
        where = {"all": [*([where] if where else []), out]}
    request = ListRequest(obj.key, where, source.sort, tuple(sorted(wanted)) or ("id",), OF_ONE_SOURCE)
    page = find(uow, access, request)
    writable = {key for key in obj.fields if rights.level(key) == "write"}
    return [_item(source, obj, record, readable, writable, at) for record in page.records], page.next is not None


def _item(
    source: Source, obj: ObjectDef, record: Mapping[str, Any], readable: set[str], writable: set[str], at: Moment
) -> dict[str, Any]:
    fields = {key: field for key, field in obj.fields.items() if key in readable}
    name = str(record.get(obj.name_field or "") or "")
    title = sentence(source.title, None, fields, record, at) if source.title else name
    due = record.get(source.due) if source.due else None
    late_days = days_from(due, at)
    stage = next((key for key, field in fields.items() if field.type == "stage"), None)
    amount = source.amount if source.amount in fields else None
    about = record.get(source.about) if source.about in fields else None
    language = language_of(at.locale)
    offered = [one for one in source.actions if all(key in writable for key in one.field_keys())]
    actions = [
        {"key": one.key, "label": one.labels.get(language) or one.labels["zh"], "kind": one.kind,
         "set": dict(one.values), "field": one.field}
        for one in offered
    ]  # fmt: skip
    changing = {key for one in offered for key in one.field_keys()}
    is_late = late_days is not None and (late_days > 0 or (late_days == 0 and _is_past(due, at)))
    return {
        "source": source.key, "object": obj.key,
        "record": {"id": record["id"], "label": name, "version": record["version"]},
        "title": title or name, "reason": sentence(source.reason, source.otherwise, fields, record, at), "also": [],
        "score": round(score(source, record, amount, at), 2), "due": due, "days_late": late_days, "late": is_late,
        "amount": record.get(amount) if amount else None,
        "currency": record.get(f"{amount}_currency") if amount else None,
        "about": about if isinstance(about, Mapping) else None, "stage": record.get(stage) if stage else None,
        "actions": actions, "values": {key: record.get(key) for key in sorted(changing)},
    }  # fmt: skip


def _is_past(due: Any, at: Moment) -> bool:
    found = moment_of(due)
    return isinstance(found, datetime) and found < at.now


def score(source: Source, record: Mapping[str, Any], amount: str | None, at: Moment) -> float:
    """The source's weight, more for each day it waits (a month at most), more for money (up to 12 points)."""
    days = days_from(record.get(source.age), at) if source.age else 0
    waited = max(-7, min(days or 0, 30))
    value = float(record.get(amount) or 0) if amount else 0.0
    return source.weight + source.per_day * waited + min(12.0, 2 * math.log10(1 + max(value, 0.0)))


def _resting(uow: UnitOfWork, user_id: str) -> dict[str, list[str]]:
    query = sa.select(dw_desk_snooze.c.source_key, dw_desk_snooze.c.record_id)
    mine = query.where(dw_desk_snooze.c.user_id == user_id, dw_desk_snooze.c.until > uow.now)
    found: dict[str, list[str]] = {}
    for key, record_id in uow.conn.execute(mine.order_by(dw_desk_snooze.c.until.desc())):
        ids = found.setdefault(key, [])
        if len(ids) < MOST_RESTING:
            ids.append(record_id)
    return found


def _done_today(uow: UnitOfWork, access: Access, known: Sequence[Source]) -> int:
    """How many records this person has finished today by an action that sets values."""
    me, today = {"who": "me"}, {"period": "today"}
    total = 0
    for object_key, values in _finishing(known):
        leaves = [{"field": key, "op": "eq", "value": value} for key, value in values]
        leaves += [
            {"field": "modified_by", "op": "eq", "value": me},
            {"field": "modified_at", "op": "in_period", "value": today},
        ]
        try:
            total += count(uow, access, object_key, {"all": leaves})
        except Problem:
            continue
    return total


def _finishing(known: Sequence[Source]) -> Iterator[tuple[str, tuple[tuple[str, Any], ...]]]:
    """The first `set` action of each source, once for each object: what finishing means there."""
    seen: set[tuple[str, tuple[tuple[str, Any], ...]]] = set()
    for source in known:
        action = next((one for one in source.actions if one.kind == "set"), None)
        if action is None:
            continue
        form = (source.object_key, tuple(sorted((k, v) for k, v in action.values.items() if isinstance(v, str | int))))
        if form not in seen and form[1]:
            seen.add(form)
            yield form


def totals(uow: UnitOfWork, access: Access) -> dict[str, int]:
    """How many records of each object this reader sees. One statement an object; kept while nothing changes."""
    objects = [obj.key for obj in schema_of(uow).objects.values() if obj.kind == "object"]
    return {
        key: int(aggregate(uow, access, AggregateRequest(key))[0]["count"])
        for key in objects
        if access.object(key).can_read
    }


def snooze(uow: UnitOfWork, access: Access, source_key: str, record_id: str, until: date | None) -> None:
    """Let a thing rest until the morning of a day; None: it is back at once. Problem 422 for a day not ahead of us."""
    user_id, at = access.actor.user_id or "", moment(uow, access)
    mine = sa.and_(
        dw_desk_snooze.c.user_id == user_id, dw_desk_snooze.c.source_key == source_key, dw_desk_snooze.c.record_id == record_id
    )  # fmt: skip
    over = sa.and_(dw_desk_snooze.c.user_id == user_id, dw_desk_snooze.c.until <= uow.now)
    uow.conn.execute(sa.delete(dw_desk_snooze).where(sa.or_(mine, over)))
    if until is None:
        return
    if not 0 < (until - at.today).days <= LONGEST_REST_DAYS:
        raise invalid([FieldError("until", "DESK_UNTIL", {"days": LONGEST_REST_DAYS})])
    morning = datetime.combine(until, time(0), at.zone)
    row = {"user_id": user_id, "source_key": source_key, "record_id": record_id, "until": morning}
    uow.conn.execute(sa.insert(dw_desk_snooze).values(row))
