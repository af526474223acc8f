"""Objects and fields over HTTP: what exists (as the reader may see it), and changing it at run time."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import sqlalchemy as sa
from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from dealwright.access import Access, ObjectAccess
from dealwright.access.field_rights import access_as, role_named
from dealwright.access.http import unit
from dealwright.foundation.database import UnitOfWork
from dealwright.foundation.errors import FieldError, invalid
from dealwright.foundation.http import json_body
from dealwright.foundation.jsonout import JsonResponse
from dealwright.model import FieldDef, ObjectDef, regions, retype, schema_of, service
from dealwright.model.layout import layout_of, set_layout
from dealwright.model.tables import dw_schema_change
from dealwright.people.tables import dw_user
from dealwright.records.search.rebuild import follow_change, words_of
from dealwright.records.write_endpoints import if_match

router = APIRouter(tags=["objects"])


def field_wire(field: FieldDef, rights: ObjectAccess) -> dict[str, Any]:
    """A field as the screens need it."""
    shape = field.shape
    found: dict[str, Any] = {
        "id": field.id, "key": field.key, "type": field.type, "kind": shape.kind if shape else None,
        "labels": dict(field.labels), "help": dict(field.help), "required": field.required, "unique": field.unique,
        "default": field.default, "position": field.position, "section": field.section, "on_form": field.on_form,
        "computed": field.read_only,
        "system": field.system, "level": rights.level(field.key), "sensitive": field.sensitive,
        "config": {k: v for k, v in field.config.items() if k != "options"},
    }  # fmt: skip
    if field.options:
        found["options"] = [
            {"key": o.key, "labels": dict(o.labels), "active": o.active, "color": o.color, **o.extra}
            for o in field.options.values()
        ]
    if field.target:
        found["target"] = field.target
    if shape is not None and shape.scale is not None:
        found["scale"] = shape.scale
    return found


def without(value: Any, hidden: frozenset[str]) -> Any:
    """A configuration without the keys of hidden fields, wherever a list or a mapping names one."""
    if isinstance(value, Mapping):
        return {key: without(one, hidden) for key, one in value.items() if key not in hidden}
    if isinstance(value, list | tuple):
        return [
            without(one, hidden)
            for one in value
            if not (isinstance(one, str) and one in hidden) and not _names(one, hidden)
        ]
    return value


def _names(one: Any, hidden: frozenset[str]) -> bool:
    """Whether an entry is about a hidden field: [from, to] or {"field": ...}."""
    if isinstance(one, Mapping):
        return any(isinstance(one.get(word), str) and one[word] in hidden for word in ("field", "key"))
    return isinstance(one, list | tuple) and any(isinstance(part, str) and part in hidden for part in one)


def object_wire(obj: ObjectDef, access: Access) -> dict[str, Any]:
    """An object with the fields that the reader may see."""
    rights = access.object(obj.key)
    designs = access.may("design")
    fields = [f for f in obj.fields.values() if designs or rights.level(f.key) != "hidden"]
    found: dict[str, Any] = {
        "id": obj.id, "key": obj.key, "labels": dict(obj.labels), "plural": dict(obj.plural), "icon": obj.icon,
        "name_field": obj.name_field, "kind": obj.kind, "parent": obj.parent, "position": obj.position,
        "config": {name: value for name, value in obj.config.items() if name != "layout"},
        "fields": [field_wire(f, rights) for f in fields],
    }  # fmt: skip
    hidden = frozenset(key for key in obj.fields if not designs and rights.level(key) == "hidden")
    found["layout"] = layout_of(obj).wire(hidden) if obj.kind == "object" else None
    if not designs:
        found["config"] = without(found["config"], hidden)
        for one in found["fields"]:
            # how a computed field is worked out may name fields that the reader does not know of
            one["config"] = {
                k: v for k, v in without(one["config"], hidden).items() if k not in ("expression", "where")
            }
    if designs:
        found["retired_fields"] = [
            {"key": f.key, "type": f.type, "labels": dict(f.labels)} for f in obj.retired.values()
        ]
    return found


@router.get("/objects", summary="Objects and their fields")
def list_objects(request: Request, as_role: str | None = None) -> Response:
    """{"objects": [...]}: those the reader may see, with the fields the reader may see.

    Designers see all of them, the retired fields of each, and under "retired" the objects that can be brought back.
    With ?as_role= a designer sees what somebody with this role alone would see.
    """
    with unit(request, scope="any") as (uow, access):
        if as_role is not None:
            if not access.may("manage_users"):
                access.require("design")
            access = access_as(uow, access, role_named(uow, as_role)["id"])
        designs = access.may("design")
        found = []
        schema = schema_of(uow)
        for obj in schema.objects.values():
            rights = access.object(obj.parent if obj.kind == "lines" and obj.parent else obj.key)
            if designs or rights.can_read or rights.grant.create:
                found.append(object_wire(obj, access))
        body: dict[str, Any] = {"objects": found}
        if designs:
            body["retired"] = [
                {"key": obj.key, "labels": dict(obj.labels), "plural": dict(obj.plural), "icon": obj.icon}
                for obj in schema.retired.values()
                if obj.kind == "object"
            ]
    return JsonResponse(body)


def mapping(body: Any) -> Mapping[str, Any]:
    """The body as an object; Problem 422 BODY_OBJECT."""
    if not isinstance(body, Mapping):
        raise invalid([FieldError("body", "BODY_OBJECT")])
    return body


def changing(request: Request, work: Callable[[UnitOfWork, Access], Any]) -> Any:
    """Run a change of the model in a design unit of work."""
    with unit(request, write=True, scope="design") as (uow, access):
        access.require("design")
        uow.limit_lock_wait(3)  # an ALTER that waits blocks every reader behind it
        words = words_of(schema_of(uow))
        done = work(uow, access)
        follow_change(uow, words)
        return done


@router.post("/objects", summary="Make an object", status_code=201)
def create_object(request: Request, body: Any = Depends(json_body)) -> Response:
    """{key?, labels, plural?, icon?, name_field?, fields: [...]} → the object."""
    spec = mapping(body)

    def work(uow: UnitOfWork, access: Access) -> dict[str, Any]:
        key = service.create_object(uow, spec, access.actor.user_id)
        return object_wire(schema_of(uow).object(key), access)

    return JsonResponse(changing(request, work), 201)


@router.get("/objects/{object_key}", summary="One object")
def read_object(request: Request, object_key: str) -> Response:
    """The object with the fields the reader may see."""
    with unit(request, scope="any") as (uow, access):
        obj = schema_of(uow).object(object_key)
        body = object_wire(obj, access)
    return JsonResponse(body)


@router.patch("/objects/{object_key}", summary="Change an object")
def change_object(request: Request, object_key: str, body: Any = Depends(json_body)) -> Response:
    """Any of labels, plural, icon, name_field, config."""
    changes = mapping(body)

    def work(uow: UnitOfWork, access: Access) -> dict[str, Any]:
        service.change_object(uow, object_key, changes, access.actor.user_id)
        return object_wire(schema_of(uow).object(object_key), access)

    return JsonResponse(changing(request, work))


@router.delete("/objects/{object_key}", summary="Retire an object", status_code=204)
def retire_object(request: Request, object_key: str) -> Response:
    """204; its records stay and it can be brought back."""
    changing(request, lambda uow, access: service.retire_object(uow, object_key, access.actor.user_id))
    return Response(status_code=204)


@router.post("/objects/{object_key}/restore", summary="Bring a retired object back")
def restore_object(request: Request, object_key: str) -> Response:
    """{"key"}."""
    changing(request, lambda uow, access: service.retire_object(uow, object_key, access.actor.user_id, retired=False))
    return JsonResponse({"key": object_key})


@router.put("/objects/{object_key}/layout", summary="Arrange the fields of an object")
def put_layout(request: Request, object_key: str, body: Any = Depends(json_body)) -> Response:
    """{"sections": [{key, labels, columns, collapsed, fields}]} → the object; `null` takes the layout away.

    If-Match is the version of the layout that was seen: 412 LAYOUT_CHANGED when somebody set another one since.
    """
    raw = mapping(body)
    seen = if_match(request)

    def work(uow: UnitOfWork, access: Access) -> dict[str, Any]:
        set_layout(uow, object_key, raw, access.actor.user_id, seen=seen)
        return object_wire(schema_of(uow).object(object_key), access)

    found = changing(request, work)
    return JsonResponse(found, headers={"ETag": f'"{found["layout"]["version"]}"'})


@router.post("/objects/{object_key}/fields", summary="Add a field", status_code=201)
def add_field(request: Request, object_key: str, body: Any = Depends(json_body)) -> Response:
    """{key?, type, labels, required?, unique?, default?, section?, on_form?, ...} → the field."""
    spec = mapping(body)

    def work(uow: UnitOfWork, access: Access) -> dict[str, Any]:
        field = service.add_field(uow, object_key, spec, access.actor.user_id)
        return field_wire(field, access.object(object_key))

    return JsonResponse(changing(request, work), 201)


@router.patch("/objects/{object_key}/fields/{field_key}", summary="Change a field")
def change_field(request: Request, object_key: str, field_key: str, body: Any = Depends(json_body)) -> Response:
    """Any of labels, help, required, default, section, on_form, options, ...; not key, type, unique."""
    changes = mapping(body)

    def work(uow: UnitOfWork, access: Access) -> dict[str, Any]:
        field = service.change_field(uow, object_key, field_key, changes, access.actor.user_id)
        return field_wire(field, access.object(object_key))

    return JsonResponse(changing(request, work))


@router.post("/objects/{object_key}/fields/{field_key}/restore", summary="Bring a retired field back")
def restore_field(request: Request, object_key: str, field_key: str) -> Response:
    """{"key"}."""
    changing(request, lambda uow, access: service.restore_field(uow, object_key, field_key, access.actor.user_id))
    return JsonResponse({"key": field_key})


@router.post("/objects/{object_key}/fields/{field_key}/type-preview", summary="What another type would lose")
def preview_type(request: Request, object_key: str, field_key: str, body: Any = Depends(json_body)) -> Response:
    """{type, ...} → {total, converts, lost_count, lost: [{value, count}]}; writes nothing."""
    spec = mapping(body)
    with unit(request) as (uow, access):
        access.require("design")
        found = retype.preview_type_change(uow, object_key, field_key, spec)
    return JsonResponse(found)


@router.post("/objects/{object_key}/fields/{field_key}/type", summary="Give a field another type")
def change_type(request: Request, object_key: str, field_key: str, body: Any = Depends(json_body)) -> Response:
    """{type, ..., accept_loss?} → the preview and the change's id; 409 CONVERSION_LOSS lists what would be lost."""
    spec = mapping(body)
    accept = spec.get("accept_loss") is True
    rest = {k: v for k, v in spec.items() if k != "accept_loss"}
    done = changing(
        request,
        lambda uow, access: retype.change_type(
            uow, object_key, field_key, rest, access.actor.user_id, accept_loss=accept
        ),
    )
    return JsonResponse(done)


