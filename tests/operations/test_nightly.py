"""What happens every night by itself: by the clocks of the workspace, and nothing that is still needed is forgotten."""

from __future__ import annotations

import sqlalchemy as sa

from dealwright.access.defaults import default_roles
from dealwright.foundation.clock import FixedClock
from dealwright.foundation.database import state_of
from dealwright.foundation.outbox import dw_schedule
from dealwright.model import schema_of
from dealwright.operations import nightly
from dealwright.people import invitations, service
from dealwright.people.tables import dw_invitation
from support.desk import Desk
from world import World
from world_objects import one

WORKSPACE = {"name": "Acme", "locale": "en", "time_zone": "America/New_York", "currency": "CNY"}
ADMIN = {"name": "Ann", "email": "ann@example.com", "password_hash": "of something"}


def test_the_nights_are_those_of_the_place_that_the_set_up_names(world: World) -> None:
    nightly.plan(world.db)  # as the first start does, before anybody has said where the workspace is
    with world.db.read() as uow:
        assert state_of(uow).workspace.time_zone != WORKSPACE["time_zone"]

    with world.db.write() as uow:
        service.set_up(uow, WORKSPACE, ADMIN, None, lambda *_: None, default_roles)

    with world.db.read() as uow:
        zones = {row.zone for row in uow.conn.execute(sa.select(dw_schedule.c.zone))}
    assert zones == {WORKSPACE["time_zone"]}


def test_a_total_over_the_last_days_moves_on_while_nobody_saves(world: World, clock: FixedClock) -> None:
    week = {"field": "created_at", "op": "in_period", "value": {"period": "last_n_days", "n": 7}}
    fresh = one("fresh", "roll_up", object="payment", relation="account", op="count", where=week)
    assert world.admin.http.post("/objects/account/fields", fresh).status_code == 201
    account = world.account()
    world.made("payment", account=account.id, amount="5")
    assert world.read(account)["fresh"] == 1
    with world.db.read() as uow:
        assert "fresh" in {field.key for field in nightly.dated_fields(schema_of(uow))}

    clock.advance(days=9)
    assert world.read(account)["fresh"] == 1  # stored, and nobody has touched it
    assert "account.fresh" in nightly.move_dates(world.db)

    assert world.read(account)["fresh"] == 0


def test_links_that_have_ended_are_forgotten_and_those_that_work_stay(world: World, clock: FixedClock) -> None:
    first, second = world.seller, world.colleague
    with world.db.write() as uow:
        for person in (first, second):
            service.change_user(uow, person.id, {"status": "invited"})
        invitations.invite(uow, first.id)
    clock.advance(days=8)
    with world.db.write() as uow:
        invitations.invite(uow, second.id)

    with world.db.write() as uow:
        gone = nightly.forget(uow)

    assert gone["invitations"] == 1
    with world.db.read() as uow:
        assert uow.conn.execute(sa.select(dw_invitation.c.user_id)).scalars().all() == [second.id]


def test_every_start_of_a_worker_finds_the_nights_planned(desk: Desk) -> None:
    nightly.plan(desk.db)
    nightly.plan(desk.db)
    names = [row[0] for row in desk.ask(sa.select(dw_schedule.c.name).order_by(dw_schedule.c.name))]
    assert names == sorted({nightly.DATES, nightly.PURGE})
