"""Answers of aggregates, kept as long as nothing they were worked out of has changed (decisions/0005).

An answer is kept under its statement, its parameters and its reader, with the data version of the objects it was read
from. Asking again sends one statement that reads the present version and works anything out only when it is another
one: the comparison and the work see one moment of the database, so no answer is ever older than the last commit.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from threading import Lock
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

import sqlalchemy as sa

from dealwright.access import Access
from dealwright.access.tables import dw_share
from dealwright.foundation.database import Database, Instant, Prepared, UnitOfWork, version_of

KEPT_ROWS = 50_000
LARGEST = 5_000
# Whoever changes tables by hand, past the product, sees it here after this time at the latest.
LONGEST = timedelta(minutes=10)
NOTHING = -1  # no data version

Row = tuple[Any, ...]


class _Answer(NamedTuple):
    version: int
    until: datetime
    rows: list[Row]


_kept: WeakKeyDictionary[Database, OrderedDict[Any, _Answer]] = WeakKeyDictionary()
_lock = Lock()


def asked_once(statement: Any, object_keys: Sequence[str], limit: sa.ColumnElement[int]) -> Any:
    """A select of labelled columns as the statement to prepare for `rows_of`.

    It answers the present version, when the next share ends, and the rows; none of these when the version is the one
    bound as k_version (a LIMIT of 0 keeps both databases from beginning).
    """
    ends = (
        sa.select(sa.func.min(dw_share.c.until))
        .where(dw_share.c.object_key.in_(object_keys), dw_share.c.until > sa.bindparam("a_now", type_=Instant()))
        .scalar_subquery()
    )
    now = sa.select(version_of(object_keys).label("version"), ends.label("ends")).cte("v")
    version = sa.select(now.c.version).scalar_subquery()
    known = sa.bindparam("k_version", type_=sa.BigInteger())
    some = sa.case((version == known, sa.literal_column("0")), else_=limit)
    rows = statement.add_columns(sa.literal_column("1").label("is_row")).limit(some).subquery("r")
    return sa.select(now.c.version, now.c.ends, *rows.c).select_from(now.outerjoin(rows, sa.true()))


def rows_of(uow: UnitOfWork, access: Access, prepared: Prepared, key: Any, binds: Mapping[str, Any]) -> list[Row]:
    """The rows of a statement made by `asked_once`: the kept ones when they are what it would find, in one statement.

    key: all that decides the rows besides the database's content; it names the reader, for no answer is shared
    between two people. binds: everything but k_version.
    """
    key = (access.actor.user_id, access.actor.kind, key)
    found = None if uow.writes else _get(uow, key)
    version = found.version if found is not None else NOTHING
    raw = uow.fetch(prepared, {**binds, "k_version": version})
    if found is not None and raw[0][0] == version:
        return found.rows
    rows = [row[2:-1] for row in raw if row[-1] is not None]
    if not uow.writes:
        ends = raw[0][1]
        ends = datetime.fromisoformat(ends) if isinstance(ends, str) else ends
        latest = uow.now + LONGEST
        _put(uow, key, _Answer(raw[0][0], latest if ends is None else min(ends, latest), rows))
    return rows


def _get(uow: UnitOfWork, key: Any) -> _Answer | None:
    with _lock:
        answers = _kept.get(uow.db)
        found = answers.get(key) if answers is not None else None
        if found is None or answers is None:
            return None
        if found.until <= uow.now:
            return None
        answers.move_to_end(key)
        return found


def _put(uow: UnitOfWork, key: Any, answer: _Answer) -> None:
    if len(answer.rows) > LARGEST:
        return
    with _lock:
        answers = _kept.get(uow.db)
        if answers is None:
            answers = _kept[uow.db] = OrderedDict()
        answers[key] = answer
        answers.move_to_end(key)
        total = sum(len(one.rows) + 1 for one in answers.values())
        while total > KEPT_ROWS:
            total -= len(answers.popitem(last=False)[1].rows) + 1


def frozen(binds: Mapping[str, Any], prepared: Prepared) -> tuple[Any, ...]:
    """The parameters that a statement uses, as part of a key; the present moment is not one of them."""
    used = (name for name in prepared.keys if name not in ("a_now", "k_version"))
    return tuple(sorted((n, tuple(binds[n]) if isinstance(binds[n], list) else binds[n]) for n in used if n in binds))
