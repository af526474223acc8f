"""What somebody who leaves has left: counted by object, and given to others through the ordinary bulk change."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from dealwright.access import Access
from dealwright.access.http import unit
from dealwright.foundation.database import UnitOfWork
from dealwright.foundation.errors import FieldError, Problem, invalid, not_found
from dealwright.foundation.http import json_body
from dealwright.foundation.jsonout import JsonResponse
from dealwright.foundation.services import services_of
from dealwright.model import schema_of
from dealwright.people import audit
from dealwright.people.endpoints import mapping
from dealwright.people.tables import dw_user
from dealwright.records import bulk
from dealwright.records.query import AggregateRequest, aggregate
from dealwright.records.write_path import WritePath

router = APIRouter(prefix="/users/{user_id}", tags=["people"])


def _person(uow: UnitOfWork, user_id: str) -> str:
    name = uow.conn.execute(sa.select(dw_user.c.name).where(dw_user.c.id == user_id)).scalar()
    if name is None:
        raise not_found()
    return str(name)


def owned(uow: UnitOfWork, access: Access, user_id: str) -> list[dict[str, Any]]:
    """{object, label, count, transfer} of each object of which somebody owns records that the asker may see."""
    found = []
    where = {"field": "owner", "op": "eq", "value": user_id}
    for obj in schema_of(uow).objects.values():
        rights = access.object(obj.key)
        if obj.kind != "object" or not rights.can_read or rights.level("owner") not in ("read", "write"):
            continue
        count = aggregate(uow, access, AggregateRequest(obj.key, where, [], [{"op": "count"}], 1))[0]["count"]
        if count:
            found.append({
                "object": obj.key, "label": dict(obj.plural), "count": count, "transfer": rights.grant.transfer != "none",
            })  # fmt: skip
    return found


@router.get("/records", summary="How many records somebody owns")
def count_records(request: Request, user_id: str) -> Response:
    """{"objects": [{object, label, count, transfer}]}: of those that the asker may see. Needs manage_users."""
    with unit(request) as (uow, access):
        access.require("manage_users")
        _person(uow, user_id)
        found = owned(uow, access, user_id)
    return JsonResponse({"objects": found})


@router.post("/handover", summary="Give the records of somebody to others")
def hand_over(request: Request, user_id: str, body: Any = Depends(json_body)) -> Response:
    """{"to": {object: user id}} → {"objects": [{object, count, id, state}]}; progress and undo as of any bulk change.

    Above 500 records of an object, or 10,000 in one go, the worker does it. Needs manage_users and the right to transfer.
    """
    with unit(request, scope="write") as (_, access):
        access.require("manage_users")
    to = mapping(body).get("to")
    if not isinstance(to, Mapping) or not to or not all(isinstance(one, str) for one in to.values()):
        raise invalid([FieldError("to", "OBJECT_EXPECTED")])
    path: WritePath = services_of(request).extras["write_path"]
    done = []
    with unit(request, write=True) as (uow, access):
        access.require("manage_users")
        name = _person(uow, user_id)
        schema = schema_of(uow)
        for object_key, receiver in to.items():
            schema.object(object_key)
            _receiver(uow, object_key, receiver, user_id)
            where = {"field": "owner", "op": "eq", "value": user_id}
            ids = bulk.chosen_ids(uow, access, object_key, None, where)
            bulk.check_allowed(access, object_key, len(ids))
            if not ids:
                continue
            given = {"action": "update", "values": {"owner": receiver}}
            started = bulk.start(path, uow, access.actor, object_key, ids, given)
            done.append({"object": object_key, "count": len(ids), "id": started["id"], "state": started["state"]})
        after = {"to": dict(to), "counts": {one["object"]: one["count"] for one in done}}
        audit.note(uow, "records.handed_over", access.actor.user_id, target=name, target_id=user_id, after=after)
    return JsonResponse({"objects": done}, 200 if all(one["state"] == "done" for one in done) else 202)


def _receiver(uow: UnitOfWork, object_key: str, receiver: str, user_id: str) -> None:
    status = uow.conn.execute(sa.select(dw_user.c.status).where(dw_user.c.id == receiver)).scalar()
    if status is None or status == "disabled" or receiver == user_id:
        raise Problem(422, "RECEIVER", field=f"to.{object_key}"[:80])
