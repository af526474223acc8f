"""SQLite: the embedded default. One file, WAL, synchronous FULL, one writer at a time."""

import sqlite3
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import sqlite

from dealwright.foundation.database import fulltext
from dealwright.foundation.database.dialect import BUCKETS, Dialect, checked_zone, plain_type, retry_after
from dealwright.foundation.database.types import Day, Decimal_, Json, unscaled
from dealwright.foundation.database.zones import MAX_CASES, local_date, transitions
from dealwright.foundation.errors import Problem
from dealwright.foundation.jsonout import encode
from dealwright.foundation.textfold import fold_or_none

_BUSY = {5, 6, 9, 17}  # BUSY, LOCKED, INTERRUPT, SCHEMA
_FULL = {8, 10, 13}  # READONLY, IOERR, FULL
_AWAY = {14}  # CANTOPEN
BUSY_TIMEOUT_S = 5.0
FULLTEXT_ROWS = 100  # in one INSERT: three times as fast as one by one, and well below the most parameters there may be


class _Median:
    """Aggregate: the sum of the two middle values (twice the middle one), so nothing is lost by halving."""

    def __init__(self) -> None:
        self.values: list[Any] = []

    def step(self, value: Any) -> None:
        if value is not None:
            self.values.append(value)

    def finalize(self) -> Any:
        if not self.values:
            return None
        self.values.sort()
        count = len(self.values)
        return self.values[(count - 1) // 2] + self.values[count // 2]


def prepare_connection(dbapi: sqlite3.Connection) -> None:
    """Settings and functions of every new connection."""
    dbapi.isolation_level = None  # the driver opens no transactions of its own: DDL rolls back with data
    dbapi.execute("PRAGMA journal_mode=WAL")
    # FULL: NORMAL can lose the last commits when the power fails
    dbapi.execute("PRAGMA synchronous=FULL")
    dbapi.execute("PRAGMA foreign_keys=ON")
    dbapi.execute(f"PRAGMA busy_timeout={int(BUSY_TIMEOUT_S * 1000)}")
    dbapi.execute("PRAGMA temp_store=MEMORY")
    dbapi.execute("PRAGMA cache_size=-8000")
    dbapi.create_function("dw_local_date", 2, local_date, deterministic=True)
    dbapi.create_function("dw_fold", 1, fold_or_none, deterministic=True)
    dbapi.create_aggregate("dw_median_sum", 1, _Median)


class SqliteDialect(Dialect):
    """What SQLite does in its own way."""

    name = "sqlite"
    is_sqlite = True
    mark = "?"
    integrity_errors = (sa.exc.IntegrityError, sqlite3.IntegrityError)
    driver_errors = (sqlite3.Error, sa.exc.DBAPIError, sa.exc.TimeoutError)

    def begin(self, dbapi: Any, writes: bool) -> None:
        # a deferred transaction that turns to writing fails at once, whatever busy_timeout says
        dbapi.execute("BEGIN IMMEDIATE" if writes else "BEGIN")

    def insert_many(self, dbapi: Any, table: sa.Table, rows: Sequence[Mapping[str, Any]]) -> None:
        columns, found = self._columns_of(table, rows)
        quote = self.engine.dialect.identifier_preparer
        names = ", ".join(quote.format_column(column) for column in columns)
        places = ", ".join("?" * len(columns))
        sql = f"INSERT INTO {quote.format_table(table)} ({names}) VALUES ({places})"
        values: list[Sequence[Any]] = []
        for column, given in zip(columns, found, strict=True):
            process = column.type._cached_bind_processor(self.engine.dialect)
            first = given[0]
            if process is None or all(v is None for v in given):
                values.append(given)
            elif all(v is first for v in given):  # one moment for all
                values.append([process(first)] * len(given))
            else:
                values.append([None if v is None else process(v) for v in given])
        if "fulltext" not in table.info:
            dbapi.executemany(sql, zip(*values, strict=True))
            return
        # FTS5 writes a segment after every statement that fires the trigger, so many rows go in one statement
        tuples = list(zip(*values, strict=True))
        for start in range(0, len(tuples), FULLTEXT_ROWS):
            some = tuples[start : start + FULLTEXT_ROWS]
            dbapi.execute(sql + f", ({places})" * (len(some) - 1), [value for row in some for value in row])

    def run_many(self, dbapi: Any, sql: str, params: Sequence[Any]) -> int:
        hit = 0
        for one in params:
            cursor = dbapi.execute(sql, one)
            # rowcount is known only when the rows of a RETURNING have been read
            hit += len(cursor.fetchall()) if cursor.description is not None else cursor.rowcount
        return hit

    def trouble(self, error: BaseException) -> Problem | None:
        if isinstance(error, sa.exc.TimeoutError):
            return retry_after("BUSY", 1)
        origin = error.orig if isinstance(error, sa.exc.DBAPIError) else error
        code = getattr(origin, "sqlite_errorcode", None)
        if code is None:
            return None
        primary = code & 0xFF
        if primary in _BUSY:
            return retry_after("BUSY", 1)
        if primary in _FULL:
            return retry_after("STORAGE_FULL", 30)
        if primary in _AWAY:
            return retry_after("DATABASE_AWAY", 5)
        return None

    def is_disconnect(self, error: BaseException) -> bool:
        return False

    def unique_violation(self, error: BaseException, conn: sa.Connection | None = None) -> str | None:
        origin = error.orig if isinstance(error, sa.exc.DBAPIError) else error
        if getattr(origin, "sqlite_errorname", "") not in (
            "SQLITE_CONSTRAINT_UNIQUE",
            "SQLITE_CONSTRAINT_PRIMARYKEY",
        ):
            return None
        detail = str(origin).partition(": ")[2]
        if detail.startswith("index '"):
            return detail[len("index '") : -1]
        if conn is None:
            return detail
        table = detail.partition(".")[0]
        columns = [part.strip().partition(".")[2] for part in detail.split(",")]
        for index in sa.inspect(conn).get_indexes(table):
            if index["unique"] and index["column_names"] == columns:
                return index["name"]
        for constraint in sa.inspect(conn).get_unique_constraints(table):
            if constraint["column_names"] == columns and constraint["name"]:
                return str(constraint["name"])
        return detail

    def findings(self, conn: sa.Connection) -> list[str]:
        broken = [row[0] for row in conn.exec_driver_sql("PRAGMA integrity_check") if row[0] != "ok"]
        loose = [tuple(row) for row in conn.exec_driver_sql("PRAGMA foreign_key_check")]
        return [*broken, *(f"{row[0]} row {row[1]} refers to a missing row of {row[2]}" for row in loose)]

    def column_types(self, conn: sa.Connection, table: str) -> dict[str, str]:
        rows = conn.execute(sa.text("SELECT name, type FROM pragma_table_info(:name)"), {"name": table})
        return {row[0]: plain_type(row[1]) for row in rows}

    def word_findings(self, conn: sa.Connection, table: str) -> list[str]:
        # spelt as an INSERT, though it writes nothing: the caller opens a write unit
        try:
            conn.exec_driver_sql(f"INSERT INTO {table}_fts({table}_fts, rank) VALUES ('integrity-check', 1)")
        except sa.exc.DBAPIError:
            return ["the full-text index does not agree with its rows"]
        return []

    def erase(self) -> None:
        fairy = self.engine.raw_connection()
        dbapi: Any = fairy.dbapi_connection
        try:
            dbapi.execute("PRAGMA foreign_keys=OFF")  # or dropping would delete row by row
            dbapi.execute("BEGIN IMMEDIATE")
            # virtual tables first: their shadow tables go with them
            named = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY sql NOT LIKE 'CREATE VIRTUAL%'"
            for (name,) in dbapi.execute(named).fetchall():
                dbapi.execute(f'DROP TABLE IF EXISTS "{name}"')
            dbapi.execute("COMMIT")
            dbapi.execute("VACUUM")
        finally:
            fairy.invalidate()  # closed, and with it whatever is left of the transaction

    def facts(self, conn: sa.Connection) -> dict[str, Any]:
        pages = conn.exec_driver_sql("PRAGMA page_count").scalar_one()
        size = int(pages) * int(conn.exec_driver_sql("PRAGMA page_size").scalar_one())
        return {"name": self.name, "size": size}

    def exact(self, value: Any, scale: int) -> Any:
        # a whole number of the smallest unit; a mean comes as a float of it
        return unscaled(value, scale) if isinstance(value, int) else Decimal(repr(value)).scaleb(-scale)

    def exact_text(self, scale: int) -> Callable[[Any], Any]:
        if scale == 0:
            return lambda value: None if value is None else int(value)
        ten = 10**scale

        def text(value: Any) -> str | None:
            if value is None:
                return None
            whole, rest = divmod(abs(int(value)), ten)
            return f"{'-' if value < 0 else ''}{whole}.{rest:0{scale}d}"

        return text

    def pack(self, values: Sequence[str]) -> Any:
        return encode(list(values)).decode()

    def is_one_of(self, column: Any, bind_name: str) -> sa.ColumnElement[bool]:
        each = sa.func.json_each(sa.bindparam(bind_name, type_=sa.Text())).table_valued("value")
        return column.in_(sa.select(each.c.value))

    def folded(self, column: sa.ColumnElement[str]) -> sa.ColumnElement[str]:
        return sa.func.dw_fold(column, type_=sa.Text())

    def json_has(self, col: sa.ColumnElement[Any], value: sa.ColumnElement[str]) -> sa.ColumnElement[bool]:
        each = sa.func.json_each(col).table_valued("value")
        return sa.exists(sa.select(1).select_from(each).where(each.c.value == value).correlate_except(each))

    def rescaled(self, expr: sa.ColumnElement[Any], have: int, want: int) -> sa.ColumnElement[Any]:
        return sa.cast(sa.func.round(expr * sa.literal_column(str(10 ** (want - have)))), sa.BigInteger)

    def matches_words(self, table: sa.Table, bind_name: str) -> sa.ColumnElement[bool]:
        return fulltext.sqlite_match(table, bind_name)

    def match_text(self, groups: Sequence[fulltext.Group]) -> str:
        return fulltext.sqlite_query(groups)

    def insert(self, table: sa.Table) -> Any:
        return sqlite.insert(table)

    def skip_locked(self, select: sa.Select[Any]) -> sa.Select[Any]:
        return select

    def for_update(self, select: sa.Select[Any]) -> sa.Select[Any]:
        return select

    def json_array_agg(self, expr: sa.ColumnElement[Any]) -> sa.ColumnElement[Any]:
        if isinstance(expr.type, Json):
            expr = sa.func.json(expr)
        return sa.func.json_group_array(expr, type_=Json())

    def json_array(self, *values: sa.ColumnElement[Any]) -> sa.ColumnElement[Any]:
        return sa.func.json_array(*values, type_=Json())

    def json_object(self, **pairs: sa.ColumnElement[Any]) -> sa.ColumnElement[Any]:
        parts: list[Any] = []
        for key, expr in pairs.items():
            parts += [sa.literal_column(f"'{_plain(key)}'"), expr]
        return sa.func.json_object(*parts, type_=Json())

    def json_contains_any(self, col: sa.ColumnElement[Any], values: Sequence[str]) -> sa.ColumnElement[bool]:
        if not values:
            return sa.false()
        each = sa.func.json_each(col).table_valued("value")
        return sa.exists(sa.select(1).select_from(each).where(each.c.value.in_(list(values))).correlate_except(each))

    def json_contains_all(self, col: sa.ColumnElement[Any], values: Sequence[str]) -> sa.ColumnElement[bool]:
        return sa.and_(sa.true(), *(self.json_contains_any(col, [value]) for value in dict.fromkeys(values)))

    def local_date(self, expr: sa.ColumnElement[Any], zone_name: str) -> sa.ColumnElement[Any]:
        zone_name = checked_zone(zone_name)
        moments, offsets = transitions(zone_name)
        plain = sa.type_coerce(expr, sa.Text())
        if len(moments) > MAX_CASES:
            return sa.func.dw_local_date(plain, sa.literal_column(f"'{zone_name}'"), type_=Day())

        def day(offset: int) -> sa.ColumnElement[Any]:
            return sa.func.date(plain, sa.literal_column(f"'{offset} seconds'"))

        # the newest stretch first: nearly every row ends there
        cases = [
            (plain >= sa.literal_column(f"'{moment}'"), day(offset))
            for moment, offset in zip(reversed(moments), reversed(offsets[1:]), strict=True)
        ]
        return sa.type_coerce(sa.case(*cases, else_=day(offsets[0])) if cases else day(offsets[0]), Day())

    def date_bucket(
        self, expr: sa.ColumnElement[Any], by: str, is_instant: bool, zone_name: str
    ) -> sa.ColumnElement[str]:
        if by not in BUCKETS:
            raise ValueError(f"unknown bucket {by!r}")
        day: sa.ColumnElement[Any] = self.local_date(expr, zone_name) if is_instant else expr
        day = sa.type_coerce(day, sa.Text())

        def part(start: int, length: int) -> sa.ColumnElement[Any]:
            return sa.func.substr(day, sa.literal_column(str(start)), sa.literal_column(str(length)), type_=sa.Text())

        lit = sa.literal_column

        def whole(number: int) -> sa.ColumnElement[int]:
            return sa.literal_column(str(number), sa.Integer())

        if by == "day":
            return day
        if by == "month":
            return part(1, 7)
        if by == "year":
            return part(1, 4)
        if by == "quarter":
            quarter = (sa.cast(part(6, 2), sa.Integer) + whole(2)) // whole(3)
            return part(1, 4).concat(lit("'-Q'")).concat(sa.cast(quarter, sa.Text()))
        # SQLite 3.40 has no %G-%V: the ISO week is that of its Thursday
        thursday = sa.func.date(day, lit("'-3 days'"), lit("'weekday 4'"))
        week = (sa.cast(sa.func.strftime(lit("'%j'"), thursday), sa.Integer) - whole(1)) // whole(7) + whole(1)
        year = sa.func.strftime(lit("'%Y-W'"), thursday, type_=sa.Text())
        return year.concat(sa.func.printf(lit("'%02d'"), week, type_=sa.Text()))

    def median(self, expr: sa.ColumnElement[Any]) -> sa.ColumnElement[Any]:
        scale = expr.type.scale if isinstance(expr.type, Decimal_) else 0
        plain = sa.type_coerce(expr, sa.BigInteger())
        doubled = sa.func.dw_median_sum(plain, type_=sa.BigInteger())
        return sa.type_coerce(doubled * sa.literal_column("5"), Decimal_(scale + 1))


def _plain(key: str) -> str:
    if not key.replace("_", "").isalnum():
        raise ValueError(f"not a plain key: {key!r}")
    return key
