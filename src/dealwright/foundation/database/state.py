"""The workspace's state row: versions that caches are keyed by, and what the company set about itself."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import msgspec
import sqlalchemy as sa

from dealwright.foundation.database.tables import dw_state
from dealwright.foundation.database.unit import UnitOfWork


@dataclass(frozen=True)
class Workspace:
    """What the company set about itself. `time_zone` is an IANA name, `currency` an ISO 4217 code."""

    name: str = ""
    locale: str = "zh-CN"
    time_zone: str = "Asia/Shanghai"
    currency: str = "CNY"
    fiscal_start_month: int = 1
    extra: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class State:
    """The state row: `schema_version` and `rights_epoch` rise with every change of definitions or rights."""

    schema_version: int
    rights_epoch: int
    workspace: Workspace


_KNOWN = ("name", "locale", "time_zone", "currency", "fiscal_start_month")
_cached: dict[Any, Workspace] = {}
_SQL = "SELECT schema_version, rights_epoch, workspace FROM dw_state WHERE id = 1"


def workspace_of(raw: str | Mapping[str, Any]) -> Workspace:
    """The workspace of the stored JSON (text on SQLite, an object on PostgreSQL)."""
    stored = msgspec.json.decode(raw) if isinstance(raw, (str, bytes)) else raw
    known = {key: stored[key] for key in _KNOWN if stored.get(key) is not None}
    return Workspace(**known, extra={key: value for key, value in stored.items() if key not in _KNOWN})


def state_from(schema_version: int, rights_epoch: int, workspace: str | Mapping[str, Any]) -> State:
    """The state of a row that another statement has read along."""
    return State(schema_version, rights_epoch, workspace_of(workspace))


def state_of(uow: UnitOfWork) -> State:
    """The state, read once per unit (memo key "state")."""
    state: State | None = uow.memo.get("state")
    if state is None:
        rows = uow.raw(_SQL)
        state = state_from(*rows[0])
        note_state(uow, state)
    return state


def note_state(uow: UnitOfWork, state: State) -> None:
    """Keep for the unit the state that it has read, and tell it which model the tables are of."""
    uow.memo["state"] = state
    if not uow.memo.get("bumped"):
        uow.schema_is(state.schema_version)


def bump(uow: UnitOfWork, what: Literal["schema_version", "rights_epoch"]) -> int:
    """Raise a version by one and return it; every process sees it at its next unit of work."""
    column = dw_state.c[what]
    uow.schema_changes()
    value = uow.conn.execute(
        sa.update(dw_state).where(dw_state.c.id == 1).values({what: column + 1}).returning(column)
    ).scalar_one()
    uow.memo.pop("state", None)
    uow.memo["bumped"] = True  # what is read from now on is not committed: no cache may keep it
    return int(value)


def save_workspace(uow: UnitOfWork, workspace: Workspace) -> None:
    """Store the workspace's settings."""
    stored = {key: getattr(workspace, key) for key in _KNOWN} | dict(workspace.extra)
    uow.conn.execute(sa.update(dw_state).where(dw_state.c.id == 1).values(workspace=stored))
    uow.memo.pop("state", None)