@router.post("/objects/{object_key}/fields/{field_key}/index", summary="Index a field people filter or sort by")
def add_index(request: Request, object_key: str, field_key: str) -> Response:
    """{"key"}."""
    changing(request, lambda uow, access: service.add_index(uow, object_key, field_key, access.actor.user_id))
    return JsonResponse({"key": field_key})


@router.get("/schema-changes", summary="What was changed in objects and fields")
def schema_changes(request: Request) -> Response:
    """{"changes": [{id, at, actor, kind, object, field, before, after, undone}]}, newest first (at most 200)."""
    with unit(request) as (uow, access):
        access.require("design")
        change = dw_schema_change
        query = (
            sa.select(change, dw_user.c.name.label("actor_name"))
            .select_from(change.outerjoin(dw_user, dw_user.c.id == change.c.actor_id))
            .order_by(change.c.id.desc())
            .limit(200)
        )
        found = [
            {
                "id": r["id"], "at": r["at"], "kind": r["kind"], "object": r["object_key"], "field": r["field_key"],
                "actor": {"id": r["actor_id"], "label": r["actor_name"]} if r["actor_id"] else None,
                "before": r["before"], "after": r["after"], "undone": r["undone_at"] is not None,
            }
            for r in uow.conn.execute(query).mappings()
        ]  # fmt: skip
    return JsonResponse({"changes": found})


@router.post("/schema-changes/{change_id}/undo", summary="Take a change of objects and fields back")
def undochanging(request: Request, change_id: str) -> Response:
    """{"id"}."""
    changing(request, lambda uow, access: retype.undo_change(uow, change_id, access.actor.user_id))
    return JsonResponse({"id": change_id})


@router.get("/regions", summary="Regions below another one")
def list_regions(request: Request, parent: str | None = None) -> Response:
    """{"regions": [{code, name, has_children}]}: provinces without `parent`."""
    with unit(request, scope="any"):
        found = [
            {"code": node.code, "name": node.name, "has_children": bool(regions.children_of(node.code))}
            for node in regions.children_of(parent)
        ]
    return JsonResponse({"regions": found})
