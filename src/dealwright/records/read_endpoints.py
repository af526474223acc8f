"""Reading records over HTTP. Query parameters are read strictly: an unknown or repeated one is refused."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from dealwright.access.http import unit
from dealwright.foundation.errors import FieldError, Problem, invalid
from dealwright.foundation.http import json_body
from dealwright.foundation.jsonin import read_json
from dealwright.foundation.jsonout import JsonResponse
from dealwright.people import audit
from dealwright.records import export as exports
from dealwright.records.merging.preview import merged_into
from dealwright.records.query import AggregateRequest, ListRequest, aggregate, find, get_one, lookup
from dealwright.records.query.listing import DEFAULT_LIMIT, DEFAULT_SORT, MAX_OFFSET
from dealwright.records.query.narrowing import narrowing
from dealwright.records.query.words import condition_words
from dealwright.records.search import search
from dealwright.records.timeline import timeline

router = APIRouter(tags=["records"])
LIST = ("filter", "sort", "fields", "expand", "limit", "cursor", "total", "search", "bin", "offset")
AGGREGATE = ("filter", "group_by", "measures", "limit", "search")


def parameters(request: Request, allowed: tuple[str, ...]) -> dict[str, str]:
    """The query's parameters. Problem 422 UNKNOWN_PARAMETER, REPEATED_PARAMETER, BAD_TEXT."""
    found: dict[str, str] = {}
    for name, value in request.query_params.multi_items():
        if name not in allowed:
            raise Problem(
                422, "UNKNOWN_PARAMETER", field=name[:80], params={"name": name[:80], "allowed": list(allowed)}
            )
        if name in found:
            raise Problem(422, "REPEATED_PARAMETER", field=name, params={"name": name})
        if "\x00" in value:
            raise Problem(422, "BAD_TEXT", field=name)
        found[name] = value
    return found


def names_of(text: str | None) -> tuple[str, ...] | None:
    """The names of a comma list; None when there is none."""
    return tuple(dict.fromkeys(part for part in text.split(",") if part)) if text else None


def flag_of(given: Mapping[str, str], name: str) -> bool:
    """true or false. Problem 422 FLAG_FORMAT."""
    if given.get(name, "false") not in ("true", "false"):
        raise Problem(422, "FLAG_FORMAT", field=name, params={"name": name})
    return given.get(name) == "true"


def list_request(object_key: str, given: Mapping[str, str]) -> ListRequest:
    """The typed request of a list's parameters."""
    limit = given.get("limit", str(DEFAULT_LIMIT))
    if not (limit.isascii() and limit.isdigit() and len(limit) < 6):
        raise Problem(422, "LIMIT_RANGE", field="limit", params={"max": 200})
    offset = given.get("offset", "0")
    if not (offset.isascii() and offset.isdigit() and len(offset) < 9):
        raise Problem(422, "OFFSET_RANGE", field="offset", params={"max": MAX_OFFSET})
    where = read_json(given["filter"].encode(), max_bytes=100_000) if given.get("filter") else None
    fields = names_of(given.get("fields"))
    return ListRequest(
        object_key, where, given.get("sort") or DEFAULT_SORT, fields, int(limit), given.get("cursor") or None,
        flag_of(given, "total"), given.get("search", ""), flag_of(given, "bin"), names_of(given.get("expand")) or (),
        int(offset),
    )  # fmt: skip


@router.get("/search", summary="Search all objects")
def search_all(request: Request) -> Response:
    """?q=&objects=a,b → {"results": [{object, label, plural, hits: [{id, label}]}]}."""
    given = parameters(request, ("q", "objects"))
    objects = [part for part in given.get("objects", "").split(",") if part]
    with unit(request) as (uow, access):
        results = search(uow, access, given.get("q", ""), objects or None)
    return JsonResponse({"results": results})


@router.get("/records/{object_key}", summary="List records")
def list_records(request: Request, object_key: str) -> Response:
    """{"records": [...], "next": cursor | null, "total": n when total=true, "offer"?: {"index": field}}.

    offer: the list was slow, and an index on this field would make it fast; told to those who may add it.
    """
    wanted = list_request(object_key, parameters(request, LIST))
    with unit(request) as (uow, access):
        page = find(uow, access, wanted)
    body: dict[str, Any] = {"records": page.records, "next": page.next}
    if page.index is not None:
        body["offer"] = {"index": page.index}
    if wanted.total:
        body["total"] = page.total
    return JsonResponse(body)


@router.post("/records/{object_key}/aggregate", summary="Count, sum and group")
def aggregate_records(request: Request, object_key: str, body: Any = Depends(json_body)) -> Response:
    """{"filter", "search", "group_by": [{"field", "by"}], "measures": [{"op", "field"}]} → {"rows", "as_of"}."""
    if not isinstance(body, Mapping):
        raise invalid([FieldError("body", "BAD_FILTER")])
    unknown = [key for key in body if key not in AGGREGATE]
    if unknown:
        raise Problem(
            422,
            "UNKNOWN_PARAMETER",
            field=unknown[0][:80],
            params={"name": unknown[0][:80], "allowed": list(AGGREGATE)},
        )
    group_by, measures, limit = (
        body.get("group_by") or [],
        body.get("measures") or [{"op": "count"}],
        body.get("limit", 10_000),
    )
    if not isinstance(group_by, list) or not isinstance(measures, list):
        raise Problem(422, "BAD_GROUP", field="group_by")
    if isinstance(limit, bool) or not isinstance(limit, int) or not 1 <= limit <= 10_000:
        raise Problem(422, "LIMIT_RANGE", field="limit", params={"max": 10_000})
    words = body.get("search") or ""
    if not isinstance(words, str) or "\x00" in words:
        raise Problem(422, "BAD_TEXT", field="search")
    with unit(request) as (uow, access):
        wanted = AggregateRequest(object_key, body.get("filter"), group_by, measures, limit, words)
        rows = aggregate(uow, access, wanted)
        as_of: datetime = uow.now
    return JsonResponse({"rows": rows, "as_of": as_of})


