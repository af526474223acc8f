"""Every statement over `dw_conversion`, named by what it answers."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from dealwright.conversion.tables import dw_conversion
from dealwright.foundation.database import UnitOfWork
from dealwright.foundation.ids import new_id
from dealwright.people.tables import dw_user


def standing(uow: UnitOfWork, object_key: str, record_id: str) -> dict[str, Any] | None:
    """The conversion of a record that has not been undone, with the name of who made it as `actor_name`."""
    return _one(uow, dw_conversion.c.active_key == f"{object_key}:{record_id}")


def by_id(uow: UnitOfWork, conversion_id: str) -> dict[str, Any] | None:
    """A conversion, undone or not."""
    return _one(uow, dw_conversion.c.id == conversion_id)


def _one(uow: UnitOfWork, condition: Any) -> dict[str, Any] | None:
    query = (
        sa.select(dw_conversion, dw_user.c.name.label("actor_name"))
        .select_from(dw_conversion.outerjoin(dw_user, dw_user.c.id == dw_conversion.c.actor_id))
        .where(condition)
    )
    row = uow.conn.execute(query).mappings().first()
    return dict(row) if row is not None else None


def claim(uow: UnitOfWork, object_key: str, record_id: str, actor_id: str) -> str | None:
    """Begin a conversion: its id, or None when one stands already. A twin waits here until the first has committed."""
    values = {
        "id": new_id(), "object_key": object_key, "record_id": record_id, "active_key": f"{object_key}:{record_id}",
        "actor_id": actor_id, "at": uow.now, "results": [], "moved": [], "source": {},
    }  # fmt: skip
    insert = uow.dialect.insert(dw_conversion).values(values).on_conflict_do_nothing(index_elements=["active_key"])
    return uow.conn.execute(insert.returning(dw_conversion.c.id)).scalar()


def settle(uow: UnitOfWork, conversion_id: str, **values: Any) -> None:
    """Note what a conversion did."""
    uow.conn.execute(sa.update(dw_conversion).where(dw_conversion.c.id == conversion_id).values(**values))


def release(uow: UnitOfWork, conversion_id: str, actor_id: str | None) -> bool:
    """End a conversion; False when somebody else was first."""
    done = uow.conn.execute(
        sa.update(dw_conversion)
        .where(dw_conversion.c.id == conversion_id, dw_conversion.c.undone_at.is_(None))
        .values(active_key=None, undone_at=uow.now, undone_by_id=actor_id)
    )
    return bool(done.rowcount)
