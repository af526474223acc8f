"""The edge of a request: who asks, is it a forged request, and the unit of work it runs in."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from starlette.requests import Request

from dealwright.access.rules import Access, scope_missing
from dealwright.foundation.database import UnitOfWork
from dealwright.foundation.errors import Problem
from dealwright.foundation.services import services_of
from dealwright.people import sessions

SAFE = ("GET", "HEAD", "OPTIONS")


@contextmanager
def unit(request: Request, write: bool = False) -> Iterator[tuple[UnitOfWork, Access]]:
    """Authenticate, open the unit of work, give the actor's access; commits at the end of a write unit.

    Problem 401 NOT_SIGNED_IN, 403 CROSS_SITE (a cookie request from another site), 403 SCOPE_MISSING.
    """
    services = services_of(request)
    credentials = sessions.credentials_of(request)
    if credentials is None:
        raise Problem(401, "NOT_SIGNED_IN", headers={"WWW-Authenticate": "Bearer"})
    if credentials.is_cookie and request.method not in SAFE:
        refuse_cross_site(request)
    with services.db.write() if write else services.db.read() as uow:
        actor = sessions.authenticate(uow, credentials)
        request.state.locale = actor.locale
        if actor.scopes is not None:
            needed = "write" if request.method not in SAFE and write else "read"
            allowed = actor.scopes | ({"read"} if actor.scopes else set())
            if needed not in allowed and not (actor.scopes & {"import", "design"}):
                raise scope_missing(needed)
        access = Access.for_actor(uow, actor)
        uow.memo["access"] = access
        uow.memo["actor"] = actor
        yield uow, access
    sessions.touch(services.db, credentials, actor, uow.now)


def refuse_cross_site(request: Request) -> None:
    """Problem 403 CROSS_SITE unless the browser says the request comes from our own pages."""
    origin = request.headers.get("origin")
    site = request.headers.get("sec-fetch-site")
    if site is not None and site not in ("same-origin", "none"):
        raise Problem(403, "CROSS_SITE")
    if origin is not None:
        host = urlsplit(origin).netloc
        public = services_of(request).settings.public_url
        if host not in (request.headers.get("host"), urlsplit(public or "").netloc):
            raise Problem(403, "CROSS_SITE")
