"""Roles: stored grants, made and changed by administrators; every change raises the rights epoch."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from dealwright.foundation.database import UnitOfWork, bump
from dealwright.foundation.errors import FieldError, Problem, invalid
from dealwright.foundation.ids import new_id
from dealwright.model.specs import labels_of
from dealwright.people.tables import dw_role, dw_user, dw_user_role

KEY = re.compile(r"[a-z][a-z0-9_]{0,49}")


def list_roles(uow: UnitOfWork) -> list[dict[str, Any]]:
    """Every role: id, key, labels, grants, how many people have it."""
    count = sa.select(sa.func.count()).where(dw_user_role.c.role_id == dw_role.c.id).scalar_subquery()
    rows = uow.conn.execute(sa.select(dw_role, count.label("people")).order_by(dw_role.c.id)).mappings()
    return [dict(row) for row in rows]


def create_role(uow: UnitOfWork, spec: Mapping[str, Any]) -> str:
    """Make a role of {"key", "labels", "grants"}; returns its id. 409 KEY_TAKEN."""
    if (
        not isinstance(spec.get("key"), str)
        or not KEY.fullmatch(spec["key"])
        or not isinstance(spec.get("grants"), Mapping)
    ):
        raise invalid([FieldError("key", "ROLE_FORMAT")])
    shown = labels_of(spec.get("labels"))
    if uow.conn.execute(sa.select(1).where(dw_role.c.key == spec["key"])).first() is not None:
        raise Problem(409, "KEY_TAKEN", field="key", params={"key": spec["key"]})
    role_id = new_id()
    uow.conn.execute(sa.insert(dw_role).values(id=role_id, key=spec["key"], labels=shown, grants=dict(spec["grants"])))
    bump(uow, "rights_epoch")
    return role_id


def change_role(uow: UnitOfWork, role_id: str, changes: Mapping[str, Any]) -> None:
    """Change labels or grants; the administrator's rights stay as they are."""
    row = uow.conn.execute(sa.select(dw_role.c.key).where(dw_role.c.id == role_id)).first()
    if row is None:
        raise Problem(404, "NOT_FOUND")
    values: dict[str, Any] = {}
    if "labels" in changes:
        values["labels"] = labels_of(changes["labels"])
    if isinstance(changes.get("grants"), Mapping):
        values["grants"] = dict(changes["grants"])
    if row.key == "administrator" and "grants" in values:
        raise Problem(409, "ROLE_FIXED")
    if values:
        uow.conn.execute(sa.update(dw_role).where(dw_role.c.id == role_id).values(values))
        bump(uow, "rights_epoch")


def delete_role(uow: UnitOfWork, role_id: str, move_to: str | None = None) -> tuple[str, int]:
    """Take a role away and give its people another one; (key, how many people moved).

    404 for nobody's role; 409 ROLE_FIXED for the administrator's, ROLE_IN_USE with the count when people have it and
    no role is named to give them.
    """
    row = uow.conn.execute(sa.select(dw_role.c.key, dw_role.c.labels).where(dw_role.c.id == role_id)).first()
    if row is None:
        raise Problem(404, "NOT_FOUND")
    if row.key == "administrator":
        raise Problem(409, "ROLE_FIXED")
    holders = [
        r[0] for r in uow.conn.execute(sa.select(dw_user_role.c.user_id).where(dw_user_role.c.role_id == role_id))
    ]
    if holders and move_to is None:
        raise Problem(409, "ROLE_IN_USE", params={"role": dict(row.labels), "people": len(holders)})
    if move_to is not None:
        known = uow.conn.execute(sa.select(dw_role.c.id).where(dw_role.c.id == str(move_to))).first()
        if known is None or move_to == role_id:
            raise invalid([FieldError("move_to", "NOT_FOUND")])
        have = {
            r[0] for r in uow.conn.execute(sa.select(dw_user_role.c.user_id).where(dw_user_role.c.role_id == move_to))
        }
        rows = [{"user_id": one, "role_id": move_to} for one in holders if one not in have]
        if rows:
            uow.conn.execute(sa.insert(dw_user_role), rows)
    uow.conn.execute(sa.delete(dw_user_role).where(dw_user_role.c.role_id == role_id))
    uow.conn.execute(sa.delete(dw_role).where(dw_role.c.id == role_id))
    check_administrator(uow)
    bump(uow, "rights_epoch")
    return str(row.key), len(holders)


def get_role(uow: UnitOfWork, role_id: str) -> dict[str, Any]:
    """One role's id, key, labels, grants. Problem 404."""
    row = uow.conn.execute(sa.select(dw_role).where(dw_role.c.id == role_id)).mappings().first()
    if row is None:
        raise Problem(404, "NOT_FOUND")
    return dict(row)


def drop_unused(uow: UnitOfWork, keep: Collection[str]) -> list[str]:
    """Take away the roles that nobody has, but for those named and the administrator's; the keys that went."""
    gone = [r for r in list_roles(uow) if not r["people"] and r["key"] not in (*keep, "administrator")]
    if gone:
        uow.conn.execute(sa.delete(dw_role).where(dw_role.c.id.in_([r["id"] for r in gone])))
        bump(uow, "rights_epoch")
    return [r["key"] for r in gone]


def set_roles(uow: UnitOfWork, user_id: str, keys: Sequence[str]) -> None:
    """Give a user exactly these roles, by key or id. 409 LAST_ADMINISTRATOR when nobody would be left to administer."""
    rows = uow.conn.execute(sa.select(dw_role.c.id, dw_role.c.key)).all()
    by_name = {name: row.id for row in rows for name in (row.id, row.key)}
    unknown = [key for key in keys if key not in by_name]
    if unknown:
        raise invalid(
            [FieldError("roles", "ROLE_UNKNOWN", {"role": str(unknown[0])[:60], "allowed": [r.key for r in rows]})]
        )
    uow.conn.execute(sa.delete(dw_user_role).where(dw_user_role.c.user_id == user_id))
    ids = list(dict.fromkeys(by_name[key] for key in keys))
    if ids:
        uow.conn.execute(sa.insert(dw_user_role), [{"user_id": user_id, "role_id": role_id} for role_id in ids])
    check_administrator(uow)
    bump(uow, "rights_epoch")


def check_administrator(uow: UnitOfWork) -> None:
    """Problem 409 when no active administrator is left (and there was one)."""
    roles = sa.select(dw_role.c.id).where(dw_role.c.key == "administrator")
    if uow.conn.execute(roles).first() is None:
        return
    left = (
        sa.select(1)
        .select_from(dw_user_role.join(dw_user, dw_user.c.id == dw_user_role.c.user_id))
        .where(dw_user_role.c.role_id.in_(roles), dw_user.c.status == "active")
    )
    has_people = uow.conn.execute(sa.select(1).select_from(dw_user_role)).first() is not None
    if has_people and uow.conn.execute(left).first() is None:
        raise Problem(409, "LAST_ADMINISTRATOR")
