"""PostgreSQL: for teams that outgrow one file. psycopg 3, synchronous; see `postgresql_plans` for what is prepared."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import psycopg
import sqlalchemy as sa
from psycopg.pq import ConnStatus, ExecStatus, TransactionStatus
from sqlalchemy.dialects import postgresql

from dealwright.foundation.database import fulltext
from dealwright.foundation.database.dialect import BUCKETS, Dialect, checked_zone, plain_type, retry_after
from dealwright.foundation.database.postgresql_plans import Plans, is_stale
from dealwright.foundation.database.types import Day, Decimal_, Instant, Json
from dealwright.foundation.errors import Problem
from dealwright.foundation.jsonout import encode
from dealwright.foundation.textfold import LOWER, UPPER

_BUSY = {"40001", "40P01", "55P03", "57014", "53300", "53200", "55006"}
_FULL = {"53100", "58030"}
_AWAY = {"57P01", "57P02", "57P03", "25P03", "57P05"}


def _command(dbapi: Any, command: bytes) -> None:
    """BEGIN, COMMIT, ROLLBACK straight through libpq: a fifth of the CPU of a cursor (0.03 against 0.15 ms)."""
    result = dbapi.pgconn.exec_(command)
    if dbapi.pgconn.status != ConnStatus.OK:
        raise psycopg.OperationalError("the connection is lost")
    if result.status != ExecStatus.COMMAND_OK:
        raise psycopg.errors.error_from_result(result, "utf-8")
    if command == b"COMMIT" and result.command_status == b"ROLLBACK":
        # PostgreSQL answers so when a statement failed before and somebody swallowed the error
        raise psycopg.errors.InFailedSqlTransaction("the transaction had failed and was rolled back")


class PostgresDialect(Dialect):
    """What PostgreSQL does in its own way."""

    name = "postgresql"
    mark = "%s"
    numeric_code = 1700
    has_row_locks = True
    empties_end_indexes = True
    sends_together = True  # one round trip instead of six
    writer_slot = sa.literal_column("(pg_backend_pid() % 1024)", sa.Integer())
    integrity_errors = (sa.exc.IntegrityError, psycopg.IntegrityError)
    driver_errors = (psycopg.Error, sa.exc.DBAPIError, sa.exc.TimeoutError)

    def begin(self, dbapi: Any, writes: bool) -> None:
        # a read unit sees one moment, as it does on SQLite
        _command(dbapi, b"BEGIN" if writes else b"BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")

    def commit(self, dbapi: Any) -> None:
        _command(dbapi, b"COMMIT")

    def rollback(self, dbapi: Any) -> None:
        if dbapi.pgconn.transaction_status != TransactionStatus.IDLE:
            _command(dbapi, b"ROLLBACK")

    def plans(self, dbapi: Any) -> Plans:
        return Plans(dbapi)

    def insert_many(self, dbapi: Any, table: sa.Table, rows: Sequence[Mapping[str, Any]]) -> None:
        columns, found = self._columns_of(table, rows)
        quote = self.engine.dialect.identifier_preparer
        names = ", ".join(quote.format_column(column) for column in columns)
        values: list[Sequence[Any]] = []
        for column, given in zip(columns, found, strict=True):
            if isinstance(column.type, Json):  # COPY takes its text; the driver's wrapper costs ten times as much
                values.append([None if v is None else encode(v).decode() for v in given])
            else:
                values.append(given)
        with dbapi.cursor() as cursor, cursor.copy(f"COPY {quote.format_table(table)} ({names}) FROM STDIN") as copy:
            for row in zip(*values, strict=True):
                copy.write_row(row)

    def run_many(self, dbapi: Any, sql: str, params: Sequence[Any]) -> int:
        with dbapi.cursor() as cursor:
            cursor.executemany(sql, params)
            return int(cursor.rowcount)

    def trouble(self, error: BaseException) -> Problem | None:
        if isinstance(error, sa.exc.TimeoutError):
            return retry_after("BUSY", 1)
        origin = error.orig if isinstance(error, sa.exc.DBAPIError) else error
        if not isinstance(origin, psycopg.Error):
            return None
        state = origin.sqlstate
        if state in _BUSY or is_stale(origin):
            return retry_after("BUSY", 1)
        if state in _FULL:
            return retry_after("STORAGE_FULL", 30)
        if self.is_disconnect(error):
            return retry_after("DATABASE_AWAY", 5)
        return None

    def is_disconnect(self, error: BaseException) -> bool:
        origin = error.orig if isinstance(error, sa.exc.DBAPIError) else error
        if not isinstance(origin, psycopg.Error):
            return False
        state = origin.sqlstate
        if state is not None:
            return state in _AWAY or state.startswith("08")
        return isinstance(origin, (psycopg.OperationalError, psycopg.InterfaceError))

    def is_stale_plan(self, error: BaseException) -> bool:
        return isinstance(error, psycopg.Error) and is_stale(error)

    def findings(self, conn: sa.Connection) -> list[str]:
        invalid = "SELECT indexrelid::regclass::text FROM pg_index WHERE NOT indisvalid OR NOT indisready"
        found = [f"the index {row[0]} is not valid; run REINDEX" for row in conn.exec_driver_sql(invalid)]
        failed = "SELECT coalesce(checksum_failures, 0) FROM pg_stat_database WHERE datname = current_database()"
        count = conn.exec_driver_sql(failed).scalar_one()
        return [*found, f"{count} pages failed their checksum"] if count else found

    def column_types(self, conn: sa.Connection, table: str) -> dict[str, str]:
        query = sa.text(
            "SELECT a.attname, format_type(a.atttypid, a.atttypmod) FROM pg_attribute a "
            "JOIN pg_class c ON c.oid = a.attrelid WHERE c.relname = :name AND c.relkind = 'r' "
            "AND pg_table_is_visible(c.oid) AND a.attnum > 0 AND NOT a.attisdropped"
        )
        return {row[0]: plain_type(row[1]) for row in conn.execute(query, {"name": table})}

    def unique_violation(self, error: BaseException, conn: sa.Connection | None = None) -> str | None:
        origin = error.orig if isinstance(error, sa.exc.DBAPIError) else error
        return origin.diag.constraint_name if isinstance(origin, psycopg.errors.UniqueViolation) else None

    def lock_migrations(self, dbapi: Any, number: int) -> None:
        dbapi.execute(f"SELECT pg_advisory_xact_lock({number})")

    def limit_lock_wait(self, dbapi: Any, seconds: float) -> None:
        _command(dbapi, f"SET LOCAL lock_timeout = {int(seconds * 1000)}".encode())

    def unlimited_statements(self, dbapi: Any) -> None:
        _command(dbapi, b"SET LOCAL statement_timeout = 0")

    def facts(self, conn: sa.Connection) -> dict[str, Any]:
        size = conn.exec_driver_sql("SELECT pg_database_size(current_database())").scalar_one()
        return {"name": self.name, "size": int(size)}

    def after_load(self, conn: sa.Connection, table: str) -> None:
        conn.exec_driver_sql(
            f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), coalesce((SELECT max(id) FROM {table}), 1))"
        )

    def erase(self) -> None:
        with self.engine.begin() as conn:
            quote = self.engine.dialect.identifier_preparer.quote
            names = ", ".join(quote(name) for name in sa.inspect(conn).get_table_names())
            if names:
                conn.exec_driver_sql(f"DROP TABLE {names} CASCADE")

    def exact(self, value: Any, scale: int) -> Any:
        return Decimal(value)

    def exact_text(self, scale: int) -> Callable[[Any], Any]:
        if scale == 0:
            return lambda value: None if value is None else int(value)
        form = f".{scale}f"
        return lambda value: None if value is None else format(value, form)

    def pack(self, values: Sequence[str]) -> Any:
        return list(values)

    def is_one_of(self, column: Any, bind_name: str) -> sa.ColumnElement[bool]:
        return column == sa.any_(sa.bindparam(bind_name, type_=postgresql.ARRAY(sa.Text())))

    def folded(self, column: sa.ColumnElement[str]) -> sa.ColumnElement[str]:
        normal = sa.func.normalize(column, sa.literal_column("NFKC"), type_=sa.Text())
        upper: sa.ColumnElement[str] = sa.literal_column(f"'{UPPER}'")
        return sa.func.translate(normal, upper, sa.literal_column(f"'{LOWER}'"), type_=sa.Text())

    def json_has(self, col: sa.ColumnElement[Any], value: sa.ColumnElement[str]) -> sa.ColumnElement[bool]:
        return sa.func.coalesce(sa.type_coerce(col, postgresql.JSONB()).has_key(value), sa.false())

    def rescaled(self, expr: sa.ColumnElement[Any], have: int, want: int) -> sa.ColumnElement[Any]:
        return expr  # the column's own NUMERIC rounds

    def matches_words(self, table: sa.Table, bind_name: str) -> sa.ColumnElement[bool]:
        return fulltext.postgres_match(table, bind_name)

    def match_text(self, groups: Sequence[fulltext.Group]) -> str:
        return fulltext.postgres_query(groups)

    def insert(self, table: sa.Table) -> Any:
        return postgresql.insert(table)

    def skip_locked(self, select: sa.Select[Any]) -> sa.Select[Any]:
        return select.with_for_update(skip_locked=True)

    def for_update(self, select: sa.Select[Any]) -> sa.Select[Any]:
        return select.with_for_update()

    def json_array_agg(self, expr: sa.ColumnElement[Any]) -> sa.ColumnElement[Any]:
        # json, not jsonb: it keeps the order of keys
        return sa.func.coalesce(
            sa.func.json_agg(expr, type_=postgresql.JSON()),
            sa.literal_column("'[]'::json"),
            type_=postgresql.JSON(),
        )

    def json_array(self, *values: sa.ColumnElement[Any]) -> sa.ColumnElement[Any]:
        return sa.func.json_build_array(*values, type_=postgresql.JSON())

    def into_json(self, expr: sa.ColumnElement[Any]) -> sa.ColumnElement[Any]:
        # an exact number would become a floating one
        return sa.cast(expr, sa.Text()) if isinstance(expr.type, Decimal_) else expr

    def out_of_json(self, type_: Any) -> Callable[[Any], Any] | None:
        if isinstance(type_, Decimal_):
            return Decimal
        if isinstance(type_, Instant):
            return datetime.fromisoformat
        return date.fromisoformat if isinstance(type_, Day) else None

    def json_object(self, **pairs: sa.ColumnElement[Any]) -> sa.ColumnElement[Any]:
        parts: list[Any] = []
        for key, expr in pairs.items():
            if not key.replace("_", "").isalnum():
                raise ValueError(f"not a plain key: {key!r}")
            parts += [sa.literal_column(f"'{key}'"), expr]
        return sa.func.json_build_object(*parts, type_=postgresql.JSON())

    def json_contains_any(self, col: sa.ColumnElement[Any], values: Sequence[str]) -> sa.ColumnElement[bool]:
        if not values:
            return sa.false()
        return sa.func.coalesce(
            sa.type_coerce(col, postgresql.JSONB()).has_any(postgresql.array(list(values), type_=sa.Text())),
            sa.false(),
        )

    def json_contains_all(self, col: sa.ColumnElement[Any], values: Sequence[str]) -> sa.ColumnElement[bool]:
        if not values:
            return sa.true()
        return sa.func.coalesce(
            sa.type_coerce(col, postgresql.JSONB()).has_all(postgresql.array(list(values), type_=sa.Text())),
            sa.false(),
        )

    def local_date(self, expr: sa.ColumnElement[Any], zone_name: str) -> sa.ColumnElement[Any]:
        zone: sa.ColumnElement[str] = sa.literal_column(f"'{checked_zone(zone_name)}'")
        return sa.type_coerce(sa.cast(sa.func.timezone(zone, expr), sa.Date()), Day())

    def date_bucket(
        self, expr: sa.ColumnElement[Any], by: str, is_instant: bool, zone_name: str
    ) -> sa.ColumnElement[str]:
        if by not in BUCKETS:
            raise ValueError(f"unknown bucket {by!r}")
        day = self.local_date(expr, zone_name) if is_instant else expr
        pattern = {
            "day": "YYYY-MM-DD",
            "week": 'IYYY-"W"IW',
            "month": "YYYY-MM",
            "quarter": 'YYYY-"Q"Q',
            "year": "YYYY",
        }[by]
        return sa.func.to_char(day, sa.literal_column(f"'{pattern}'"), type_=sa.Text())

    def median(self, expr: sa.ColumnElement[Any]) -> sa.ColumnElement[Any]:
        # percentile_cont goes through double precision; the two discrete medians halved are exact
        scale = expr.type.scale if isinstance(expr.type, Decimal_) else 0
        half: sa.ColumnElement[Any] = sa.literal_column("0.5")
        low = sa.func.percentile_disc(half).within_group(expr.asc())
        high = sa.func.percentile_disc(half).within_group(expr.desc())
        number = sa.Numeric(30, scale + 1)
        total = sa.type_coerce(low, sa.Numeric()) + sa.type_coerce(high, sa.Numeric())
        return sa.type_coerce(sa.cast(total / sa.literal_column("2.0"), number), Decimal_(scale + 1))
