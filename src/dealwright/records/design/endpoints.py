"""The designers' routes: what uses a field, drafts with preview and publishing, rights per field, formulas tried."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from dealwright.access import Access
from dealwright.access.field_rights import levels_of, set_level
from dealwright.access.http import unit
from dealwright.foundation.database import UnitOfWork
from dealwright.foundation.errors import FieldError, Problem, invalid
from dealwright.foundation.http import json_body
from dealwright.foundation.jsonout import JsonResponse
from dealwright.foundation.services import services_of
from dealwright.model import draft as drafts
from dealwright.model import schema_of, service
from dealwright.model.dependents import uses_of_object
from dealwright.model.layout import layout_of
from dealwright.people.tables import dw_user
from dealwright.records.design.effects import effects_of, filled, option_counts, seen, told, try_formula
from dealwright.records.design.uses import FieldUser, retire, uses_of
from dealwright.records.metadata_endpoints import changing, mapping, object_wire
from dealwright.records.write_endpoints import if_match

router = APIRouter(tags=["design"])


def field_users(request: Request) -> Sequence[FieldUser]:
    """What the engines say they use; put together in `app.py`."""
    found: Sequence[FieldUser] = services_of(request).extras.get("field_users", ())
    return found


@router.get("/design/counts", summary="How many records and fields each object has")
def counts(request: Request) -> Response:
    """{"objects": {key: {"records", "fields"}}}: the live records that the asker may see, null for none. Needs design."""
    with unit(request) as (uow, access):
        access.require("design")
        found = {
            obj.key: {"records": seen(uow, access, obj.key), "fields": len(obj.own_fields)}
            for obj in schema_of(uow).objects.values()
            if obj.kind == "object"
        }
    return JsonResponse({"objects": found})


@router.put("/objects", summary="Put the objects into an order")
def order_objects(request: Request, body: Any = Depends(json_body)) -> Response:
    """{"order": [object keys]} → {"order"}; those not named keep their order behind them."""
    order = mapping(body).get("order")

    def work(uow: UnitOfWork, access: Access) -> list[str]:
        if not isinstance(order, list) or not all(isinstance(key, str) for key in order):
            raise invalid([FieldError("order", "LIST_EXPECTED")])
        return service.order_objects(uow, order, access.actor.user_id)

    return JsonResponse({"order": changing(request, work)})


@router.get("/objects/{object_key}/uses", summary="What uses an object")
def object_uses(request: Request, object_key: str) -> Response:
    """{"records", "uses": [{kind, object, key, labels, breaks}]}: what would hold a retirement back, and what goes with it."""
    with unit(request) as (uow, access):
        access.require("design")
        schema = schema_of(uow)
        obj = schema.object(object_key)
        family = {object_key, *(one.key for one in schema.objects.values() if one.parent == object_key)}
        pointing = [f for f in schema.relations_to(object_key) if f.object_key not in family]
        blocking = uses_of_object(schema, object_key)
        for name in blocking:
            key, _, field_key = name.partition(".")
            field = schema.objects[key].fields[field_key]
            if field not in pointing:
                pointing.append(field)
        uses = [
            {"kind": f.type, "object": f.object_key, "key": f.key, "labels": dict(f.labels), "breaks": True}
            for f in pointing
        ]
        records = seen(uow, access, obj.key) if obj.kind == "object" else 0
    return JsonResponse({"records": records, "uses": uses})


@router.get("/objects/{object_key}/fields/{field_key}/uses", summary="What uses a field")
def field_uses(request: Request, object_key: str, field_key: str) -> Response:
    """{"count", "uses": [{kind, object, key, labels, breaks, removable, part}], "records": that have a value, "options"}."""
    with unit(request) as (uow, access):
        access.require("design")
        uses = uses_of(uow, field_users(request), object_key, field_key)
        field = schema_of(uow).object(object_key).fields[field_key]
        body = {
            "count": len(uses), "uses": [use.wire() for use in uses], "records": filled(uow, field, access),
            "options": option_counts(uow, field, access),
        }  # fmt: skip
    return JsonResponse(body)


@router.delete("/objects/{object_key}/fields/{field_key}", summary="Retire a field", status_code=204)
def retire_field(request: Request, object_key: str, field_key: str) -> Response:
    """204; its data stay and it can be brought back. 409 FIELD_USED names what would break.

    ?clean=true takes the field out of views, stages and settings first; formulas have to be changed by hand.
    """
    clean = request.query_params.get("clean") == "true"
    users = field_users(request)
    changing(
        request,
        lambda uow, access: retire(uow, users, object_key, field_key, access.actor.user_id, clean=clean),
    )
    return Response(status_code=204)


@router.get("/objects/{object_key}/rights", summary="What each role may do with each field")
def field_rights(request: Request, object_key: str) -> Response:
    """{"roles": [{key, labels, read, create, fixed, named, fields: {field key: hidden|masked|read|write}}]}."""
    with unit(request) as (uow, access):
        if not access.may("manage_users"):
            access.require("design")
        found = levels_of(uow, access, schema_of(uow).object(object_key))
    return JsonResponse({"roles": found})


@router.put("/roles/{role_key}/fields/{object_key}/{field_key}", summary="Give a role a level on one field")
def put_field_right(
    request: Request, role_key: str, object_key: str, field_key: str, body: Any = Depends(json_body)
) -> Response:
    """{"level": hidden|masked|read|write or null for the role's default} → {"roles"}. Needs manage_users."""
    given = mapping(body)
    with unit(request, write=True) as (uow, access):
        access.require("manage_users")
        if "level" not in given:
            raise invalid([FieldError("level", "REQUIRED")])
        set_level(uow, role_key, object_key, field_key, given["level"], access.actor.user_id)
        found = levels_of(uow, access, schema_of(uow).object(object_key))
    return JsonResponse({"roles": found})


@router.post("/objects/{object_key}/formula-try", summary="Try a formula on real records")
def formula_try(request: Request, object_key: str, body: Any = Depends(json_body)) -> Response:
    """{expression, result, scale?, field?} → {"values": [{id, label, value}]} of the newest records the asker sees."""
    spec = mapping(body)
    with unit(request) as (uow, access):
        access.require("design")
        values = try_formula(uow, access, schema_of(uow).object(object_key), spec)
    return JsonResponse({"values": values})


# ── drafts ──


def draft_wire(uow: UnitOfWork, object_key: str, draft: drafts.Draft | None) -> dict[str, Any]:
    """{"version", "layout": {version}, "draft": {operations, position, revision, saved_at, saved_by, stale} or null}."""
    obj = schema_of(uow).object(object_key)
    body: dict[str, Any] = {"version": drafts.version_of(uow, object_key), "draft": None}
    if draft is not None:
        name = uow.conn.execute(sa.select(dw_user.c.name).where(dw_user.c.id == draft.saved_by_id)).scalar()
        body["draft"] = {
            "operations": [dict(one) for one in draft.operations], "position": draft.position,
            "revision": draft.revision, "saved_at": draft.saved_at, "saved_by": {"id": draft.saved_by_id, "label": name},
            "stale": draft.base_layout != layout_of(obj).version,
        }  # fmt: skip
    return body


@router.get("/objects/{object_key}/draft", summary="The draft of an object")
def read_draft(request: Request, object_key: str) -> Response:
    """{"version": of the design in use, "draft": ... or null}."""
    with unit(request) as (uow, access):
        access.require("design")
        schema_of(uow).object(object_key)
        body = draft_wire(uow, object_key, drafts.read_draft(uow, object_key))
    return JsonResponse(body)


@router.put("/objects/{object_key}/draft", summary="Save the draft of an object")
def put_draft(request: Request, object_key: str, body: Any = Depends(json_body)) -> Response:
    """{"operations", "position"} with If-Match (its revision, 0 for a new one) → the draft. Nothing in use changes."""
    given = mapping(body)
    seen = if_match(request)
    with unit(request, write=True, scope="design") as (uow, access):
        access.require("design")
        draft = drafts.save_draft(
            uow, object_key, given.get("operations"), given.get("position"), access.actor.user_id, seen=seen
        )
        found = draft_wire(uow, object_key, draft)
    return JsonResponse(found, headers={"ETag": f'"{draft.revision}"'})


@router.delete("/objects/{object_key}/draft", summary="Throw the draft of an object away", status_code=204)
def delete_draft(request: Request, object_key: str) -> Response:
    """204."""
    with unit(request, write=True, scope="design") as (uow, access):
        access.require("design")
        schema_of(uow).object(object_key)
        drafts.discard(uow, object_key)
    return Response(status_code=204)


class _TakenBack(Exception):
    """Ends a unit of work whose changes are not to stay."""


@router.post("/objects/{object_key}/draft/preview", summary="What publishing a draft would do")
def preview_draft(request: Request, object_key: str, body: Any = Depends(json_body)) -> Response:
    """{"clean"?: bool} → {"count", "effects": [...], "problem": null or why it would be refused}; nothing stays.

    The draft is published for real in a transaction that is taken back, so what is said here is what would happen.
    """
    clean = mapping(body).get("clean") is True
    users = field_users(request)
    found: dict[str, Any] = {"count": 0, "effects": [], "problem": None}
    try:
        with unit(request, write=True, scope="design") as (uow, access):
            access.require("design")
            uow.limit_lock_wait(3)
            draft = _draft(uow, object_key)
            plan = drafts.plan_of(draft.active)
            found["count"] = len(draft.active)
            found["effects"] = effects_of(uow, users, object_key, plan)
            try:
                _carry_out(uow, access, users, object_key, plan, clean)
            except Problem as problem:
                if problem.status == 503:
                    raise
                found["problem"] = told(problem, access.actor.locale)
            raise _TakenBack
    except _TakenBack:
        pass
    return JsonResponse(found)


@router.post("/objects/{object_key}/draft/publish", summary="Publish the draft of an object")
def publish_draft(request: Request, object_key: str, body: Any = Depends(json_body)) -> Response:
    """{"clean"?: bool, "over"?: bool} with If-Match → {"object", "made": {draft name: key}}; all of it or nothing.

    clean: take retired fields out of the views and stages that name them. over: publish although somebody arranged the
    object since the draft was begun (409 DRAFT_BASE otherwise).
    """
    given: Mapping[str, Any] = mapping(body)
    seen = if_match(request)
    users = field_users(request)

    def work(uow: UnitOfWork, access: Access) -> dict[str, Any]:
        draft = _draft(uow, object_key)
        obj = schema_of(uow).object(object_key)
        if draft.revision != seen:
            raise drafts.draft_changed(obj.labels)
        plan = drafts.plan_of(draft.active)
        if plan.sections is not None and draft.base_layout != layout_of(obj).version and given.get("over") is not True:
            raise Problem(409, "DRAFT_BASE", params={"object": dict(obj.labels)})
        made = _carry_out(uow, access, users, object_key, plan, given.get("clean") is True)
        drafts.published(uow, object_key, len(draft.active), access.actor.user_id)
        return {"object": object_wire(schema_of(uow).object(object_key), access), "made": made}

    return JsonResponse(changing(request, work))


def _draft(uow: UnitOfWork, object_key: str) -> drafts.Draft:
    draft = drafts.read_draft(uow, object_key)
    if draft is None or not draft.active:
        raise Problem(409, "NO_DRAFT", params={"object": dict(schema_of(uow).object(object_key).labels)})
    return draft


def _carry_out(
    uow: UnitOfWork, access: Access, users: Sequence[FieldUser], object_key: str, plan: drafts.Plan, clean: bool
) -> dict[str, str]:
    me = access.actor.user_id
    return drafts.carry_out(uow, object_key, plan, me, lambda key: retire(uow, users, object_key, key, me, clean=clean))
