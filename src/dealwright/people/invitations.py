"""The way in for people without a password: a link that works once and for a week."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from dealwright.foundation.database import UnitOfWork, bump
from dealwright.foundation.errors import Problem, not_found
from dealwright.people import audit
from dealwright.people.hashing import digest
from dealwright.people.service import checked_name
from dealwright.people.sessions import close_session
from dealwright.people.tables import dw_invitation, dw_user

VALID_FOR = timedelta(days=7)


def withdraw(uow: UnitOfWork, user_id: str) -> bool:
    """Make a person's link useless; False when there was none."""
    return uow.conn.execute(sa.delete(dw_invitation).where(dw_invitation.c.user_id == user_id)).rowcount > 0


def invite(uow: UnitOfWork, user_id: str) -> str:
    """The secret of a new link for a person, replacing an earlier one; also the way back in for a forgotten password.

    Problem 404 for nobody, 409 USER_DISABLED.
    """
    status = uow.conn.execute(sa.select(dw_user.c.status).where(dw_user.c.id == user_id)).scalar()
    if status is None:
        raise not_found()
    if status == "disabled":
        raise Problem(409, "USER_DISABLED")
    secret = secrets.token_urlsafe(24)
    uow.conn.execute(sa.delete(dw_invitation).where(dw_invitation.c.user_id == user_id))
    row = {"token_hash": digest(secret), "user_id": user_id, "expires_at": uow.now + VALID_FOR}
    uow.conn.execute(sa.insert(dw_invitation).values(row))
    return secret


def check(uow: UnitOfWork, secret: Any) -> Any:
    """The row of the person whose link this is. Problem 403 INVITATION_LINK for a wrong, used or old link."""
    found = dw_invitation.join(dw_user, dw_user.c.id == dw_invitation.c.user_id)
    mine = dw_invitation.c.token_hash == digest(secret if isinstance(secret, str) else "")
    columns = (dw_user.c.id, dw_user.c.name, dw_user.c.status, dw_invitation.c.expires_at)
    query = sa.select(*columns).select_from(found).where(mine)
    row = uow.conn.execute(query).first()
    if row is None or row.expires_at <= uow.now or row.status == "disabled":
        raise Problem(403, "INVITATION_LINK")
    return row


def accept(uow: UnitOfWork, secret: Any, password_hash: str, name: Any = None) -> str:
    """Use a link: set the password (and, if one likes, another name). Returns the user's id. 403 INVITATION_LINK."""
    row = check(uow, secret)
    mine = dw_invitation.c.token_hash == digest(secret)
    values: dict[str, Any] = {"password_hash": password_hash, "status": "active"}
    if name is not None:
        values["name"] = checked_name(name)
    # Who deletes the link has it: of two at the same moment one finds it gone.
    if uow.conn.execute(sa.delete(dw_invitation).where(mine)).rowcount == 0:
        raise Problem(403, "INVITATION_LINK")
    uow.conn.execute(sa.update(dw_user).where(dw_user.c.id == row.id).values(**values, modified_at=uow.now))
    bump(uow, "rights_epoch")  # names are kept under it
    close_session(uow, None, row.id, everywhere=True)
    audit.note(uow, "password.reset", row.id, target=row.name, target_id=row.id)
    return str(row.id)
