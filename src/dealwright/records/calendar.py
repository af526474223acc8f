"""The calendar: records by the day of one of their dates, out of every object whose configuration asks for it.

`calendar` in an object's configuration lists its sources: [{field, end, person, done, color, label}]. A source is a
date or datetime field; `person` the field that says whose it is (else the owner), `done` the condition under which a
record is settled. What the reader may not see or filter by is no source for that reader.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from dealwright.access import Access
from dealwright.access.http import unit
from dealwright.conditions import Condition, Context, leaves, matches, parse, paths
from dealwright.foundation.database import UnitOfWork
from dealwright.foundation.errors import FieldError, Problem, invalid
from dealwright.foundation.jsonin import read_json
from dealwright.foundation.jsonout import JsonResponse
from dealwright.model import FieldDef, ObjectDef, schema_of
from dealwright.records.query import ListRequest, VisibleFields, context_of, find
from dealwright.records.read_endpoints import names_of, parameters

router = APIRouter(tags=["records"])
LONGEST_DAYS = 62
MOST = 200  # records of one source in one answer
MOST_SOURCES = 24
KINDS = ("date", "datetime")
DONE_KINDS = ("option", "boolean", "text")
LEVELS = ("read", "write")


@dataclass(frozen=True)
class Source:
    """One date field of one object. `key`: `object.field`; `person`: the field that says whose a record is."""

    obj: ObjectDef
    field: FieldDef
    person: str | None
    done: Condition | None
    color: str | None
    labels: Mapping[str, str]

    @property
    def key(self) -> str:
        """The source's name in addresses."""
        return f"{self.obj.key}.{self.field.key}"


def sources(uow: UnitOfWork, access: Access) -> list[Source]:
    """The sources that this reader may look at, in the order of the objects."""
    return list(_sources(uow, access))[:MOST_SOURCES]


def _sources(uow: UnitOfWork, access: Access) -> Iterator[Source]:
    schema = schema_of(uow)
    for obj in schema.objects.values():
        rights = access.object(obj.key) if obj.kind == "object" else None
        raw = obj.config.get("calendar")
        if rights is None or not rights.can_read or not isinstance(raw, list | tuple):
            continue
        for one in raw:
            field = obj.fields.get(str(one.get("field"))) if isinstance(one, Mapping) else None
            if (
                field is None
                or field.ftype.kind not in KINDS
                or field.computed
                or rights.level(field.key) not in LEVELS
            ):
                continue
            person = one.get("person") or "owner"
            seen = person in obj.fields and rights.level(person) in LEVELS
            labels = one.get("labels") or {}
            if not (isinstance(labels, Mapping) and all(isinstance(labels.get(x), str) for x in ("zh", "en"))):
                labels = field.labels
            color = one.get("color")
            yield Source(
                obj, field, person if seen else None, _usable(uow, access, obj.key, one.get("done")),
                color if isinstance(color, str) else None, dict(labels),
            )  # fmt: skip


def _usable(uow: UnitOfWork, access: Access, object_key: str, done: Any) -> Condition | None:
    """The condition of what is settled; None when there is none, or when it names what this reader may not ask for."""
    if not isinstance(done, Mapping):
        return None
    try:
        condition = parse(done, object_key, VisibleFields(schema_of(uow), access))
    except Problem:
        return None
    # It is asked of the few values that the answer holds anyway, as they are sent.
    plain = all(len(leaf.path) == 1 and leaf.shape.kind in DONE_KINDS for leaf in leaves(condition))
    return condition if plain else None


@router.get("/calendar", summary="Records by the day of their dates")
def calendar(request: Request) -> Response:
    """?from=2026-11-01&to=2026-12-05 (both days included) &sources=task.due_at&person=me|team|<id>&object=&filter=

    {"sources": [{key, object, field, kind, labels, color, person, done}], "items": [{source, object, id, version,
    title, at, person, done}], "more": [keys of sources with over 200 records]}. `filter` is asked of the records of
    `object`. One statement a source. Problem 422 DAYS_RANGE, UNKNOWN_FIELD and those of a condition.
    """
    given = parameters(request, ("from", "to", "sources", "person", "object", "filter"))
    first, last = _day(given, "from"), _day(given, "to")
    if not 0 <= (last - first).days < LONGEST_DAYS:
        raise invalid([FieldError("to", "DAYS_RANGE", {"max": LONGEST_DAYS})])
    wanted = names_of(given.get("sources"))
    where = read_json(given["filter"].encode(), max_bytes=100_000) if given.get("filter") else None
    with unit(request) as (uow, access):
        if given.get("object"):
            schema_of(uow).object(given["object"])
        known, context = sources(uow, access), context_of(uow, access)
        items: list[dict[str, Any]] = []
        more = []
        for source in known:
            if wanted is not None and source.key not in wanted:
                continue
            extra = where if source.obj.key == given.get("object") else None
            asked = _request(source, first, last, given.get("person"), extra)
            if asked is None:
                continue
            page = find(uow, access, asked)
            items += [_item(source, record, context) for record in page.records]
            if page.next is not None:
                more.append(source.key)
        found = [
            {
                "key": one.key, "object": one.obj.key, "field": one.field.key, "kind": one.field.ftype.kind,
                "labels": one.labels, "color": one.color, "person": one.person,
            }
            for one in known
        ]  # fmt: skip
    return JsonResponse({"sources": found, "items": items, "more": more})


def _day(given: Mapping[str, str], name: str) -> date:
    try:
        found = date.fromisoformat(given.get(name, ""))
        found + timedelta(days=LONGEST_DAYS)  # the last days of all have none after them
    except (ValueError, OverflowError) as exc:
        raise invalid([FieldError(name, "DAY_FORMAT", {"name": name})]) from exc
    return found


def _request(source: Source, first: date, last: date, person: str | None, extra: Any) -> ListRequest | None:
    """What is asked of one source; None when it cannot be asked for that person."""
    field = source.field.key
    asked: list[Any] = [{"field": field, "op": "between", "value": [first.isoformat(), last.isoformat()]}]
    if person:
        if source.person is None:
            return None
        asked.append(_persons(source.person, source.obj.fields[source.person], person))
    if extra:
        asked.append(extra)
    settled = [path[0] for path in sorted(paths(source.done))] if source.done else []
    names = [source.obj.name_field, "serial", field, source.person, *settled]
    fields = tuple(dict.fromkeys(one for one in names if one and one in source.obj.fields))
    return ListRequest(source.obj.key, {"all": asked}, field, fields, MOST)


def _persons(key: str, field: FieldDef, person: str) -> dict[str, Any]:
    several = field.ftype.kind == "users"
    if person == "team":
        op = "contains_any" if several else "in"
        return {"field": key, "op": op, "value": [{"who": "my_team_and_below"}]}
    who = {"who": "me"} if person == "me" else person
    return (
        {"field": key, "op": "contains_any", "value": [who]} if several else {"field": key, "op": "in", "value": [who]}
    )


def _item(source: Source, record: Mapping[str, Any], context: Context) -> dict[str, Any]:
    value: Callable[[tuple[str, ...]], Any] = lambda path: _plain(record.get(path[0]))  # noqa: E731
    done = source.done is not None and matches(source.done, value, context)
    title = record.get(source.obj.name_field or "") or record.get("serial")
    return {
        "source": source.key, "object": source.obj.key, "id": record["id"], "version": record["version"],
        "title": str(title) if title else "", "at": record[source.field.key],
        "person": record.get(source.person) if source.person else None, "done": done,
    }  # fmt: skip


def _plain(value: Any) -> Any:
    return value["id"] if isinstance(value, Mapping) and "id" in value else value
