"""From a user to an actor: roles and teams, kept per user and rights epoch."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from dealwright.foundation.database import UnitOfWork, state_of
from dealwright.foundation.errors import Problem
from dealwright.people import second_step
from dealwright.people.shapes import Actor
from dealwright.people.tables import dw_team, dw_team_member, dw_user, dw_user_role

_kept: dict[tuple[str, str, int], tuple[Any, ...]] = {}


def belongings(uow: UnitOfWork, user_id: str) -> tuple[Any, ...]:
    """(role ids, team ids, led team ids, team tree ids, primary team id, has a second step) of a user."""
    key = (uow.db.key, user_id, state_of(uow).rights_epoch)
    found = None if uow.memo.get("bumped") else _kept.get(key)
    if found is None:
        conn = uow.conn
        roles = tuple(
            r[0] for r in conn.execute(sa.select(dw_user_role.c.role_id).where(dw_user_role.c.user_id == user_id))
        )
        members = conn.execute(
            sa.select(dw_team_member.c.team_id, dw_team_member.c.is_primary).where(dw_team_member.c.user_id == user_id)
        ).all()
        teams = conn.execute(sa.select(dw_team.c.id, dw_team.c.path, dw_team.c.manager_id)).all()
        mine = {row.team_id for row in members}
        led = tuple(t.id for t in teams if t.manager_id == user_id)
        roots = [t.path for t in teams if t.id in mine or t.manager_id == user_id]
        tree = tuple(t.id for t in teams if any(t.path.startswith(root) for root in roots))
        primary = next((r.team_id for r in members if r.is_primary), next(iter(sorted(mine)), led[0] if led else None))
        has_step = second_step.is_on(uow, user_id)
        found = (tuple(sorted(roles)), tuple(sorted(mine)), led, tree, primary, has_step)
        if not uow.memo.get("bumped"):
            if len(_kept) > 5_000:
                _kept.clear()
            _kept[key] = found
    return found


def actor_from(
    uow: UnitOfWork, row: Any, kind: Any = "user", scopes: frozenset[str] | None = None, session_id: str | None = None
) -> Actor:
    """The actor of a user's row (id, name, status, locale, time_zone)."""
    state = state_of(uow)
    roles, teams, led, tree, primary, has_step = belongings(uow, row.id)
    # Tokens are made by people who are signed in; their use has no screen on which a code could be typed.
    lacks = kind == "user" and not has_step and second_step.is_required(state.workspace.extra, roles)
    return Actor(
        kind, row.id, row.name, roles, teams, led, tree, row.locale or state.workspace.locale,
        ZoneInfo(row.time_zone or state.workspace.time_zone), scopes, state.rights_epoch, uow.now, primary, session_id, lacks,
    )  # fmt: skip


def actor_of(uow: UnitOfWork, user_id: str | None) -> Actor:
    """The actor of an active user; Problem 401 when there is none (any more)."""
    query = sa.select(dw_user.c.id, dw_user.c.name, dw_user.c.status, dw_user.c.locale, dw_user.c.time_zone)
    row = uow.conn.execute(query.where(dw_user.c.id == user_id)).first()
    if row is None or row.status != "active":
        raise Problem(401, "NOT_SIGNED_IN")
    return actor_from(uow, row)
