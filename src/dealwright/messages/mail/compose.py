"""From a job's payload to a letter. Secrets of links are made here, at the moment of sending: no job row ever holds one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from dealwright.foundation.database import UnitOfWork, state_of
from dealwright.foundation.texts import say
from dealwright.messages.mail.letters import Letter
from dealwright.people import invitations, resets
from dealwright.people.tables import dw_user


def compose(uow: UnitOfWork, payload: Mapping[str, Any], public_url: str) -> Letter | None:
    """The letter of {"letter": "invitation" | "reset" | "test", "user_id" | "email_norm", "by_id"?}; None for nobody.

    Nobody: an address that no active person has, somebody disabled or (for an invitation) in already.
    """
    row = _receiver(uow, payload)
    if row is None or row.status == "disabled":
        return None
    workspace = state_of(uow).workspace
    locale = row.locale or workspace.locale
    kind = payload["letter"]
    link = public_url
    if kind == "invitation":
        if row.status != "invited":
            return None
        link = f"{public_url}/invitation?token={invitations.invite(uow, row.id)}"
    elif kind == "reset":
        # somebody who was never in has no password to forget: the link of the invitation is theirs
        if row.status != "active":
            return None
        link = f"{public_url}/password?token={resets.make(uow, row.id, payload.get('by_id'))}"
    by = uow.conn.execute(sa.select(dw_user.c.name).where(dw_user.c.id == payload.get("by_id"))).scalar()
    blanks = {"name": row.name, "workspace": workspace.name or "Dealwright", "by": by or workspace.name or "Dealwright"}
    stem = f"MAIL_{kind.upper()}"
    return Letter(
        row.email, row.name, say(f"{stem}_SUBJECT", locale, **blanks), say(f"{stem}_TEXT", locale, **blanks), locale, link,
        say(f"{stem}_BUTTON", locale),
    )  # fmt: skip


def _receiver(uow: UnitOfWork, payload: Mapping[str, Any]) -> Any:
    query = sa.select(dw_user.c.id, dw_user.c.email, dw_user.c.name, dw_user.c.status, dw_user.c.locale)
    if "user_id" in payload:
        return uow.conn.execute(query.where(dw_user.c.id == payload["user_id"])).first()
    return uow.conn.execute(query.where(dw_user.c.email_norm == payload.get("email_norm"))).first()
