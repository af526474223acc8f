"""How a request says who is asking: the session cookie or a bearer token, and the defence against forged requests."""

from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import Response

from dealwright.foundation.errors import Problem
from dealwright.foundation.services import services_of
from dealwright.foundation.settings import Settings
from dealwright.people.authenticate import SESSION_IDLE, Credentials

SECURE_COOKIE = "__Host-dealwright"
PLAIN_COOKIE = "dealwright_session"  # plain http on localhost: browsers refuse the __Host- prefix there
SAFE_METHODS = ("GET", "HEAD", "OPTIONS")
_MAX_SECRET = 200


def cookie_name(settings: Settings) -> str:
    """The session cookie's name under these settings."""
    return SECURE_COOKIE if settings.secure_cookies else PLAIN_COOKIE


def credentials_of(request: Request) -> Credentials:
    """What came with the request; a bearer token wins over a cookie.

    Raises Problem 401 NOT_SIGNED_IN without any, BAD_TOKEN for a malformed header, 403 CROSS_SITE for an unsafe
    request that carries a cookie and comes from another site. Reads no database.
    """
    header = request.headers.get("authorization")
    if header is not None:
        scheme, _, secret = header.partition(" ")
        secret = secret.strip()
        if scheme.lower() != "bearer" or not secret or len(secret) > _MAX_SECRET:
            raise Problem(401, "BAD_TOKEN", headers={"WWW-Authenticate": "Bearer"})
        return Credentials("token", secret)
    settings = services_of(request).settings
    secret = request.cookies.get(cookie_name(settings), "")
    if not secret or len(secret) > _MAX_SECRET:
        raise Problem(401, "NOT_SIGNED_IN", headers={"WWW-Authenticate": "Bearer"})
    check_same_site(request, settings)
    return Credentials("session", secret)


def check_same_site(request: Request, settings: Settings) -> None:
    """Refuse an unsafe request sent by another site's page: Problem 403 CROSS_SITE.

    Browsers say where a request comes from (Sec-Fetch-Site; older ones Origin). A request with neither comes from a
    program, which cannot be tricked into sending somebody's cookie.
    """
    if request.method in SAFE_METHODS:
        return
    site = request.headers.get("sec-fetch-site")
    if site in ("same-origin", "none"):
        return
    origin = request.headers.get("origin")
    if site is None and origin is None:
        return
    if origin is not None and site in (None, "same-site", "cross-site"):
        own = urlsplit(settings.public_url).netloc if settings.public_url else None
        asked = urlsplit(origin).netloc
        if asked and asked in (request.headers.get("host"), own) and site != "cross-site":
            return
    raise Problem(403, "CROSS_SITE")


def set_session_cookie(response: Response, settings: Settings, secret: str) -> None:
    """Hand the session's secret to the browser, out of reach of scripts and of other sites' forms."""
    response.set_cookie(
        cookie_name(settings), secret, max_age=int(SESSION_IDLE.total_seconds()), path="/",
        secure=settings.secure_cookies, httponly=True, samesite="lax",
    )


def clear_session_cookie(response: Response, settings: Settings) -> None:
    """Take the cookie back."""
    response.delete_cookie(
        cookie_name(settings), path="/", secure=settings.secure_cookies, httponly=True, samesite="lax"
    )
