"""From credentials to an Actor in one statement, which also reads the workspace's state for the rest of the unit."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal
from weakref import WeakKeyDictionary
from zoneinfo import ZoneInfo

import msgspec
import sqlalchemy as sa

from dealwright.foundation.database import Database, Prepared, UnitOfWork, state_from
from dealwright.foundation.database.tables import dw_state
from dealwright.foundation.errors import Problem
from dealwright.people import touches
from dealwright.people.queries import standing_of
from dealwright.people.shapes import Actor
from dealwright.people.tables import dw_api_token, dw_session, dw_user

SESSION_IDLE = timedelta(days=14)
TOKEN_PREFIX = "dw_"


@dataclass(frozen=True)
class Credentials:
    """What came with a request: a session cookie's secret or an API token."""

    kind: Literal["session", "token"]
    secret: str


def secret_hash(secret: str) -> str:
    """The stored form of a session's, token's or link's secret; these are random, so a fast hash is enough."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


_kept: "WeakKeyDictionary[Database, dict[str, Prepared]]" = WeakKeyDictionary()


def _statement(kind: str) -> sa.Select[Any]:
    source = dw_session if kind == "session" else dw_api_token
    moment = dw_session.c.last_seen_at if kind == "session" else dw_api_token.c.last_used_at
    ends = sa.null() if kind == "session" else dw_api_token.c.expires_at
    scopes = sa.null() if kind == "session" else dw_api_token.c.scopes
    return (
        sa.select(
            dw_state.c.schema_version, dw_state.c.rights_epoch, dw_state.c.workspace,
            source.c.id, moment, ends, scopes,
            dw_user.c.id, dw_user.c.name, dw_user.c.locale, dw_user.c.time_zone, dw_user.c.status,
        )
        .select_from(
            dw_state.outerjoin(source, source.c.token_hash == sa.bindparam("secret_hash", type_=sa.Text)).outerjoin(
                dw_user, dw_user.c.id == source.c.user_id
            )
        )
        .where(dw_state.c.id == 1)
    )


def _prepared(uow: UnitOfWork, kind: str) -> Prepared:
    kept = _kept.setdefault(uow.db, {})
    if kind not in kept:
        kept[kind] = uow.dialect.compile(_statement(kind))
    return kept[kind]


def _moment(value: Any) -> datetime | None:
    return datetime.fromisoformat(value) if isinstance(value, str) else value


def authenticate(uow: UnitOfWork, credentials: Credentials) -> Actor:
    """The person or token behind the credentials. One statement when roles and teams are remembered.

    Raises Problem 401: NOT_SIGNED_IN for a session that is unknown, idle for 14 days or of a disabled person,
    BAD_TOKEN for a token that is unknown, expired or of a disabled person.
    """
    is_session = credentials.kind == "session"
    hashed = secret_hash(credentials.secret)
    row = uow.fetch(_prepared(uow, credentials.kind), {"secret_hash": hashed})[0]
    state = state_from(row[0], row[1], row[2])
    uow.memo["state"] = uow.memo["state_first"] = state
    uow.memo["authenticated"] = True
    source_id, last, ends, scopes, user_id, name, locale, zone, status = row[3:]
    refused = Problem(401, "NOT_SIGNED_IN" if is_session else "BAD_TOKEN", headers={"WWW-Authenticate": "Bearer"})
    if user_id is None or status != "active":
        raise refused
    last_at, ends_at = _moment(last), _moment(ends)
    if is_session and (last_at is None or uow.now - last_at >= SESSION_IDLE):
        raise refused
    if ends_at is not None and uow.now >= ends_at:
        raise refused
    touches.note(uow.db, credentials.kind, hashed, last_at, uow.now)
    standing = standing_of(uow, user_id)
    if isinstance(scopes, str):
        scopes = msgspec.json.decode(scopes)
    return Actor(
        kind="user" if is_session else "token",
        user_id=user_id,
        name=name,
        role_ids=standing.role_ids,
        team_ids=standing.team_ids,
        led_team_ids=standing.led_team_ids,
        team_tree_ids=standing.team_tree_ids,
        locale=locale or state.workspace.locale,
        zone=ZoneInfo(zone or state.workspace.time_zone),
        scopes=None if is_session else frozenset(scopes),
        rights_epoch=state.rights_epoch,
        at=uow.now,
        primary_team_id=standing.primary_team_id,
        session_id=source_id if is_session else None,
    )


def actor_of_user(uow: UnitOfWork, user_id: str) -> Actor:
    """The actor of a person outside a request (commands, jobs on someone's behalf). Problem 404 when not active."""
    from dealwright.foundation.database import state_of

    row = uow.conn.execute(
        sa.select(dw_user.c.name, dw_user.c.locale, dw_user.c.time_zone, dw_user.c.status).where(dw_user.c.id == user_id)
    ).first()
    if row is None or row.status != "active":
        raise Problem(404, "NOT_FOUND")
    state = state_of(uow)
    standing = standing_of(uow, user_id)
    return Actor(
        "user", user_id, row.name, standing.role_ids, standing.team_ids, standing.led_team_ids,
        standing.team_tree_ids, row.locale or state.workspace.locale,
        ZoneInfo(row.time_zone or state.workspace.time_zone), None, state.rights_epoch, uow.now,
        standing.primary_team_id,
    )
