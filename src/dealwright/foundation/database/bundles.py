"""Several writes as one statement on SQLite: an INSERT into a temporary view whose trigger carries them out.

The view has a column for every parameter. Both live in the connection's own temporary schema: no other connection
and no file sees them, and they are made again where they are missing (a new connection, a rolled-back transaction).
Only statements on system tables may be bundled: a trigger that named a table of records would stand in the way of
changing it.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Sequence
from typing import Any, NamedTuple

from dealwright.foundation.database.dialect import Prepared
from dealwright.foundation.database.unit import UnitOfWork


class Bundle(NamedTuple):
    """What makes the view and its trigger, the INSERT, and the statements whose parameters it takes in turn."""

    name: str
    setup: tuple[str, str]
    insert: str
    parts: tuple[Prepared, ...]


def bundle(parts: Sequence[Prepared]) -> Bundle:
    """The bundle of compiled INSERTs, UPDATEs and DELETEs (without RETURNING)."""
    count, body = 0, []
    for part in parts:
        pieces = part.sql.split("?")
        if len(pieces) != len(part.keys) + 1:
            raise ValueError(f"a question mark that is no parameter: {part.sql}")
        text = pieces[0]
        for piece in pieces[1:]:
            text += f"NEW.c{count}{piece}"
            count += 1
        body.append(f"{text};")
    name = "dw_together_" + hashlib.sha256("\n".join(body).encode()).hexdigest()[:16]
    columns = ", ".join(f"NULL AS c{place}" for place in range(count))
    setup = (
        f"CREATE TEMP VIEW IF NOT EXISTS {name} AS SELECT {columns}",
        f"CREATE TEMP TRIGGER IF NOT EXISTS {name}_written INSTEAD OF INSERT ON {name} BEGIN {' '.join(body)} END",
    )
    insert = f"INSERT INTO temp.{name} VALUES ({', '.join('?' * count)})"
    return Bundle(name, setup, insert, tuple(parts))


def send(uow: UnitOfWork, one: Bundle, values: Sequence[Any]) -> None:
    """Carry the statements of a bundle out; values: one mapping of bind values for each."""
    params = [value for part, given in zip(one.parts, values, strict=True) for value in part.params(given)]
    try:
        uow.raw(one.insert, params)
    except sqlite3.OperationalError as error:
        if one.name not in str(error):
            raise
        for text in one.setup:
            uow.raw(text)
        uow.raw(one.insert, params)
