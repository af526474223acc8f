"""A new password through a link: asked for by mail, or made by an administrator for somebody who stands beside them."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from dealwright.foundation.database import UnitOfWork
from dealwright.foundation.errors import Problem, not_found
from dealwright.people import audit
from dealwright.people.hashing import digest
from dealwright.people.sessions import close_session
from dealwright.people.tables import dw_password_reset, dw_sign_in_failure, dw_user

VALID_FOR = timedelta(hours=1)


def make(uow: UnitOfWork, user_id: str, made_by_id: str | None = None) -> str:
    """The secret of a new link, which replaces an earlier one. Problem 404 for nobody, 409 USER_DISABLED."""
    status = uow.conn.execute(sa.select(dw_user.c.status).where(dw_user.c.id == user_id)).scalar()
    if status is None:
        raise not_found()
    if status == "disabled":
        raise Problem(409, "USER_DISABLED")
    secret = secrets.token_urlsafe(24)
    uow.conn.execute(sa.delete(dw_password_reset).where(dw_password_reset.c.user_id == user_id))
    row = {"token_hash": digest(secret), "user_id": user_id, "expires_at": uow.now + VALID_FOR}
    uow.conn.execute(sa.insert(dw_password_reset).values(**row, made_by_id=made_by_id))
    return secret


def check(uow: UnitOfWork, secret: Any) -> Any:
    """The row (id, email_norm) of the person whose link this is. Problem 403 RESET_LINK for a wrong, used or old one."""
    found = dw_password_reset.join(dw_user, dw_user.c.id == dw_password_reset.c.user_id)
    mine = dw_password_reset.c.token_hash == digest(secret if isinstance(secret, str) else "")
    columns = (dw_user.c.id, dw_user.c.name, dw_user.c.email_norm, dw_user.c.status, dw_password_reset.c.expires_at)
    row = uow.conn.execute(sa.select(*columns).select_from(found).where(mine)).first()
    if row is None or row.expires_at <= uow.now or row.status == "disabled":
        raise Problem(403, "RESET_LINK")
    return row


def use(uow: UnitOfWork, secret: Any, password_hash: str) -> str:
    """Set the password and end all sessions; returns the user's id. The second step stays. 403 RESET_LINK."""
    row = check(uow, secret)
    mine = dw_password_reset.c.token_hash == digest(secret)
    # Who deletes the link has it: of two at the same moment one finds it gone.
    if uow.conn.execute(sa.delete(dw_password_reset).where(mine)).rowcount == 0:
        raise Problem(403, "RESET_LINK")
    values = {"password_hash": password_hash, "status": "active", "modified_at": uow.now}
    uow.conn.execute(sa.update(dw_user).where(dw_user.c.id == row.id).values(values))
    locked = dw_sign_in_failure.c.account_hash == digest(f"account:{row.email_norm}")
    uow.conn.execute(sa.delete(dw_sign_in_failure).where(locked))
    close_session(uow, None, row.id, everywhere=True)
    audit.note(uow, "password.reset", row.id, target=row.name, target_id=row.id)
    return str(row.id)
