"""Opening the database: engine, pool, units of work, and what a database in trouble answers."""

import random
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import sqlalchemy as sa
import structlog
from sqlalchemy.pool import QueuePool

from dealwright.foundation.clock import Clock, SystemClock
from dealwright.foundation.database import sqlite
from dealwright.foundation.database.dialect import Dialect, retry_after
from dealwright.foundation.database.unit import UnitOfWork, _open
from dealwright.foundation.errors import Problem
from dealwright.foundation.jsonout import encode

T = TypeVar("T")
log = structlog.get_logger("dealwright.database")
_UNIT = "dw_unit"  # key in the pooled connection's info: the unit that holds it


def _json_text(value: Any) -> str:
    return encode(value).decode()


class Database:
    """One database: `read()`, `write()` and `ddl()` open units of work, `migrate()` brings the system tables up."""

    def __init__(
        self,
        url: str,
        clock: Clock | None = None,
        *,
        pool_size: int = 8,
        pool_timeout_s: float = 5.0,
        statement_timeout_s: float = 30.0,
        lock_timeout_s: float = 5.0,
    ) -> None:
        self.clock: Clock = clock or SystemClock()
        self.url = sa.make_url(url)
        self.key = str(self.url)  # what caches of this process know the database by; rendering it costs 20 µs
        backend = self.url.get_backend_name()
        common: dict[str, Any] = {
            "poolclass": QueuePool,
            "pool_size": pool_size,
            "max_overflow": pool_size,
            "pool_timeout": pool_timeout_s,
            "pool_use_lifo": True,
            "json_serializer": _json_text,
        }
        self.dialect: Dialect
        if backend == "sqlite":
            if self.url.database and self.url.database != ":memory:":
                Path(self.url.database).parent.mkdir(parents=True, exist_ok=True)
            arguments: dict[str, Any] = {"check_same_thread": False, "timeout": sqlite.BUSY_TIMEOUT_S}
            self.engine = sa.create_engine(self.url, connect_args=arguments, **common)
            self.dialect = sqlite.SqliteDialect(self.engine)
        elif backend == "postgresql":
            from dealwright.foundation.database import postgresql  # its driver is a twentieth of a start

            options = (
                f"-c timezone=UTC -c statement_timeout={int(statement_timeout_s * 1000)} "
                f"-c lock_timeout={int(lock_timeout_s * 1000)} -c jit=off "
                # joins are written in the order in which they pay; trying others took 1.6 of 2.9 ms to plan one record
                "-c join_collapse_limit=1"
            )
            arguments = {
                "prepare_threshold": None,  # kept statements have plans of ours, which end with the model (postgresql_plans.py)
                "options": options,
                "autocommit": True,
                "connect_timeout": 5,
                "application_name": "dealwright",
            }
            self.engine = sa.create_engine(self.url, connect_args=arguments, **common)
            self.dialect = postgresql.PostgresDialect(self.engine)
        else:
            raise ValueError(f"unknown database {backend!r}")
        # SQLite has one writer; waiting in line in the process is fairer and cheaper than its busy handler
        self._write_lock = threading.Lock() if backend == "sqlite" else None
        self._write_wait_s = sqlite.BUSY_TIMEOUT_S
        self._listen()

    def _listen(self) -> None:
        dialect = self.dialect

        @sa.event.listens_for(self.engine, "connect")
        def on_connect(dbapi: Any, _record: Any) -> None:
            if isinstance(dbapi, sqlite3.Connection):
                sqlite.prepare_connection(dbapi)

        @sa.event.listens_for(self.engine, "begin")
        def on_begin(conn: sa.Connection) -> None:
            # the driver is in autocommit; a unit has sent its own BEGIN already
            if _UNIT not in conn.info:
                dialect.begin(conn.connection.dbapi_connection, writes=True)

        @sa.event.listens_for(self.engine, "before_cursor_execute")
        def on_execute(conn: sa.Connection, _c: Any, _s: str, _p: Any, context: Any, _many: bool) -> None:
            unit: UnitOfWork | None = conn.info.get(_UNIT)
            if unit is None:
                return
            unit.statements += 1
            if not unit.writes and context is not None and (context.isinsert or context.isupdate or context.isdelete):
                raise RuntimeError("a read unit of work cannot write; open it with db.write()")

    # ---- units

    @contextmanager
    def read(self) -> Iterator[UnitOfWork]:
        """A unit that sees one moment of the database and writes nothing."""
        unit = self._open(writes=False)
        yield from self._run(unit)

    @contextmanager
    def write(self) -> Iterator[UnitOfWork]:
        """A unit that commits at the end and rolls back on any exception.

        Raises Problem(503) BUSY, STORAGE_FULL or DATABASE_AWAY with Retry-After.
        """
        if any(unit.writes and unit.db is self for unit in _open.get()):
            raise RuntimeError("a write unit of work is open already in this context")
        lock = self._write_lock
        if lock is not None and not lock.acquire(timeout=self._write_wait_s):
            raise retry_after("BUSY", 1)
        try:
            unit = self._open(writes=True)
            yield from self._run(unit)
        finally:
            if lock is not None:
                lock.release()
        for fn in unit._after:
            try:
                fn()
            except Exception:
                log.exception("after_commit_failed")

    @contextmanager
    def ddl(self, lock_timeout_s: float = 2.0) -> Iterator[UnitOfWork]:
        """A write unit for changes of tables; on PostgreSQL it gives up soon on a lock (use `run_ddl` to retry)."""
        with self.write() as unit:
            unit.limit_lock_wait(lock_timeout_s)
            self.dialect.unlimited_statements(unit._dbapi)
            yield unit

    def run_ddl(self, fn: Callable[[UnitOfWork], T], *, attempts: int = 6, first_delay_s: float = 0.1) -> T:
        """Run `fn` in a DDL unit, again with a doubling delay while the tables are in use. Raises the last BUSY."""
        for attempt in range(attempts):
            try:
                with self.ddl() as unit:
                    return fn(unit)
            except Problem as problem:
                if problem.code != "BUSY" or attempt == attempts - 1:
                    raise
            time.sleep(first_delay_s * 2**attempt * (0.75 + random.random() / 2))
        raise AssertionError("unreachable")

    def _open(self, writes: bool) -> UnitOfWork:
        """Take a connection and begin. A connection that died in the pool is replaced once, unseen."""
        for attempt in (0, 1):
            fairy = None
            try:
                fairy = self.engine.raw_connection()
                self.dialect.begin(fairy.dbapi_connection, writes)
            except self.dialect.driver_errors as error:
                lost = self.dialect.is_disconnect(error)
                if fairy is not None:
                    if lost:
                        fairy.invalidate(error)
                        self.engine.dispose()
                    fairy.close()
                    if lost and attempt == 0:
                        continue
                problem = self.dialect.trouble(error)
                if problem is None:
                    raise
                raise problem from error
            unit = UnitOfWork(self, fairy, self.clock.now(), writes)
            fairy.info[_UNIT] = unit
            return unit
        raise AssertionError("unreachable")

    def _run(self, unit: UnitOfWork) -> Iterator[UnitOfWork]:
        token = _open.set((*_open.get(), unit))
        try:
            try:
                yield unit
                self.dialect.commit(unit._dbapi)
            except BaseException as error:
                self._roll_back(unit, error)
                problem = self.dialect.trouble(error) if isinstance(error, self.dialect.driver_errors) else None
                if problem is not None:
                    log.warning("database_in_trouble", code=problem.code, error=str(error)[:300])
                    raise problem from error
                raise
        finally:
            _open.reset(token)
            self._release(unit)

    def _roll_back(self, unit: UnitOfWork, error: BaseException) -> None:
        try:
            self.dialect.rollback(unit._dbapi)
        except self.dialect.driver_errors as second:
            error = second
        if self.dialect.is_disconnect(error):
            if unit._fairy.is_valid:  # SQLAlchemy may have done it already
                unit._fairy.invalidate(error)
            self.engine.dispose()  # its fellows in the pool went the same way
        elif self.dialect.is_stale_plan(error):
            unit._fairy.info["dw_plans"].drop()

    def _release(self, unit: UnitOfWork) -> None:
        if unit._fairy.is_valid:
            unit._fairy.info.pop(_UNIT, None)
        if unit._conn is not None:
            unit._conn.close()
        else:
            unit._fairy.close()

    def erase(self) -> None:
        """Drop every table there is, for good; `migrate` begins anew."""
        self.dialect.erase()
        self.engine.dispose()

    def close(self) -> None:
        """Close the pool."""
        self.engine.dispose()

    def migrate(self) -> None:
        """Bring the system tables up to this release."""
        from dealwright.foundation.database.current import is_current

        if is_current(self):
            return
        from dealwright.foundation.database.migrate import migrate  # Alembic is a tenth of a start

        migrate(self)