@router.post("/records/{object_key}/words", summary="A condition in words")
def words_of_condition(request: Request, object_key: str, body: Any = Depends(json_body)) -> Response:
    """{"filter"} → {"text", "parts": [{text, strong}]} in the reader's language; "" when every record matches."""
    if not isinstance(body, Mapping) or set(body) - {"filter"}:
        raise invalid([FieldError("body", "BAD_FILTER")])
    with unit(request) as (uow, access):
        parts = condition_words(uow, access, object_key, body.get("filter"), access.actor.locale)
    found = [{"text": part.text, "strong": part.strong} for part in parts]
    return JsonResponse({"text": "".join(part.text for part in parts), "parts": found})


@router.post("/records/{object_key}/narrowing", summary="Which condition of a filter removes most")
def narrowing_of_filter(request: Request, object_key: str, body: Any = Depends(json_body)) -> Response:
    """{"filter", "search"?} → {"without": [records without each condition], "without_search": n | null}."""
    with unit(request) as (uow, access):
        if not isinstance(body, Mapping) or set(body) - {"filter", "search"}:
            raise invalid([FieldError("body", "BAD_FILTER")])
        words = body.get("search") or ""
        if not isinstance(words, str) or "\x00" in words:
            raise Problem(422, "BAD_TEXT", field="search")
        return JsonResponse(narrowing(uow, access, object_key, body.get("filter"), words))


@router.get("/records/{object_key}/export", summary="Export records as CSV or xlsx")
def export_records(request: Request, object_key: str) -> Response:
    """A file of the records that the filter finds, in the reader's language. Needs the right to export."""
    given = parameters(request, ("format", "filter", "sort", "fields", "search"))
    kind = given.pop("format", "csv")
    if kind not in ("csv", "xlsx"):
        raise Problem(422, "EXPORT_FORMAT", field="format")
    wanted = list_request(object_key, given)
    with unit(request) as (uow, access):
        locale = access.actor.locale
        data = (exports.as_csv if kind == "csv" else exports.as_xlsx)(uow, access, wanted, locale)
    # After the reading: a long export must not hold the only write lock. Without its line in the log no file leaves.
    with unit(request, write=True, scope="read") as (uow, access):
        after = {"format": kind, **{k: v for k, v in given.items() if v}}
        audit.note(uow, "records.exported", access.actor.user_id, target=object_key, after=after)
    mime = (
        "text/csv; charset=utf-8"
        if kind == "csv"
        else "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    )
    return Response(
        data, media_type=mime, headers={"Content-Disposition": f'attachment; filename="{object_key}.{kind}"'}
    )


@router.get("/records/{object_key}/lookup", summary="Suggestions for a relation")
def lookup_records(request: Request, object_key: str) -> Response:
    """?q=&limit= → {"records": [{id, label}]}."""
    given = parameters(request, ("q", "limit"))
    limit = given.get("limit", "10")
    if not (limit.isascii() and limit.isdigit() and 1 <= int(limit[:4]) <= 50 and len(limit) < 4):
        raise Problem(422, "LIMIT_RANGE", field="limit", params={"max": 50})
    with unit(request) as (uow, access):
        found = lookup(uow, access, object_key, given.get("q", ""), int(limit))
    return JsonResponse({"records": found})


@router.get("/records/{object_key}/{record_id}", summary="Read a record")
def read_record(request: Request, object_key: str, record_id: str) -> Response:
    """The record with all readable fields; ETag is its version. 404 MERGED names the record that it has become."""
    given = parameters(request, ("fields", "expand", "bin"))
    in_bin, fields, expand = flag_of(given, "bin"), names_of(given.get("fields")), names_of(given.get("expand")) or ()
    with unit(request) as (uow, access):
        try:
            record = get_one(uow, access, object_key, record_id, in_bin=in_bin, fields=fields, expanded=expand)
        except Problem as problem:
            into = (
                merged_into(uow, access, object_key, record_id) if problem.code == "NOT_FOUND" and not in_bin else None
            )
            if into is None:
                raise
            raise Problem(404, "MERGED", params={"into": into}) from None
    return JsonResponse(record, headers={"ETag": f'"{record["version"]}"'})


@router.get("/records/{object_key}/{record_id}/timeline", summary="What happened to a record")
def record_timeline(request: Request, object_key: str, record_id: str) -> Response:
    """{"entries": [...], "next"}, newest first, only what the reader may read."""
    given = parameters(request, ("cursor",))
    with unit(request) as (uow, access):
        found = timeline(uow, access, object_key, record_id, given.get("cursor"))
    return JsonResponse(found)


@router.get("/records/{object_key}/{record_id}/history", summary="History of a record or of one field")
def record_history(request: Request, object_key: str, record_id: str) -> Response:
    """Like the timeline; with ?field= only the changes of that field."""
    given = parameters(request, ("cursor", "field"))
    with unit(request) as (uow, access):
        found = timeline(uow, access, object_key, record_id, given.get("cursor"), given.get("field"))
    return JsonResponse(found)
