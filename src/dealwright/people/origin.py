"""Requests that another web site makes a signed-in browser send: refused by what the browser says of their origin."""

from __future__ import annotations

from urllib.parse import urlsplit

from starlette.requests import Request

from dealwright.foundation.errors import Problem
from dealwright.foundation.services import services_of

SAFE = ("GET", "HEAD", "OPTIONS")


def refuse_cross_site(request: Request) -> None:
    """Problem 403 CROSS_SITE unless the browser says the request comes from our own pages.

    Programs send neither header and pass: they have no cookie that could be misused. A page of a neighbouring
    subdomain (same-site) and one without an origin (null: a sandboxed frame, a local file) are strangers too.
    """
    site = request.headers.get("sec-fetch-site")
    if site is not None and site not in ("same-origin", "none"):
        raise Problem(403, "CROSS_SITE")
    origin = request.headers.get("origin")
    if origin is None:
        return
    public = services_of(request).settings.public_url
    ours = {host for host in (request.headers.get("host"), urlsplit(public or "").netloc) if host}
    if urlsplit(origin).netloc not in ours:
        raise Problem(403, "CROSS_SITE")
