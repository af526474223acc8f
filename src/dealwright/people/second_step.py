"""The second step of signing in: six digits that change every half minute (RFC 6238), and codes for a lost phone.

A code is good for its half minute and the one before and after it, and once: the half minute is kept, and of two
requests with the same code at the same moment one finds it used up.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

import pyotp
import sqlalchemy as sa

from dealwright.foundation.database import UnitOfWork, bump, state_of
from dealwright.foundation.errors import FieldError, Problem, invalid
from dealwright.people.hashing import digest
from dealwright.people.tables import dw_recovery_code, dw_second_step, dw_user

STEP_S = 30
RECOVERY_CODES = 10
ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"  # without letters that are read as another one


def is_on(uow: UnitOfWork, user_id: str) -> bool:
    """Whether this person signs in with a second step."""
    return _row(uow, user_id) is not None


def _row(uow: UnitOfWork, user_id: str, *, confirmed: bool = True) -> Any:
    query = sa.select(dw_second_step).where(dw_second_step.c.user_id == user_id)
    if confirmed:
        query = query.where(dw_second_step.c.confirmed_at.is_not(None))
    return uow.conn.execute(query).first()


def begin(uow: UnitOfWork, user_id: str) -> dict[str, str]:
    """{"secret", "address"}: a new key for an authenticator, in force once a code of it is shown. 409 when it is on."""
    if is_on(uow, user_id):
        raise Problem(409, "SECOND_STEP_ON")
    secret = pyotp.random_base32()
    row = {"user_id": user_id, "secret": secret, "confirmed_at": None, "last_step": 0}
    uow.conn.execute(uow.dialect.upsert(dw_second_step, row, ["user_id"]))
    email = uow.conn.execute(sa.select(dw_user.c.email).where(dw_user.c.id == user_id)).scalar_one()
    issuer = state_of(uow).workspace.name or "Dealwright"
    return {"secret": secret, "address": pyotp.TOTP(secret).provisioning_uri(name=email, issuer_name=issuer)}


def confirm(uow: UnitOfWork, user_id: str, code: Any) -> list[str]:
    """Switch it on with a first code; the recovery codes, shown this once. 422 WRONG_CODE, 409 when none was begun."""
    row = _row(uow, user_id, confirmed=False)
    if row is None or row.confirmed_at is not None:
        raise Problem(409, "SECOND_STEP_ON" if row is not None else "SECOND_STEP_NOT_BEGUN")
    step = _step_of(uow, row.secret, code)
    if step is None:
        raise invalid([FieldError("code", "WRONG_CODE")])
    mine = dw_second_step.c.user_id == user_id
    uow.conn.execute(sa.update(dw_second_step).where(mine).values(confirmed_at=uow.now, last_step=step))
    bump(uow, "rights_epoch")  # whether somebody has it is kept under it
    return new_codes(uow, user_id)


def new_codes(uow: UnitOfWork, user_id: str) -> list[str]:
    """New recovery codes in place of all earlier ones; only their hashes are kept."""
    uow.conn.execute(sa.delete(dw_recovery_code).where(dw_recovery_code.c.user_id == user_id))
    # 80 bits: a fast hash is enough, nobody tries them all
    codes = [
        "-".join("".join(secrets.choice(ALPHABET) for _ in range(4)) for _ in range(4)) for _ in range(RECOVERY_CODES)
    ]
    rows = [{"user_id": user_id, "code_hash": digest(_plain(code))} for code in codes]
    uow.conn.execute(sa.insert(dw_recovery_code), rows)
    return codes


def codes_left(uow: UnitOfWork, user_id: str) -> int:
    """How many recovery codes are not used yet."""
    count = sa.select(sa.func.count()).where(dw_recovery_code.c.user_id == user_id)
    return int(uow.conn.execute(count).scalar_one())


def use(uow: UnitOfWork, user_id: str, code: Any) -> str | None:
    """Use a code up: "code" or "recovery" when it is right, None when it is wrong or was used. Writes."""
    row = _row(uow, user_id)
    if row is None or not isinstance(code, str) or len(code) > 40:
        return None
    step = _step_of(uow, row.secret, code)
    if step is not None:
        fresh = sa.and_(dw_second_step.c.user_id == user_id, dw_second_step.c.last_step < step)
        done = uow.conn.execute(sa.update(dw_second_step).where(fresh).values(last_step=step))
        return "code" if done.rowcount == 1 else None
    mine = sa.and_(dw_recovery_code.c.user_id == user_id, dw_recovery_code.c.code_hash == digest(_plain(code)))
    return "recovery" if uow.conn.execute(sa.delete(dw_recovery_code).where(mine)).rowcount == 1 else None


def turn_off(uow: UnitOfWork, user_id: str) -> bool:
    """Switch it off and forget key and codes; False when it was not on."""
    uow.conn.execute(sa.delete(dw_recovery_code).where(dw_recovery_code.c.user_id == user_id))
    was_on = is_on(uow, user_id)
    uow.conn.execute(sa.delete(dw_second_step).where(dw_second_step.c.user_id == user_id))
    bump(uow, "rights_epoch")
    return was_on


def is_required(settings: Mapping[str, Any], role_ids: tuple[str, ...]) -> bool:
    """Whether the workspace asks people with these roles for a second step."""
    wanted = settings.get("second_step") or {}
    return bool(wanted.get("everybody")) or not set(role_ids).isdisjoint(wanted.get("roles") or ())


def _step_of(uow: UnitOfWork, secret: str, code: Any) -> int | None:
    """The half minute that six digits belong to, of the three that are good now."""
    text = code.replace(" ", "") if isinstance(code, str) else ""
    if len(text) != 6 or not (text.isascii() and text.isdigit()):
        return None
    now = int(uow.now.timestamp()) // STEP_S
    totp = pyotp.TOTP(secret)
    return next((s for s in (now, now - 1, now + 1) if secrets.compare_digest(totp.generate_otp(s), text)), None)


def _plain(code: str) -> str:
    return "".join(ch for ch in code.lower() if ch.isalnum())
