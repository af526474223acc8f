"""Days on which somebody is away, and who stands in: shown beside the name, and asked by what waits for a person."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa

from dealwright.foundation.database import UnitOfWork
from dealwright.foundation.errors import FieldError, Problem, invalid
from dealwright.foundation.ids import new_id
from dealwright.people.tables import dw_absence, dw_user

LONGEST_DAYS = 366


@dataclass(frozen=True)
class Absence:
    """Both days included. deputy_id: who stands in, None for nobody."""

    id: str
    user_id: str
    from_day: date
    to_day: date
    deputy_id: str | None


def absence_of(uow: UnitOfWork, user_ids: Iterable[str], day: date) -> dict[str, Absence]:
    """Who of these people is away on a day, by user id; the absence that ends last when several cover the day."""
    ids = list(dict.fromkeys(user_ids))
    if not ids:
        return {}
    covers = sa.and_(dw_absence.c.user_id.in_(ids), dw_absence.c.from_day <= day, dw_absence.c.to_day >= day)
    rows = uow.conn.execute(sa.select(dw_absence).where(covers).order_by(dw_absence.c.to_day)).mappings()
    return {row["user_id"]: Absence(**row) for row in rows}


def coming(uow: UnitOfWork, day: date, user_id: str | None = None) -> list[Absence]:
    """Absences that are not over on a day, the nearest first; of one person or of everybody."""
    query = sa.select(dw_absence).where(dw_absence.c.to_day >= day).order_by(dw_absence.c.from_day, dw_absence.c.id)
    if user_id is not None:
        query = query.where(dw_absence.c.user_id == user_id)
    return [Absence(**row) for row in uow.conn.execute(query).mappings()]


def add(uow: UnitOfWork, user_id: str, from_: Any, to: Any, deputy_id: Any, today: date) -> str:
    """Note days away; returns the id. Problem 422 for days that are none, over, too many or in the wrong order."""
    first, last = _day(from_, "from"), _day(to, "to")
    if last < first:
        raise invalid([FieldError("to", "DATE_ORDER")])
    if last < today:
        raise invalid([FieldError("to", "ABSENCE_OVER")])
    if last - first > timedelta(days=LONGEST_DAYS):
        raise invalid([FieldError("to", "ABSENCE_LONG", {"max": LONGEST_DAYS})])
    if deputy_id is not None:
        known = sa.select(dw_user.c.id).where(dw_user.c.id == str(deputy_id), dw_user.c.status == "active")
        if deputy_id == user_id or not isinstance(deputy_id, str) or uow.conn.execute(known).first() is None:
            raise invalid([FieldError("deputy", "DEPUTY")])
    absence_id = new_id()
    values = {"id": absence_id, "user_id": user_id, "from_day": first, "to_day": last, "deputy_id": deputy_id}
    uow.conn.execute(sa.insert(dw_absence).values(values))
    return absence_id


def get(uow: UnitOfWork, absence_id: str) -> Absence:
    """One absence. Problem 404."""
    row = uow.conn.execute(sa.select(dw_absence).where(dw_absence.c.id == absence_id)).mappings().first()
    if row is None:
        raise Problem(404, "NOT_FOUND")
    return Absence(**row)


def remove(uow: UnitOfWork, absence_id: str) -> None:
    """Take days away back."""
    uow.conn.execute(sa.delete(dw_absence).where(dw_absence.c.id == absence_id))


def _day(raw: Any, field: str) -> date:
    try:
        day = date.fromisoformat(raw) if isinstance(raw, str) and len(raw) == 10 else None
    except ValueError:
        day = None
    if day is None or not 1900 <= day.year <= 2200:
        raise invalid([FieldError(field, "DATE_FORMAT", {"example": "2026-12-31"})])
    return day
