"""Kept statements that one PostgreSQL connection has planned, sent straight through libpq.

The driver's own preparing is off: it cannot be told to forget before a plan goes wrong. Here a plan lasts as long as the
model it was made under: the unit of work says which one that is (`UnitOfWork.schema_is`), whichever process changed it.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import psycopg
from psycopg.adapt import PyFormat, Transformer
from psycopg.pq import ConnStatus, ExecStatus

MOST = 200  # plans a connection keeps: some 100 kB each where ten tables are joined
_MARK = re.compile(r"%(?:%|\((\w+)\)s)")
_FINE = (ExecStatus.TUPLES_OK, ExecStatus.COMMAND_OK)


def is_stale(error: psycopg.Error) -> bool:
    """True when a table was changed under a plan between the unit's first statement and this one.

    Told by the place in the server's source: its message comes in the server's language.
    """
    return error.sqlstate == "0A000" and error.diag.source_function == "RevalidateCachedQuery"


@lru_cache(maxsize=2_000)
def native(sql: str) -> tuple[bytes, tuple[str, ...]]:
    """The text with $1 for %(name)s, and the names in that order."""
    places: dict[str, int] = {}

    def mark(found: re.Match[str]) -> str:
        name = found.group(1)
        return "%" if name is None else f"${places.setdefault(name, len(places) + 1)}"

    text = _MARK.sub(mark, sql)
    return text.encode(), tuple(places)


class Plans:
    """The plans of one connection. A statement is planned for good the second time it is sent."""

    __slots__ = ("_dbapi", "_formats", "_made", "_names", "_seen", "_transformer", "version")

    def __init__(self, dbapi: Any) -> None:
        self.version: int | None = None  # the model they were made under
        self._dbapi = dbapi
        self._transformer = Transformer.from_context(dbapi)
        self._names: OrderedDict[Any, bytes] = OrderedDict()
        self._seen: OrderedDict[Any, None] = OrderedDict()
        self._formats: dict[int, list[PyFormat]] = {}
        self._made = 0

    def fetch(self, sql: str, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        """Run a kept statement, by its plan once it has one; bare rows ([] for statements without)."""
        text, keys = native(sql)
        transformer, pgconn = self._transformer, self._dbapi.pgconn
        count = len(keys)
        formats = self._formats.get(count)
        if formats is None:
            formats = self._formats[count] = [PyFormat.AUTO] * count
        params = transformer.dump_sequence([values[key] for key in keys], formats)
        types, sent_as = transformer.types or (), transformer.formats
        key = (sql, types)  # the same text with another type of value is another statement
        name = self._names.get(key)
        if name is None and key in self._seen:
            name = self._plan(key, text, types)
        if name is None:
            self._note(key)
            result = pgconn.exec_params(text, params, types, sent_as)
        else:
            self._names.move_to_end(key)
            result = pgconn.exec_prepared(name, params, sent_as)
        self._check(result)
        if result.status != ExecStatus.TUPLES_OK:
            return []
        transformer.set_pgresult(result)
        try:
            rows: list[tuple[Any, ...]] = transformer.load_rows(0, result.ntuples, tuple)
        finally:
            transformer.set_pgresult(None)
        return rows

    def drop(self, version: int | None = None) -> None:
        """Forget every plan, here and in the server; from now on they are made under `version`."""
        self.version = version
        self._seen.clear()
        if self._names:
            self._names.clear()
            self._check(self._dbapi.pgconn.exec_(b"DEALLOCATE ALL"))

    def _note(self, key: Any) -> None:
        self._seen[key] = None
        if len(self._seen) > MOST:
            self._seen.popitem(last=False)

    def _plan(self, key: Any, text: bytes, types: tuple[int, ...]) -> bytes:
        self._seen.pop(key, None)
        self._made += 1
        name = b"dw_%d" % self._made
        self._check(self._dbapi.pgconn.prepare(name, text, types))
        self._names[key] = name
        if len(self._names) > MOST:
            self._check(self._dbapi.pgconn.exec_(b"DEALLOCATE " + self._names.popitem(last=False)[1]))
        return name

    def _check(self, result: Any) -> None:
        if result.status in _FINE:
            return
        if self._dbapi.pgconn.status != ConnStatus.OK:
            raise psycopg.OperationalError("the connection is lost")
        raise psycopg.errors.error_from_result(result, "utf-8")
