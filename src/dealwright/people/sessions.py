"""Signing in and staying signed in: passwords, server-side sessions, API tokens. Only hashes of secrets are stored."""

from __future__ import annotations

import json
import secrets
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, NamedTuple

import sqlalchemy as sa
from starlette.requests import Request

from dealwright.conditions import fold
from dealwright.foundation.database import (
    Database,
    Dialect,
    Instant,
    Prepared,
    UnitOfWork,
    note_state,
    state_from,
    state_of,
)
from dealwright.foundation.errors import FieldError, Problem, invalid
from dealwright.foundation.ids import new_id
from dealwright.people import audit, second_step
from dealwright.people.actors import actor_from
from dealwright.people.hashing import check_password, digest, hasher, nobody
from dealwright.people.shapes import SCOPES, Actor
from dealwright.people.tables import dw_api_token, dw_session, dw_sign_in_failure, dw_user

COOKIE = "dealwright_session"
SECURE_COOKIE = "__Host-dealwright"
IDLE = timedelta(days=14)  # a session nobody uses ends after this
LONGEST = timedelta(days=90)  # and every session after this, however much it is used
TOUCH_EVERY = timedelta(minutes=30)
MAX_FAILURES, LOCK_FOR = 5, timedelta(minutes=15)


class Credentials(NamedTuple):
    """What a request shows: a session cookie or a bearer token."""

    secret: str
    is_cookie: bool


class _Row(NamedTuple):
    id: str
    name: str
    status: str
    locale: str | None
    time_zone: str | None


def credentials_of(request: Request) -> Credentials | None:
    """The bearer token, else the session cookie."""
    header = request.headers.get("authorization", "")
    if header[:7].lower() == "bearer ":
        return Credentials(header[7:].strip(), False)
    secret = request.cookies.get(SECURE_COOKIE) or request.cookies.get(COOKIE)
    return Credentials(secret, True) if secret else None


_BY_SESSION = (
    "SELECT st.schema_version, st.rights_epoch, st.workspace, s.id, s.last_seen_at, s.created_at, u.id, u.name, u.status, "
    "u.locale, u.time_zone FROM dw_state st LEFT JOIN dw_session s ON s.token_hash = :hash "
    "LEFT JOIN dw_user u ON u.id = s.user_id WHERE st.id = 1"
)
_BY_TOKEN = (
    "SELECT st.schema_version, st.rights_epoch, st.workspace, t.id, t.expires_at, t.scopes, u.id, u.name, u.status, "
    "u.locale, u.time_zone, t.last_used_at FROM dw_state st LEFT JOIN dw_api_token t ON t.token_hash = :hash "
    "LEFT JOIN dw_user u ON u.id = t.user_id WHERE st.id = 1"
)


@lru_cache(maxsize=16)
def _lookup(dialect: Dialect, by_session: bool) -> Prepared:
    return dialect.compile(sa.text(_BY_SESSION if by_session else _BY_TOKEN))


def authenticate(uow: UnitOfWork, credentials: Credentials) -> Actor:
    """Who shows these credentials, in one statement that also reads the workspace's state. Problem 401 otherwise."""
    row = uow.fetch(_lookup(uow.dialect, credentials.is_cookie), {"hash": digest(credentials.secret)}, of_system=True)[
        0
    ]
    note_state(uow, state_from(row[0], row[1], row[2]))
    at = _instant(row[4])
    if row[6] is None or row[8] != "active":
        raise Problem(401, "NOT_SIGNED_IN", headers={"WWW-Authenticate": "Bearer"})
    user = _Row(*row[6:11])
    if credentials.is_cookie:
        begun = _instant(row[5])
        idle = timedelta(days=int(state_of(uow).workspace.extra.get("session_days") or IDLE.days))
        if at is None or begun is None or uow.now - at > idle or uow.now - begun > LONGEST:
            raise Problem(401, "SESSION_EXPIRED")
        uow.memo["last_use"] = (dw_session.c.id, dw_session.c.last_seen_at, row[3], at)
        return actor_from(uow, user, session_id=row[3])
    if at is not None and at <= uow.now:
        raise Problem(401, "TOKEN_EXPIRED")
    scopes = json.loads(row[5]) if isinstance(row[5], str) else row[5]
    uow.memo["last_use"] = (dw_api_token.c.id, dw_api_token.c.last_used_at, row[3], _instant(row[11]))
    return actor_from(uow, user, "token", frozenset(scopes) if scopes else None)


def _instant(raw: Any) -> datetime | None:
    return datetime.fromisoformat(raw) if isinstance(raw, str) else raw


def touch(db: Database, uow: UnitOfWork) -> None:
    """Note that the session or token of a finished unit is in use: at most every half hour, in a transaction of its own."""
    if "last_use" not in uow.memo:
        return
    key, column, credential_id, seen = uow.memo["last_use"]
    if seen is not None and uow.now - seen <= TOUCH_EVERY:
        return
    # Whoever asked has the answer already: a database that is busy now is asked again at the next request.
    with suppress(Problem), db.write() as later:
        later.conn.execute(sa.update(key.table).where(key == credential_id).values({column.name: uow.now}))


