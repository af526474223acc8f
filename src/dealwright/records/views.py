"""Saved views: a filter, a sort and columns under a name; one's own, shared, or the object's default."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from dealwright.access import Access
from dealwright.access.http import unit
from dealwright.conditions import parse
from dealwright.foundation.database import Flag, Id, Instant, Json, Text_, UnitOfWork, metadata
from dealwright.foundation.errors import FieldError, Problem, invalid
from dealwright.foundation.http import json_body
from dealwright.foundation.ids import new_id
from dealwright.foundation.jsonout import JsonResponse
from dealwright.model import schema_of
from dealwright.model.specs import labels_of
from dealwright.records.query import Builder, VisibleFields
from dealwright.records.query.cursor import sort_keys
from dealwright.records.view_settings import checked_settings, shown_settings

router = APIRouter(prefix="/views", tags=["views"])
VIEW_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")

dw_view = sa.Table(
    "dw_view",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("key", Text_),
    sa.Column("object_key", Text_, nullable=False),
    sa.Column("labels", Json, nullable=False),
    sa.Column("owner_id", Id),
    sa.Column("is_shared", Flag, nullable=False),
    sa.Column("is_default", Flag, nullable=False),
    sa.Column("filter", Json, nullable=False),
    sa.Column("sort", Text_, nullable=False),
    sa.Column("settings", Json, nullable=False),
    sa.Column("position", sa.Integer, nullable=False),
    sa.Column("created_at", Instant, nullable=False),
    sa.Index("ix_dw_view_object", "object_key", "owner_id"),
)


def put_default(uow: UnitOfWork, raw: Mapping[str, Any]) -> bool:
    """Make a workspace view of a configuration unless it is there; True when it was made."""
    found = sa.select(1).where(dw_view.c.object_key == raw["object"], dw_view.c.key == raw["key"])
    if uow.conn.execute(found).first() is not None:
        return False
    schema = schema_of(uow)
    parse(raw.get("filter") or {}, raw["object"], schema)
    place = uow.conn.execute(sa.select(sa.func.count()).select_from(dw_view)).scalar_one()
    uow.conn.execute(
        sa.insert(dw_view).values(
            id=new_id(), key=raw["key"], object_key=raw["object"], labels=labels_of(raw["labels"]), owner_id=None,
            is_shared=True, is_default=bool(raw.get("default")), filter=raw.get("filter") or {},
            sort=raw.get("sort") or "-created_at", settings={}, position=place, created_at=uow.now,
        )
    )  # fmt: skip
    return True


def defaults(uow: UnitOfWork) -> list[dict[str, Any]]:
    """The workspace's own views as a configuration writes them."""
    query = sa.select(dw_view).where(dw_view.c.key.is_not(None)).order_by(dw_view.c.position, dw_view.c.id)
    out = []
    for row in uow.conn.execute(query).mappings():
        view: dict[str, Any] = {"key": row["key"], "object": row["object_key"], "labels": row["labels"]}
        view |= {"filter": row["filter"], "sort": row["sort"]}
        if row["is_default"]:
            view["default"] = True
        out.append(view)
    return out


def usable(uow: UnitOfWork, access: Access, object_key: str, where: Any, sort: str) -> bool:
    """Whether a reader may ask for all fields of a view."""
    try:
        parse(where or {}, object_key, VisibleFields(schema_of(uow), access))
        check_sort(uow, access, object_key, sort)
    except Problem:
        return False
    return True


def _usable(uow: UnitOfWork, access: Access, row: Any) -> bool:
    """Whether a reader may know all fields of a view: one that names a hidden field would tell of it."""
    if not access.object(row["object_key"]).can_read:
        return False
    return access.may("design") or usable(uow, access, row["object_key"], row["filter"], row["sort"])


def check_sort(uow: UnitOfWork, access: Access, object_key: str, sort: str) -> None:
    """Problem 422 UNKNOWN_FIELD, NOT_SORTABLE, 403 FIELD_FORBIDDEN for a sort that this reader could not use."""
    sort_keys(Builder(uow, access, object_key), sort)


def _wire(row: Any, user_id: str | None) -> dict[str, Any]:
    return {
        "id": row["id"], "key": row["key"], "object": row["object_key"], "labels": row["labels"],
        "own": row["owner_id"] == user_id and user_id is not None, "shared": row["is_shared"],
        "default": row["is_default"], "filter": row["filter"], "sort": row["sort"], "settings": row["settings"],
    }  # fmt: skip


def _checked(uow: UnitOfWork, access: Access, body: Any, object_key: str) -> dict[str, Any]:
    if not isinstance(body, Mapping):
        raise invalid([FieldError("body", "BAD_FILTER")])
    values: dict[str, Any] = {}
    if "filter" in body:
        parse(body["filter"], object_key, VisibleFields(schema_of(uow), access))
        values["filter"] = body["filter"] or {}
    if "labels" in body or "label" in body:
        values["labels"] = labels_of(body.get("labels") or body.get("label"))
    if "sort" in body:
        if not isinstance(body["sort"], str) or len(body["sort"]) > 300:
            raise invalid([FieldError("sort", "NOT_SORTABLE", {"field": "sort"})])
        check_sort(uow, access, object_key, body["sort"])
        values["sort"] = body["sort"]
    if "settings" in body:
        values["settings"] = checked_settings(body["settings"])
    if "shared" in body:
        values["is_shared"] = body["shared"] is True
    return values


