"""Which SQL the product sends for a request: the statements themselves and how many they are."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from starlette.testclient import TestClient

from bench.operations import Call
from dealwright import app as application
from dealwright.foundation.database import UnitOfWork
from dealwright.foundation.settings import load_settings


@dataclass
class Sent:
    """The statements of one request in their order: (text, driver parameters)."""

    statements: list[tuple[str, Any]] = field(default_factory=list)

    def question(self) -> tuple[str, Any]:
        """The statement that answers a read: the longest one (the others are the sign-in, and a look for an index to offer)."""
        asked = [one for one in self.statements if "pg_catalog" not in one[0]]
        return max(asked, key=lambda one: len(one[0]))


class Product:
    """The product inside this process, so that its statements can be listened to."""

    def __init__(self, env: dict[str, str]) -> None:
        self.app = application.create_app(load_settings({**env, "DEALWRIGHT_LOG_LEVEL": "error"}), worker=False)
        self.db = self.app.state.services.db
        self.client = TestClient(self.app)

    def ask(self, call: Call, token: str) -> Sent:
        """Send a call once to warm up and once to listen."""
        sent = Sent()
        headers = {"Authorization": f"Bearer {token}", **call.headers}
        with self._listening(sent):
            reply = self.client.request(call.method, call.path, json=call.body, headers=headers)
        if reply.status_code >= 300:
            raise RuntimeError(f"{call.method} {call.path}: {reply.status_code} {reply.text[:500]}")
        return sent

    @contextmanager
    def _listening(self, sent: Sent) -> Iterator[None]:
        raw, fetch = UnitOfWork.raw, UnitOfWork.fetch

        def heard_raw(uow: UnitOfWork, sql: str, params: Any = ()) -> Any:
            sent.statements.append((sql, params))
            return raw(uow, sql, params)

        def heard_fetch(uow: UnitOfWork, prepared: Any, values: Any = None, *, of_system: bool = False) -> Any:
            sent.statements.append((prepared.sql, prepared.params(values)))
            return fetch(uow, prepared, values, of_system=of_system)

        def heard_sa(_conn: Any, _cursor: Any, text: str, params: Any, _context: Any, _many: bool) -> None:
            sent.statements.append((text, params))

        UnitOfWork.raw, UnitOfWork.fetch = heard_raw, heard_fetch  # type: ignore[method-assign,assignment]
        sa.event.listen(self.db.engine, "before_cursor_execute", heard_sa)
        try:
            yield
        finally:
            UnitOfWork.raw, UnitOfWork.fetch = raw, fetch  # type: ignore[method-assign]
            sa.event.remove(self.db.engine, "before_cursor_execute", heard_sa)

    def close(self) -> None:
        """Give the database back."""
        self.db.close()


def plan_of(product: Product, statement: tuple[str, Any]) -> list[str]:
    """The database's plan of a statement."""
    sql, params = statement
    with product.db.read() as uow:
        if uow.dialect.is_sqlite:
            return [str(row[3]) for row in uow.raw(f"EXPLAIN QUERY PLAN {sql}", params)]
        return [
            str(row[0]) for row in uow.raw(f"EXPLAIN (ANALYZE, TIMING OFF, SUMMARY OFF, BUFFERS OFF) {sql}", params)
        ]
