"""The data version of an object: it rises in every transaction that changes its records, and in no other.

Whoever has worked something out of an object's records may keep it under the version it was worked out at
(decisions/0005). The number is a sum over slots, so that on PostgreSQL two savers need not wait for each other: each
server process of the database raises a slot of its own.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

import sqlalchemy as sa

from dealwright.foundation.database.dialect import Dialect, Prepared
from dealwright.foundation.database.tables import dw_data_version
from dealwright.foundation.database.unit import UnitOfWork


def raising(dialect: Dialect, prefix: str = "") -> Any:
    """The statement that raises the version of the object bound as prefix + "object"."""
    key = sa.bindparam(f"{prefix}object", type_=sa.Text())
    values = {"object_key": key, "slot": dialect.writer_slot, "version": sa.literal_column("1")}
    one_more = {"version": dw_data_version.c.version + sa.literal_column("1")}
    return dialect.upsert(dw_data_version, values, ["object_key", "slot"], one_more).inline()


@lru_cache(maxsize=8)
def _raise(dialect: Dialect) -> Prepared:
    return dialect.compile(raising(dialect))


def touch(uow: UnitOfWork, object_key: str) -> None:
    """Say that records of an object change in this unit of work, or who may see them."""
    uow.fetch(_raise(uow.dialect), {"object": object_key})


def version_of(object_keys: Iterable[str]) -> sa.ScalarSelect[Any]:
    """The versions of some objects as one number that rises when any of them does."""
    total = sa.cast(sa.func.sum(dw_data_version.c.version), sa.BigInteger())
    listed = sa.or_(*(dw_data_version.c.object_key == key for key in sorted(object_keys)))
    return sa.select(sa.func.coalesce(total, sa.literal_column("0"))).where(listed).scalar_subquery()
