"""The topic mail.requested: a mail to a colleague, sent between two short transactions (BEHAVIOUR S13).

"sending" is committed before the mail server is asked. A job that finds "sending" was lost in between: the mail may be
there or not. It is sent once more, under the same Message-ID so that mail programs see one mail; the second time that
this happens a person decides.
"""

from __future__ import annotations

from email.utils import format_datetime
from typing import Any

import sqlalchemy as sa
import structlog

from dealwright.foundation.database import UnitOfWork
from dealwright.foundation.errors import Problem
from dealwright.foundation.outbox import GiveUp, Handler, JobContext, Unknown
from dealwright.foundation.services import Services
from dealwright.messages.mail.compose import compose
from dealwright.messages.mail.letters import Letter, message_of
from dealwright.messages.mail.server import MailServer, NotSent
from dealwright.messages.mail.tables import dw_mail
from dealwright.people.endpoints import MAIL

log = structlog.get_logger("dealwright.mail")


def handlers(services: Services) -> list[Handler]:
    """The outbox topic of this package."""

    def act(context: JobContext, payload: dict[str, Any]) -> str | None:
        settings = services.settings
        if not settings.smtp_url or not settings.public_url:
            raise GiveUp("no mail server is set: DEALWRIGHT_SMTP_URL and DEALWRIGHT_PUBLIC_URL")
        server = MailServer.of(settings.smtp_url)
        sender = settings.mail_from or (
            server.user if server.user and "@" in server.user else f"dealwright@{server.host}"
        )
        with context.db.write() as uow:
            found = begin(uow, context.job_id, payload, settings.public_url, sender.rpartition("@")[2])
        if found is None:
            return None
        letter, message_id = found
        try:
            when = format_datetime(context.clock.now())
            server.send(message_of(letter, sender, "Dealwright", message_id, when), sender, letter.to)
        except Problem as problem:
            settle(context, "refused")
            raise GiveUp(str(problem)) from problem
        except NotSent as refusal:
            settle(context, "refused" if refusal.for_good else "waiting")
            if refusal.for_good:
                raise GiveUp(str(refusal)) from refusal
            raise
        # (of MaybeSent the row stays "sending": the next attempt is the second one under the same Message-ID)
        settle(context, "sent")
        return "sent"

    return [Handler(MAIL, act, timeout_s=120)]


def begin(
    uow: UnitOfWork, job_id: str, payload: dict[str, Any], public_url: str, domain: str
) -> tuple[Letter, str] | None:
    """Note that a mail is being sent; (letter, Message-ID), or None when there is nobody to send it to or it is sent.

    Raises Unknown for one that was lost twice while it was being sent.
    """
    mine = dw_mail.c.job_id == job_id
    before = uow.conn.execute(sa.select(dw_mail).where(mine)).mappings().first()
    if before is not None and before["state"] == "sent":
        return None
    doubts = 0 if before is None else before["doubts"] + (before["state"] == "sending")
    if doubts > 1:
        raise Unknown("it was being sent twice when the connection or the worker was lost: it may have arrived")
    letter = compose(uow, payload, public_url)
    if letter is None:
        log.info("mail_to_nobody", job=job_id)
        return None
    message_id = before["message_id"] if before is not None else f"<{job_id}@{domain}>"
    row = {
        "job_id": job_id, "letter": payload["letter"], "to_address": letter.to, "subject": letter.subject[:200],
        "message_id": message_id, "state": "sending", "doubts": doubts, "at": uow.now,
    }  # fmt: skip
    uow.conn.execute(uow.dialect.upsert(dw_mail, row, ["job_id"]))
    return letter, message_id


def settle(context: JobContext, state: str) -> None:
    """Note how it went."""
    with context.db.write() as uow:
        mine = dw_mail.c.job_id == context.job_id
        uow.conn.execute(sa.update(dw_mail).where(mine).values(state=state, at=uow.now))
