"""Making the sample company, and taking it away again. A workspace that is not one is never touched."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import sqlalchemy as sa

from dealwright.demo import words
from dealwright.demo.dice import ZONE
from dealwright.demo.history import SPAN_DAYS, history
from dealwright.demo.playing import Player, Progress
from dealwright.foundation.clock import FixedClock
from dealwright.foundation.database import Database, UnitOfWork, save_workspace, state_of
from dealwright.foundation.database.tables import dw_state
from dealwright.foundation.errors import Problem
from dealwright.foundation.services import Services
from dealwright.people import hashing
from dealwright.people import service as people
from dealwright.people.actors import actor_of
from dealwright.people.shapes import Actor

PASSWORD = "chenghu-demo"
STARTER = "sales"


@dataclass(frozen=True)
class DemoState:
    """What a sample company says of itself: whether it is whole, the day it was made for, and from what."""

    ready: bool
    day: date
    seed: int
    scale: float


def demo_state(services: Services) -> DemoState | None:
    """The sample company in this database; None when the workspace is another one, or empty."""
    with services.db.read() as uow:
        stored = state_of(uow).workspace.extra.get("demo")
    if not isinstance(stored, Mapping):
        return None
    day = date.fromisoformat(stored["day"])
    return DemoState(stored["state"] == "ready", day, int(stored["seed"]), float(stored["scale"]))


def make(services: Services, progress: Progress, *, seed: int = 7, scale: float = 1.0) -> int:
    """Fill an empty database; the number of saves. 409 DEMO_NOT_EMPTY, DEMO_HALF_MADE after an interruption."""
    state = demo_state(services)
    if state is not None:
        raise Problem(409, "DEMO_READY" if state.ready else "DEMO_HALF_MADE")
    today = services.clock.now().astimezone(ZONE).date()
    begins = datetime.combine(today - timedelta(days=SPAN_DAYS), time(7, 30), ZONE).astimezone(UTC)
    clock = FixedClock(begins)
    db = Database(str(services.settings.database_url), clock)
    try:
        password_hash = hashing.hashed(PASSWORD)  # one for all twelve, and before the transaction
        with db.write() as uow:
            if not people.is_needed(uow):
                raise Problem(409, "DEMO_NOT_EMPTY")
            numbers = _people(uow, services, password_hash)
            _mark(uow, "making", today, seed, scale)
        with db.read() as uow:
            actors = {number: _actor(uow, user_id) for number, user_id in numbers.items()}
        events = history(today, seed, scale)
        saved = Player(db, clock, services.extras["write_path"], actors).play(events, progress)
        clock.set(services.clock.now())
        with db.write() as uow:
            _mark(uow, "ready", today, seed, scale)
        return saved
    finally:
        db.close()


def reset(services: Services) -> None:
    """Empty a sample company's database and files. 409 DEMO_FOREIGN for any other workspace."""
    with services.db.read() as uow:
        before = state_of(uow)
        is_empty = people.is_needed(uow)
    if demo_state(services) is None:
        if is_empty:
            return
        raise Problem(409, "DEMO_FOREIGN")
    services.db.erase()
    services.db.migrate()
    with services.db.write() as uow:
        # the versions go on: what a process keeps of the old company must not pass for the new one's
        versions = {"schema_version": before.schema_version + 1, "rights_epoch": before.rights_epoch + 1}
        uow.conn.execute(sa.update(dw_state).values(versions))
    shutil.rmtree(services.extras["files"].root, ignore_errors=True)


def _people(uow: UnitOfWork, services: Services, password_hash: str) -> dict[int, str]:
    """The workspace with its twelve people and three teams; user ids by number."""
    first = words.PEOPLE[0]
    workspace = {"name": words.COMPANY, "locale": "zh-CN", "time_zone": str(ZONE), "currency": "CNY"}
    admin = {"name": first.name, "email": first.email, "password_hash": password_hash}
    extras = services.extras
    people.set_up(uow, workspace, admin, STARTER, extras["apply_starter"], extras["default_roles"])
    numbers = {1: _id_of(uow, first.email)}
    for number, one in enumerate(words.PEOPLE[1:], 2):
        numbers[number] = people.create_user(
            uow, one.email, one.name, password_hash=password_hash, role_keys=[one.role], locale="zh-CN"
        )
    for place, name in enumerate(words.TEAMS):
        members = [number for number, one in enumerate(words.PEOPLE, 1) if one.team == place]
        leader = next(number for number in members if words.PEOPLE[number - 1].role == "sales_manager")
        team = people.create_team(uow, name, manager_id=numbers[leader])
        for number in members:
            people.set_teams(uow, numbers[number], [team])
    return numbers


def _id_of(uow: UnitOfWork, email: str) -> str:
    from dealwright.people.tables import dw_user

    return str(uow.conn.execute(sa.select(dw_user.c.id).where(dw_user.c.email == email)).scalar_one())


def _actor(uow: UnitOfWork, user_id: str) -> Actor:
    """A person as the one who writes. Rights are not asked: the story is not bound by the grants of today."""
    return replace(actor_of(uow, user_id), kind="automation")


def _mark(uow: UnitOfWork, state: str, day: date, seed: int, scale: float) -> None:
    workspace = state_of(uow).workspace
    demo: dict[str, Any] = {"state": state, "day": day.isoformat(), "seed": seed, "scale": scale}
    save_workspace(uow, replace(workspace, extra={**workspace.extra, "demo": demo}))