def listed(uow: UnitOfWork, access: Access, object_key: str) -> list[dict[str, Any]]:
    """The views of an object that the reader may use, as they travel; Problem 404 for an object that is not there."""
    schema_of(uow).object(object_key)
    me = access.actor.user_id
    seen = sa.or_(dw_view.c.is_shared.is_(sa.true()), dw_view.c.owner_id == me)
    query = (
        sa.select(dw_view).where(dw_view.c.object_key == object_key, seen).order_by(dw_view.c.position, dw_view.c.id)
    )
    rights = access.object(object_key)
    return [
        _wire({**row, "settings": shown_settings(rights, row["settings"])}, me)
        for row in uow.conn.execute(query).mappings()
        if row["owner_id"] == me or _usable(uow, access, row)
    ]


@router.post("", summary="Save a view", status_code=201)
def create_view(request: Request, body: Any = Depends(json_body)) -> Response:
    """{object, labels, filter, sort, settings, shared, id?} → the view. id: of one deleted a moment ago, to have it back."""
    with unit(request, write=True) as (uow, access):
        object_key = str(body.get("object")) if isinstance(body, Mapping) else ""
        schema_of(uow).object(object_key)
        values = {
            "filter": {}, "sort": "-created_at", "settings": {}, "is_shared": False,
            **_checked(uow, access, body, object_key),
        }  # fmt: skip
        if "labels" not in values:
            raise invalid([FieldError("labels", "LABELS")])
        view_id = body.get("id") or new_id()
        if not isinstance(view_id, str) or not VIEW_ID.fullmatch(view_id):
            raise invalid([FieldError("id", "ID_FORMAT", {})])
        if uow.conn.execute(sa.select(1).where(dw_view.c.id == view_id)).first() is not None:
            raise Problem(409, "VIEW_EXISTS")
        uow.conn.execute(
            sa.insert(dw_view).values(
                id=view_id, key=None, object_key=object_key, owner_id=access.actor.user_id, is_default=False,
                position=1_000, created_at=uow.now, **values,
            )
        )  # fmt: skip
        row = uow.conn.execute(sa.select(dw_view).where(dw_view.c.id == view_id)).mappings().one()
        wire = _wire(row, access.actor.user_id)
    return JsonResponse(wire, 201)


def _own(uow: UnitOfWork, access: Access, view_id: str) -> Any:
    row = uow.conn.execute(sa.select(dw_view).where(dw_view.c.id == view_id)).mappings().first()
    if row is None or (row["owner_id"] != access.actor.user_id and not row["is_shared"]):
        raise Problem(404, "NOT_FOUND")
    if row["owner_id"] != access.actor.user_id:
        access.require("design")
    return row


@router.patch("/{view_id}", summary="Change a view")
def change_view(request: Request, view_id: str, body: Any = Depends(json_body)) -> Response:
    """Any of labels, filter, sort, settings, shared, default, position. Others' views, default and position need design."""
    with unit(request, write=True) as (uow, access):
        row = _own(uow, access, view_id)
        values = _checked(uow, access, body, row["object_key"])
        if isinstance(body, Mapping) and "default" in body:
            # which view opens first for everybody is a matter of the workspace, as is the view then
            access.require("design")
            values["is_default"] = body["default"] is True
            if values["is_default"]:
                values["is_shared"] = True
                others = (dw_view.c.object_key == row["object_key"], dw_view.c.id != view_id)
                uow.conn.execute(sa.update(dw_view).where(*others).values(is_default=False))
        if isinstance(body, Mapping) and "position" in body:
            access.require("design")
            place = body["position"]
            if isinstance(place, bool) or not isinstance(place, int) or not 0 <= place <= 10_000:
                raise invalid([FieldError("position", "CONFIG_NUMBER", {"name": "position", "min": 0, "max": 10_000})])
            values["position"] = place
        if values:
            uow.conn.execute(sa.update(dw_view).where(dw_view.c.id == view_id).values(values))
        row = uow.conn.execute(sa.select(dw_view).where(dw_view.c.id == view_id)).mappings().one()
        wire = _wire(row, access.actor.user_id)
    return JsonResponse(wire)


@router.delete("/{view_id}", summary="Delete a view", status_code=204)
def delete_view(request: Request, view_id: str) -> Response:
    """204."""
    with unit(request, write=True) as (uow, access):
        _own(uow, access, view_id)
        uow.conn.execute(sa.delete(dw_view).where(dw_view.c.id == view_id))
    return Response(status_code=204)
