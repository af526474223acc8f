"""The live stream over HTTP."""

from __future__ import annotations

import re

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from dealwright.access.http import unit
from dealwright.foundation.errors import FieldError, Problem, invalid
from dealwright.foundation.services import services_of
from dealwright.people import sessions
from dealwright.records.live.hub import Connection, Hub
from dealwright.records.live.stream import EventStream
from dealwright.records.read_endpoints import parameters

router = APIRouter(tags=["records"])
_PLACE = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}")


@router.get("/stream", summary="What happens, while it happens (server-sent events)")
def stream(request: Request) -> Response:
    """`record` {object, id, version, kind, by}, `changed` {object}, `notice` {id}; a comment every 15 seconds.

    `Last-Event-ID` (or ?last=) goes on after a break. Problem 406 for whoever does not accept text/event-stream,
    429 TOO_MANY_STREAMS, 422 BAD_PARAMETER.
    """
    with unit(request, scope="read") as (_, access):
        user_id = access.actor.user_id or ""
    given = parameters(request, ("last",))
    if "text/event-stream" not in request.headers.get("accept", ""):
        raise Problem(406, "STREAM_ONLY")
    last = request.headers.get("last-event-id") or given.get("last") or None
    if last is not None and not _PLACE.fullmatch(last):
        raise invalid([FieldError("last", "BAD_PARAMETER", {"field": "last"})])
    credentials = sessions.credentials_of(request)
    assert credentials is not None
    hub: Hub = services_of(request).extras["live"]
    hub.admit(user_id)
    return EventStream(hub, Connection(credentials, user_id, last))
