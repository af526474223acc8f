"""What a person makes of an object's views: which one opens first, in which order they stand; and their counts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from dealwright.access import Access
from dealwright.access.http import unit
from dealwright.foundation.database import Id, Json, Text_, UnitOfWork, metadata
from dealwright.foundation.errors import FieldError, invalid
from dealwright.foundation.http import json_body
from dealwright.foundation.jsonout import JsonResponse
from dealwright.model import schema_of
from dealwright.records import views
from dealwright.records.query import AggregateRequest, aggregate

router = APIRouter(prefix="/views", tags=["views"])
MOST = 200  # views in an order
COUNTED = 12  # tabs that a list shows at most

dw_view_choice = sa.Table(
    "dw_view_choice",
    metadata,
    sa.Column("user_id", Id, primary_key=True),
    sa.Column("object_key", Text_, primary_key=True),
    sa.Column("default_view", Id),
    sa.Column("view_order", Json, nullable=False),
)


def choice_of(uow: UnitOfWork, user_id: str | None, object_key: str) -> tuple[str | None, list[str]]:
    """(the view that opens first, the order of views) as a person wants them for an object."""
    row = uow.conn.execute(_mine(sa.select(dw_view_choice), user_id, object_key)).first()
    return (row.default_view, list(row.view_order)) if row is not None else (None, [])


def _mine(statement: Any, user_id: str | None, object_key: str) -> Any:
    return statement.where(dw_view_choice.c.user_id == (user_id or ""), dw_view_choice.c.object_key == object_key)


def in_order(found: Sequence[dict[str, Any]], first: str | None, order: Sequence[str]) -> list[dict[str, Any]]:
    """The views as this person arranged them, each with whether it is the one that opens first for this person."""
    place = {view_id: at for at, view_id in enumerate(order)}
    chosen = sorted(found, key=lambda view: place.get(view["id"], len(place)))  # the sort keeps the rest as they are
    return [{**view, "opens": view["id"] == first} for view in chosen]


@router.get("", summary="Saved views of an object: the workspace's, shared ones and one's own")
def list_views(request: Request, object: str) -> Response:
    """{"views": [{id, key, labels, own, shared, default, opens, filter, sort, settings}]} in the reader's order.

    default: the one that opens first for everybody; opens: the one that the reader chose to open first.
    """
    with unit(request) as (uow, access):
        found = views.listed(uow, access, object)
        first, order = choice_of(uow, access.actor.user_id, object)
    return JsonResponse({"views": in_order(found, first, order)})


@router.post("/choice", summary="Arrange the views of an object for oneself", status_code=204)
def choose(request: Request, body: Any = Depends(json_body)) -> Response:
    """{"object", "default"?: id | null, "order"?: [ids]} → 204; what is left out stays as it is."""
    with unit(request, write=True) as (uow, access):
        if not isinstance(body, Mapping) or set(body) - {"object", "default", "order"}:
            raise invalid([FieldError("object", "VIEW_CHOICE", {})])
        object_key = str(body.get("object"))
        schema_of(uow).object(object_key)
        me = access.actor.user_id
        first, order = choice_of(uow, me, object_key)
        seen = {view["id"] for view in views.listed(uow, access, object_key)}
        if "default" in body:
            first = body["default"]
            if first is not None and first not in seen:
                raise invalid([FieldError("default", "NOT_FOUND", {"value": str(first)[:80]})])
        if "order" in body:
            order = body["order"]
            if not isinstance(order, list) or len(order) > MOST or not all(isinstance(one, str) for one in order):
                raise invalid([FieldError("order", "LIST_EXPECTED", {})])
            order = [one for one in dict.fromkeys(order) if one in seen]
        uow.conn.execute(_mine(sa.delete(dw_view_choice), me, object_key))
        row = {"user_id": me, "object_key": object_key, "default_view": first, "view_order": order}
        uow.conn.execute(sa.insert(dw_view_choice).values(row))
    return Response(status_code=204)


@router.get("/counts", summary="How many records the views of an object show")
def counts(request: Request, object: str) -> Response:
    """{"counts": {view id: n}} of the first twelve views; kept until a record of the object changes."""
    with unit(request) as (uow, access):
        schema_of(uow).object(object)
        found = {view["id"]: _count(uow, access, view) for view in views.listed(uow, access, object)[:COUNTED]}
    return JsonResponse({"counts": {view_id: n for view_id, n in found.items() if n is not None}})


def _count(uow: UnitOfWork, access: Access, view: Mapping[str, Any]) -> int | None:
    if not views.usable(uow, access, view["object"], view["filter"], view["sort"]):
        return None  # one's own view over a field that one may no longer see
    return int(aggregate(uow, access, AggregateRequest(view["object"], view["filter"]))[0]["count"])