def sign_in(db: Database, email: str, password: str, agent: str, address: str, code: Any = None) -> str:
    """The secret of a new session. 401 WRONG_PASSWORD, SECOND_STEP (a code is needed too), WRONG_CODE; 429 LOCKED_OUT.

    A wrong code counts like a wrong password: six digits are guessed sooner than a password is.
    """
    norm, no_one = fold(email.strip()), nobody()  # made for whoever signs in first, so it tells nobody apart
    account = digest(f"account:{norm}")
    with db.read() as uow:
        _refuse_locked(uow, _failures(uow, account))
        user = uow.conn.execute(
            sa.select(dw_user.c.id, dw_user.c.password_hash, dw_user.c.status).where(dw_user.c.email_norm == norm)
        ).first()
    stored = user.password_hash if user is not None and user.password_hash else no_one
    # Checked with no transaction open: it takes 50 ms on purpose.
    right = hasher.verify(password[:200], stored) and user is not None and user.status == "active"
    with db.write() as uow:
        # Asked again, with the row there to be locked: a hundred guesses sent at once must not all be the first one.
        none_yet = {"account_hash": account, "failures": 0, "first_at": uow.now}
        uow.conn.execute(uow.dialect.upsert(dw_sign_in_failure, none_yet, ["account_hash"], ()))
        failure = _failures(uow, account)
        _refuse_locked(uow, failure)
        why = "WRONG_PASSWORD"
        if right:
            assert user is not None
            used = second_step.use(uow, user.id, code) if code else None
            if second_step.is_on(uow, user.id) and used is None:
                why = "WRONG_CODE" if code else "SECOND_STEP"
            else:
                uow.conn.execute(sa.delete(dw_sign_in_failure).where(dw_sign_in_failure.c.account_hash == account))
                how = {"second_step": used} if used else None
                audit.note(uow, "session.opened", user.id, target_id=user.id, after=how)
                return open_session(uow, user.id, agent, address)
        if user is not None and why != "SECOND_STEP":
            audit.note(uow, "session.refused", None, target=email.strip(), target_id=user.id, after={"why": why})
        row = {"failures": 1, "first_at": uow.now}
        if uow.now - failure.first_at < LOCK_FOR:
            row |= {"failures": failure.failures + 1, "first_at": failure.first_at}
        mine = dw_sign_in_failure.c.account_hash == account
        if why != "SECOND_STEP":  # the password was right: that is no failure, and no success yet
            uow.conn.execute(sa.update(dw_sign_in_failure).where(mine).values(row))
    raise Problem(401, why)


def _failures(uow: UnitOfWork, account: str) -> Any:
    query = sa.select(dw_sign_in_failure).where(dw_sign_in_failure.c.account_hash == account)
    return uow.conn.execute(query.with_for_update() if uow.writes else query).first()


def _refuse_locked(uow: UnitOfWork, failure: Any) -> None:
    if failure is not None and failure.failures >= MAX_FAILURES and uow.now - failure.first_at < LOCK_FOR:
        wait = int((failure.first_at + LOCK_FOR - uow.now).total_seconds()) + 1
        raise Problem(429, "LOCKED_OUT", params={"minutes": wait // 60 + 1}, headers={"Retry-After": str(wait)})


def open_session(uow: UnitOfWork, user_id: str, agent: str, address: str) -> str:
    """A new session's secret."""
    secret = secrets.token_urlsafe(32)
    uow.conn.execute(
        sa.insert(dw_session).values(
            token_hash=digest(secret), id=new_id(), user_id=user_id, created_at=uow.now, last_seen_at=uow.now,
            user_agent=agent[:200], address=address[:60],
        )
    )  # fmt: skip
    return secret


def close_session(
    uow: UnitOfWork, session_id: str | None, user_id: str | None, *, everywhere: bool = False, others: bool = False
) -> None:
    """Sign out here, everywhere, or everywhere but here (`others`)."""
    which = dw_session.c.user_id == user_id if everywhere or others else dw_session.c.id == session_id
    if others:
        which = sa.and_(which, dw_session.c.id != (session_id or ""))
    uow.conn.execute(sa.delete(dw_session).where(which))


def create_token(
    uow: UnitOfWork, user_id: str, name: str, scopes: Sequence[str] | None, expires_at: datetime | None = None
) -> tuple[str, str]:
    """(id, secret) of a new API token; the secret is shown once. None as scopes: all that the owner may."""
    if scopes is not None and not scopes:
        raise invalid([FieldError("scopes", "REQUIRED", {"field": "scopes"})])
    unknown = [s for s in scopes or () if s not in SCOPES]
    if unknown:
        raise invalid([FieldError("scopes", "SCOPE_UNKNOWN", {"scope": unknown[0][:40], "allowed": list(SCOPES)})])
    secret, token_id = f"dw_{secrets.token_urlsafe(32)}", new_id()
    uow.conn.execute(
        sa.insert(dw_api_token).values(
            token_hash=digest(secret), id=token_id, user_id=user_id, name=name[:100], scopes=list(scopes or []),
            expires_at=expires_at, created_at=uow.now,
        )
    )  # fmt: skip
    return token_id, secret


__all__ = [
    "COOKIE",
    "Credentials",
    "Instant",
    "authenticate",
    "check_password",
    "close_session",
    "create_token",
    "credentials_of",
    "digest",
    "hasher",
    "open_session",
    "sign_in",
    "touch",
]
