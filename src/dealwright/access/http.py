"""The edge of a request: who asks, is it a forged request, and the unit of work it runs in."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from starlette.requests import Request

from dealwright.access.rules import Access, scope_missing
from dealwright.foundation.database import UnitOfWork
from dealwright.foundation.errors import Problem
from dealwright.foundation.services import services_of
from dealwright.people import sessions
from dealwright.people.audit import address_in_hand
from dealwright.people.origin import SAFE, refuse_cross_site


@contextmanager
def unit(
    request: Request, write: bool = False, scope: str | None = None, *, unready: bool = False
) -> Iterator[tuple[UnitOfWork, Access]]:
    """Authenticate, open the unit of work, give the actor's access; commits at the end of a write unit.

    scope: what an API token must have for this route; "write" for a write unit and "read" for the others unless the
    route names another one of `people.shapes.SCOPES`, or "any".
    unready: open to people who must set up their second step first.
    Problem 401 NOT_SIGNED_IN, 403 CROSS_SITE (a cookie request from another site), SCOPE_MISSING, SECOND_STEP_NEEDED.
    """
    services = services_of(request)
    credentials = sessions.credentials_of(request)
    if credentials is None:
        raise Problem(401, "NOT_SIGNED_IN", headers={"WWW-Authenticate": "Bearer"})
    if credentials.is_cookie and request.method not in SAFE:
        refuse_cross_site(request)
    address_in_hand.set(request.client.host if request.client else None)
    with services.db.write() if write else services.db.read() as uow:
        actor = sessions.authenticate(uow, credentials)
        request.state.locale = actor.locale
        needed = scope or ("write" if write else "read")
        if actor.lacks_second_step and not unready:
            raise Problem(403, "SECOND_STEP_NEEDED")
        if actor.scopes is not None and needed != "any" and needed not in actor.scopes:
            raise scope_missing(needed)
        access = Access.for_actor(uow, actor)
        uow.memo["access"] = access
        uow.memo["actor"] = actor
        yield uow, access
    sessions.touch(services.db, uow)
