"""The unit of work: one connection, one transaction, one moment."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from dealwright.foundation.database.dialect import Dialect, Prepared
from dealwright.foundation.database.types import instant_text

if TYPE_CHECKING:
    from sqlalchemy.pool import PoolProxiedConnection

    from dealwright.foundation.database.engine import Database

# Units open in this context. A network call while it is not empty is a fault (S4); tests watch it.
_open: ContextVar[tuple["UnitOfWork", ...]] = ContextVar("dealwright_open_units", default=())


def unit_open() -> bool:
    """True while a unit of work is open in this thread or task."""
    return bool(_open.get())


class UnitOfWork:
    """One transaction. The edge (endpoint, worker, command) opens and commits it; everything inside takes it.

    `memo` keeps what is read once per unit, `statements` counts what was sent to the database, `now` stands still.
    """

    __slots__ = (
        "_after",
        "_conn",
        "_dbapi",
        "_fairy",
        "_plans",
        "_savepoints",
        "db",
        "dialect",
        "memo",
        "now",
        "statements",
        "writes",
    )

    def __init__(self, db: "Database", fairy: "PoolProxiedConnection", now: datetime, writes: bool) -> None:
        self.db = db
        self.dialect: Dialect = db.dialect
        self.now = now
        self.writes = writes
        self.memo: dict[str, Any] = {}
        self.statements = 0
        self._fairy = fairy
        self._dbapi: Any = fairy.dbapi_connection
        self._conn: sa.Connection | None = None
        self._after: list[Callable[[], None]] = []
        self._savepoints = 0
        self._plans: Any = None  # of the connection, once it is sure which model they are of; None where there are none

    @property
    def conn(self) -> sa.Connection:
        """SQLAlchemy's view of the same connection and transaction, made when first asked for."""
        if self._conn is None:
            self._conn = sa.Connection(self.db.engine, connection=self._fairy)
        return self._conn

    @property
    def now_text(self) -> str:
        """The unit's moment as stored text."""
        return instant_text(self.now)

    def raw(self, sql: str, params: Sequence[Any] | Mapping[str, Any] = ()) -> list[tuple[Any, ...]]:
        """Send prepared text past SQLAlchemy and return the bare rows ([] for statements without rows).

        `params` in the driver's style (`dialect.compile` gives both). Errors are the driver's own.
        """
        self.statements += 1
        cursor = self._dbapi.execute(sql, params)
        return cursor.fetchall() if cursor.description is not None else []

    def fetch(
        self, prepared: Prepared, values: Mapping[str, Any] | None = None, *, of_system: bool = False
    ) -> list[tuple[Any, ...]]:
        """Run a kept statement with values by bind name; bare rows as `raw`.

        of_system: it reads system tables only, so its plan holds whatever the model's version is.
        """
        self.statements += 1
        plans = self._connection_plans() if of_system else self._plans
        if plans is not None:
            rows: list[tuple[Any, ...]] = plans.fetch(prepared.sql, prepared.params(values))
            return rows
        cursor = self._dbapi.execute(prepared.sql, prepared.params(values))
        return cursor.fetchall() if cursor.description is not None else []

    def schema_is(self, version: int) -> None:
        """The model's version, as this unit's moment has it: plans made under another one are forgotten."""
        plans = self._connection_plans()
        if plans is not None:
            if plans.version != version:
                plans.drop(version)
            self._plans = plans

    def schema_changes(self) -> None:
        """From here on tables may change in this unit: its statements are planned anew each time."""
        self._plans = None

    def _connection_plans(self) -> Any:
        info = self._fairy.info
        plans = info.get("dw_plans")
        if plans is None:
            plans = info["dw_plans"] = self.dialect.plans(self._dbapi)
        return plans

    def limit_lock_wait(self, seconds: float) -> None:
        """From here on, wait at most so long for a lock on a table (where there are such locks), then 503 BUSY."""
        self.dialect.limit_lock_wait(self._dbapi, seconds)

    def insert_many(self, table: sa.Table, rows: Sequence[Mapping[str, Any]]) -> None:
        """Add rows by the fastest way the database has; what a row does not name is NULL.

        A column that no row names takes its default. Errors are the driver's own.
        """
        if rows:
            self.statements += 1
            self.dialect.insert_many(self._dbapi, table, rows)

    def run_many(self, prepared: Prepared, values: Sequence[Mapping[str, Any]]) -> int:
        """Run a kept UPDATE or DELETE once for each set of values; how many rows were hit in all."""
        self.statements += 1
        return self.dialect.run_many(self._dbapi, prepared.sql, [prepared.params(one) for one in values])

    def after_commit(self, fn: Callable[[], None]) -> None:
        """Run `fn` once the commit has succeeded; never after a rollback."""
        self._after.append(fn)

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        """What happens inside is undone alone when it raises; the exception goes on."""
        self._savepoints += 1
        name = f"dw_{self._savepoints}"
        self.raw(f"SAVEPOINT {name}")
        kept = len(self._after)
        try:
            yield
        except BaseException:
            del self._after[kept:]
            self.raw(f"ROLLBACK TO SAVEPOINT {name}")
            self.raw(f"RELEASE SAVEPOINT {name}")
            raise
        self.raw(f"RELEASE SAVEPOINT {name}")
