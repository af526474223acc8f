"""The log of what concerns everybody: rights, people, settings, definitions, data taken out, and who came in.

Records have their history; this is for the rest. It is written in the transaction it tells of, so neither is there
without the other. Secrets are never in it: what was a secret says "changed".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextvars import ContextVar
from typing import Any

import sqlalchemy as sa

from dealwright.foundation.database import UnitOfWork
from dealwright.foundation.errors import FieldError, invalid
from dealwright.foundation.ids import new_id
from dealwright.people.tables import dw_audit, dw_user

# Every kind there is, with what it tells (the screens have the sentence in both languages).
KINDS: Mapping[str, str] = {
    "absence.changed": "Somebody's days away were set or taken back",
    "backup.deleted": "A backup was deleted",
    "backup.downloaded": "A backup was downloaded",
    "backup.made": "A backup was asked for",
    "backup.scheduled": "The nightly backup was set",
    "configuration.applied": "A configuration file was laid over the workspace",
    "invitation.sent": "Somebody got a link to choose a password",
    "invitation.withdrawn": "A link to choose a first password was taken back",
    "job.discarded": "A job that was given up was removed",
    "job.replayed": "A job that was given up was put back in line",
    "password.changed": "Somebody chose another password",
    "password.reset": "A password was set through a link",
    "records.exported": "Records were exported to a file",
    "records.handed_over": "The records of one person were given to another",
    "role.changed": "A role's rights or name were changed",
    "role.created": "A role was made",
    "role.deleted": "A role was deleted",
    "second_step.off": "The second step of signing in was switched off",
    "second_step.on": "The second step of signing in was switched on",
    "session.closed": "Sessions were ended",
    "session.opened": "Somebody signed in",
    "session.refused": "A sign-in was refused",
    "team.changed": "A team was changed or moved",
    "team.created": "A team was made",
    "token.created": "An access token was made",
    "token.revoked": "An access token was revoked",
    "user.changed": "A person's data, roles or teams were changed",
    "user.created": "A person was added",
    "workspace.changed": "The workspace's settings were changed",
}
SECRET = ("password", "password_hash", "current_password", "token", "secret", "code")
PAGE = 100
# Where the request in hand comes from; set at the edge, so that nobody has to hand it down.
address_in_hand: ContextVar[str | None] = ContextVar("dealwright_address", default=None)


def note(
    uow: UnitOfWork, kind: str, actor_id: str | None, *, target: str | None = None, target_id: str | None = None,
    before: Mapping[str, Any] | None = None, after: Mapping[str, Any] | None = None,
) -> None:  # fmt: skip
    """Write one line of the log in this transaction. target: what it was done to, as people call it."""
    assert kind in KINDS, kind
    uow.conn.execute(
        sa.insert(dw_audit).values(
            id=new_id(), at=uow.now, actor_id=actor_id, kind=kind, target=target[:200] if target else None,
            target_id=target_id, before=without_secrets(before), after=without_secrets(after),
            address=(address_in_hand.get() or "")[:60] or None,
        )
    )  # fmt: skip


def without_secrets(values: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """The same values, secrets as "changed"."""
    if values is None:
        return None
    return {k: "changed" if k in SECRET and v else v for k, v in values.items()}


def changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """(before, after) with only what differs."""
    differing = [k for k in {**before, **after} if before.get(k) != after.get(k)]
    return {k: before.get(k) for k in differing}, {k: after.get(k) for k in differing}


def entries(
    uow: UnitOfWork, *, kinds: Sequence[str] = (), actor_id: str | None = None, target_id: str | None = None,
    cursor: str | None = None,
) -> dict[str, Any]:  # fmt: skip
    """{"entries": [...], "next"}, newest first. Problem 422 for a kind that does not exist."""
    unknown = [kind for kind in kinds if kind not in KINDS]
    if unknown:
        raise invalid([FieldError("kind", "OPTION_UNKNOWN", {"value": unknown[0][:40], "allowed": list(KINDS)})])
    query = (
        sa.select(dw_audit, dw_user.c.name.label("actor_name"))
        .select_from(dw_audit.outerjoin(dw_user, dw_user.c.id == dw_audit.c.actor_id))
        .order_by(dw_audit.c.id.desc())
        .limit(PAGE + 1)
    )
    if kinds:
        query = query.where(dw_audit.c.kind.in_(kinds))
    if actor_id:
        query = query.where(dw_audit.c.actor_id == actor_id)
    if target_id:
        query = query.where(dw_audit.c.target_id == target_id)
    if cursor:
        query = query.where(dw_audit.c.id < cursor)
    rows = uow.conn.execute(query).mappings().all()
    found = [
        {
            "id": r["id"], "at": r["at"], "kind": r["kind"], "target": r["target"], "target_id": r["target_id"],
            "actor": {"id": r["actor_id"], "label": r["actor_name"]} if r["actor_id"] else None,
            "before": r["before"], "after": r["after"], "address": r["address"],
        }
        for r in rows[:PAGE]
    ]  # fmt: skip
    return {"entries": found, "next": found[-1]["id"] if len(rows) > PAGE else None}
