"""Users and teams, and the first set-up of a workspace."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

import sqlalchemy as sa

from dealwright.conditions import fold
from dealwright.foundation.database import UnitOfWork, Workspace, bump, save_workspace, state_of
from dealwright.foundation.errors import FieldError, Problem, invalid
from dealwright.foundation.ids import new_id
from dealwright.foundation.outbox import move_schedules
from dealwright.model.currencies import CURRENCIES
from dealwright.model.field_types import CoerceContext, ValueProblem, field_type
from dealwright.model.shapes import FieldDef, Schema
from dealwright.people import roles
from dealwright.people.actors import actor_of
from dealwright.people.hashing import digest
from dealwright.people.shapes import LOCALES, STATUSES
from dealwright.people.tables import dw_setup, dw_team, dw_team_member, dw_user

MAX_TEAM_DEPTH = 8
_EMAIL = FieldDef("email", "user", "email", "email", {"zh": "邮箱", "en": "E-mail"})
_PHONE = FieldDef("phone", "user", "phone", "phone", {"zh": "电话", "en": "Phone"})


def checked_email(raw: Any, field: str = "email") -> str:
    """An e-mail address in its stored form. Problem 422."""
    ctx = CoerceContext("api", "en", ZoneInfo("UTC"), Schema(0, {}), Workspace())
    try:
        value = field_type("email").coerce(_EMAIL, raw, ctx)
    except ValueProblem as problem:
        raise invalid([FieldError(field, problem.code, problem.params)]) from problem
    if not value:
        raise invalid([FieldError(field, "REQUIRED")])
    return str(value)


def checked_phone(raw: Any, field: str = "phone") -> str | None:
    """A telephone number in its stored form, None for none. Problem 422."""
    if raw is None or raw == "":
        return None
    ctx = CoerceContext("text", "en", ZoneInfo("UTC"), Schema(0, {}), Workspace())
    try:
        return str(field_type("phone").coerce(_PHONE, raw, ctx))
    except ValueProblem as problem:
        raise invalid([FieldError(field, problem.code, problem.params)]) from problem


def checked_name(raw: Any, field: str = "name") -> str:
    """A person's or team's name: 1 to 100 characters."""
    text = raw.strip() if isinstance(raw, str) else ""
    if not text or len(text) > 100 or "\x00" in text:
        raise invalid(
            [FieldError(field, "REQUIRED" if not text else "TEXT_TOO_LONG", {"count": len(text), "max": 100})]
        )
    return text


def create_user(
    uow: UnitOfWork, email: Any, name: Any, *, password_hash: str | None = None, role_keys: Sequence[str] = (), locale: str | None = None
) -> str:  # fmt: skip
    """Add a person; without a password (its hash: `hashing.hashed`) they are invited. 409 EMAIL_TAKEN."""
    address, shown = checked_email(email), checked_name(name)
    norm = fold(address)
    if uow.conn.execute(sa.select(1).where(dw_user.c.email_norm == norm)).first() is not None:
        raise Problem(409, "EMAIL_TAKEN", field="email", params={"email": address})
    user_id = new_id()
    uow.conn.execute(
        sa.insert(dw_user).values(
            id=user_id, email=address, email_norm=norm, name=shown, locale=locale if locale in LOCALES else None,
            password_hash=password_hash, status="active" if password_hash else "invited",
            created_at=uow.now, modified_at=uow.now,
        )
    )  # fmt: skip
    if role_keys:
        roles.set_roles(uow, user_id, role_keys)
    bump(uow, "rights_epoch")
    return user_id


def change_user(uow: UnitOfWork, user_id: str, changes: Mapping[str, Any], *, password_hash: str | None = None) -> None:
    """Change name, e-mail, phone, locale, time zone, status, roles, teams of a person; another password by its hash."""
    row = uow.conn.execute(sa.select(dw_user).where(dw_user.c.id == user_id)).mappings().first()
    if row is None:
        raise Problem(404, "NOT_FOUND")
    values: dict[str, Any] = {}
    if "name" in changes:
        values["name"] = checked_name(changes["name"])
    if "email" in changes:
        values["email"] = checked_email(changes["email"])
        values["email_norm"] = fold(values["email"])
        taken = sa.select(1).where(dw_user.c.email_norm == values["email_norm"], dw_user.c.id != user_id)
        if uow.conn.execute(taken).first() is not None:
            raise Problem(409, "EMAIL_TAKEN", field="email", params={"email": values["email"]})
    if "locale" in changes:
        if changes["locale"] not in LOCALES:
            raise invalid(
                [
                    FieldError(
                        "locale", "OPTION_UNKNOWN", {"value": str(changes["locale"])[:20], "allowed": list(LOCALES)}
                    )
                ]
            )
        values["locale"] = changes["locale"]
    if "time_zone" in changes:
        values["time_zone"] = checked_zone(changes["time_zone"])
    if "phone" in changes:
        values["phone"] = checked_phone(changes["phone"])
    if password_hash is not None:
        values["password_hash"] = password_hash
    if "status" in changes:
        if changes["status"] not in STATUSES:
            raise invalid(
                [
                    FieldError(
                        "status", "OPTION_UNKNOWN", {"value": str(changes["status"])[:20], "allowed": list(STATUSES)}
                    )
                ]
            )
        values["status"] = changes["status"]
    if values:
        uow.conn.execute(sa.update(dw_user).where(dw_user.c.id == user_id).values(**values, modified_at=uow.now))
    if isinstance(changes.get("roles"), list):
        roles.set_roles(uow, user_id, changes["roles"])
    if isinstance(changes.get("teams"), list):
        set_teams(uow, user_id, changes["teams"])
    roles.check_administrator(uow)
    bump(uow, "rights_epoch")


def checked_zone(raw: Any) -> str:
    """An IANA time zone. Problem 422."""
    if not isinstance(raw, str) or raw not in available_timezones():
        raise invalid([FieldError("time_zone", "ZONE_UNKNOWN", {"example": "Asia/Shanghai"})])
    return raw


def set_teams(uow: UnitOfWork, user_id: str, team_ids: Sequence[str]) -> None:
    """Make a person a member of exactly these teams; the first is the primary one."""
    known = {row[0] for row in uow.conn.execute(sa.select(dw_team.c.id))}
    if not set(team_ids) <= known:
        raise invalid([FieldError("teams", "NOT_FOUND")])
    uow.conn.execute(sa.delete(dw_team_member).where(dw_team_member.c.user_id == user_id))
    rows = [
        {"team_id": t, "user_id": user_id, "is_primary": place == 0} for place, t in enumerate(dict.fromkeys(team_ids))
    ]
    if rows:
        uow.conn.execute(sa.insert(dw_team_member), rows)
    bump(uow, "rights_epoch")


def create_team(uow: UnitOfWork, name: Any, parent_id: str | None = None, manager_id: str | None = None) -> str:
    """Add a team under another; returns its id."""
    shown, team_id, path = checked_name(name), new_id(), ""
    if parent_id is not None:
        if not isinstance(parent_id, str):
            raise invalid([FieldError("parent", "NOT_FOUND")])
        parent = uow.conn.execute(sa.select(dw_team.c.path).where(dw_team.c.id == parent_id)).first()
        if parent is None:
            raise invalid([FieldError("parent", "NOT_FOUND")])
        path = parent.path.rstrip("/")
        if path.count("/") >= MAX_TEAM_DEPTH:
            raise Problem(422, "TEAM_DEPTH", field="parent", params={"max": MAX_TEAM_DEPTH})
    values = {
        "id": team_id,
        "parent_id": parent_id,
        "name": shown,
        "manager_id": manager_id,
        "path": f"{path}/{team_id}/",
    }
    uow.conn.execute(sa.insert(dw_team).values(values))
    bump(uow, "rights_epoch")
    return team_id


def change_team(uow: UnitOfWork, team_id: str, changes: Mapping[str, Any]) -> None:
    """Rename, give another manager, or move below another team (422 CYCLE below itself)."""
    row = uow.conn.execute(sa.select(dw_team).where(dw_team.c.id == team_id)).mappings().first()
    if row is None:
        raise Problem(404, "NOT_FOUND")
    values: dict[str, Any] = {}
    if "name" in changes:
        values["name"] = checked_name(changes["name"])
    if "manager" in changes:
        values["manager_id"] = changes["manager"]
    if "parent" in changes and changes["parent"] != row["parent_id"]:
        parent = None
        if changes["parent"] is not None:
            if not isinstance(changes["parent"], str):
                raise invalid([FieldError("parent", "NOT_FOUND")])
            parent = uow.conn.execute(sa.select(dw_team.c.path).where(dw_team.c.id == changes["parent"])).first()
            if parent is None:
                raise invalid([FieldError("parent", "NOT_FOUND")])
            if parent.path.startswith(row["path"]):
                raise invalid([FieldError("parent", "CYCLE")])
        path = f"{parent.path.rstrip('/') if parent else ''}/{team_id}/"
        values |= {"parent_id": changes["parent"], "path": path}
        below = uow.conn.execute(
            sa.select(dw_team.c.id, dw_team.c.path).where(dw_team.c.path.like(f"{row['path']}%"))
        ).all()
        deepest = max(one.path.count("/") for one in below) - row["path"].count("/") + path.count("/") - 1
        if deepest > MAX_TEAM_DEPTH:
            raise Problem(422, "TEAM_DEPTH", field="parent", params={"max": MAX_TEAM_DEPTH})
        for one in below:
            if one.id != team_id:
                moved = path + one.path[len(row["path"]) :]
                uow.conn.execute(sa.update(dw_team).where(dw_team.c.id == one.id).values(path=moved))
    if values:
        uow.conn.execute(sa.update(dw_team).where(dw_team.c.id == team_id).values(values))
        bump(uow, "rights_epoch")


def is_needed(uow: UnitOfWork) -> bool:
    """Whether the workspace still has to be set up: there is no user."""
    return uow.conn.execute(sa.select(1).select_from(dw_user).limit(1)).first() is None


def new_setup_secret(uow: UnitOfWork) -> str | None:
    """The secret of the one-time link, replacing an earlier one; None when the workspace is set up already."""
    if not is_needed(uow):
        return None
    secret = secrets.token_urlsafe(24)
    row = {"id": 1, "token_hash": digest(secret), "created_at": uow.now}
    uow.conn.execute(uow.dialect.upsert(dw_setup, row, ["id"]))
    return secret


def check_setup_secret(uow: UnitOfWork, secret: Any) -> None:
    """Problem 403 SETUP_LINK for a wrong or used link."""
    stored = uow.conn.execute(sa.select(dw_setup.c.token_hash)).scalar()
    if (
        not is_needed(uow)
        or not isinstance(secret, str)
        or stored is None
        or not secrets.compare_digest(stored, digest(secret))
    ):
        raise Problem(403, "SETUP_LINK")


def set_up(
    uow: UnitOfWork, workspace: Mapping[str, Any], admin: Mapping[str, Any], starter: str | None,
    apply_starter: Callable[[UnitOfWork, str | None, str], Any], default_roles: Callable[[], Sequence[Mapping[str, Any]]],
) -> str:  # fmt: skip
    """Name the workspace, lay the starter over it and make its first administrator; returns the user's id."""
    errors = []
    locale = workspace.get("locale", "zh-CN")
    currency = workspace.get("currency", "CNY")
    if locale not in LOCALES:
        errors.append(
            FieldError("workspace.locale", "OPTION_UNKNOWN", {"value": str(locale)[:20], "allowed": list(LOCALES)})
        )
    if str(currency) not in CURRENCIES:
        errors.append(
            FieldError("workspace.currency", "CURRENCY_UNKNOWN", {"currency": str(currency)[:10], "example": "CNY"})
        )
    if errors:
        raise invalid(errors)
    zone = checked_zone(workspace.get("time_zone", "Asia/Shanghai"))
    move_schedules(uow, state_of(uow).workspace.time_zone, zone)  # the first start laid them before anybody said where
    save_workspace(
        uow, Workspace(checked_name(workspace.get("name") or "Dealwright", "workspace.name"), locale, zone, currency)
    )
    user_id = create_user(
        uow, admin.get("email"), admin.get("name"), password_hash=admin.get("password_hash"), locale=locale
    )
    if starter:
        apply_starter(uow, user_id, starter)
    if not roles.list_roles(uow):
        for spec in default_roles():
            roles.create_role(uow, spec)
    roles.set_roles(uow, user_id, ["administrator"])
    uow.conn.execute(sa.delete(dw_setup))
    return user_id


__all__ = ["actor_of", "change_team", "change_user", "create_team", "create_user", "set_teams", "set_up", "state_of"]
