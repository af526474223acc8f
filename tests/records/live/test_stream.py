"""The live stream: who is told what, what happens after a break, and that nobody is kept who should not be.

The hub is turned by hand here; `tests/flows/test_live_server.py` looks at the real server.
"""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from dealwright.foundation.database import touch
from dealwright.foundation.errors import Problem
from dealwright.people import roles, sessions
from dealwright.people.tables import dw_api_token, dw_user
from dealwright.records.live import Connection, Hub, tail
from dealwright.records.live import hub as hubs
from world import Person, World


class Listener:
    """Somebody's open stream."""

    def __init__(self, hub: Hub, world: World, person: Person, last: str | None = None) -> None:
        with world.db.write() as uow:
            _, secret = sessions.create_token(uow, person.id, "stream", None)
        self.hub, self.secret = hub, secret
        self.connection = Connection(sessions.Credentials(secret, False), person.id, last)
        hub.join(self.connection, alone=True)

    def hears(self) -> list[tuple[Any, ...]]:
        """(kind, record) of each record event, (object,) of each `changed`, since the last call."""
        self.hub.turn()
        return [
            (event.data["kind"], event.data["id"]) if event.name == "record" else (event.data["object"],)
            for event in self.connection.take()
        ]


@pytest.fixture
def hub(world: World) -> Hub:
    return Hub(world.db)


def listen(hub: Hub, world: World, person: Person) -> Listener:
    """A stream on which all that was before has been heard."""
    listener = Listener(hub, world, person)
    listener.hears()
    listener.hears()
    return listener


def test_a_save_is_heard_once_with_its_version_and_who_made_it(world: World, hub: Hub) -> None:
    listener = listen(hub, world, world.manager)
    account = world.account(by=world.seller)

    hub.turn()
    (event,) = listener.connection.take()

    by = {"id": world.seller.id, "label": "Seller"}
    assert event.data == {"object": "account", "id": account.id, "version": 1, "kind": "create", "by": by}
    assert listener.hears() == []


def test_every_kind_of_change_is_told(world: World, hub: Hub) -> None:
    listener = listen(hub, world, world.manager)
    account = world.account(by=world.seller)
    assert listener.hears() == [("create", account.id)]
    changed = world.manager.patch(account, name="Other").record
    assert listener.hears() == [("update", account.id)]
    assert world.admin.delete(changed).status == 200
    assert listener.hears() == [("delete", account.id)]
    assert world.admin.restore(changed).status == 200
    assert listener.hears() == [("restore", account.id)]


def test_no_event_holds_a_value_of_a_field(world: World, hub: Hub) -> None:
    listener = listen(hub, world, world.manager)
    world.account(by=world.seller, name="Zebra Canary")

    hub.turn()

    assert b"Zebra" not in b"".join(event.wire() for event in listener.connection.take())


def test_a_record_out_of_sight_is_not_told_and_one_in_sight_is(world: World, hub: Hub) -> None:
    stranger, owner = listen(hub, world, world.colleague), listen(hub, world, world.seller)
    account = world.account(by=world.seller)

    assert owner.hears() == [("create", account.id)]
    assert stranger.connection.take() == []
    assert world.admin.delete(account).status == 200
    assert owner.hears() == [("delete", account.id)]
    assert stranger.connection.take() == []


def test_a_record_that_was_given_away_is_gone_for_its_former_owner_only(world: World, hub: Hub) -> None:
    account = world.account(by=world.seller)
    third = world.person("third", "salesperson", team=world.other_team)
    former, others = listen(hub, world, world.seller), listen(hub, world, third)

    assert world.admin.patch(account, owner=world.colleague.id).status == 200

    assert former.hears() == [("gone", account.id)]
    assert others.connection.take() == []


def test_very_many_changes_are_told_as_one_by_their_object(
    world: World, hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tail, "MOST_SINGLY", 3)
    listener = listen(hub, world, world.manager)
    account = world.account(by=world.seller)
    for _ in range(4):
        world.opportunity(by=world.seller)

    assert listener.hears() == [("create", account.id), ("opportunity",)]


def test_more_rows_than_one_look_reads_are_told_by_their_object(
    world: World, hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    listener = listen(hub, world, world.manager)
    monkeypatch.setattr(tail, "MOST_ROWS", 3)
    for _ in range(5):
        world.opportunity(by=world.seller)

    assert listener.hears() == [("opportunity",)]
    assert listener.hears() == []
    account = world.account(by=world.seller)
    assert listener.hears() == [("create", account.id)]


def test_a_save_that_commits_long_after_its_id_was_made_is_not_lost(
    world: World, hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    listener = listen(hub, world, world.manager)
    world.account(by=world.seller)
    monkeypatch.setattr(hub._tail, "_floor", "ffffffff-0000-7000-8000-000000000000")

    assert listener.hears() == [("account",)]


def test_a_change_of_who_sees_what_tells_readers_to_ask_again(world: World, hub: Hub) -> None:
    listener = listen(hub, world, world.colleague)
    with world.db.write() as uow:
        touch(uow, "account")  # as sharing does

    assert listener.hears() == [("account",)]


def test_after_a_break_a_reader_hears_what_was_missed(world: World, hub: Hub) -> None:
    first = listen(hub, world, world.manager)
    world.account(by=world.seller)
    hub.turn()
    last = first.connection.take()[-1].id
    hub.leave(first.connection)
    missed = world.opportunity(by=world.seller)

    again = Listener(hub, world, world.manager, last)

    assert ("create", missed.id) in again.hears()
    assert again.hears() == []


def test_after_a_long_break_every_object_is_to_be_asked_again(world: World, hub: Hub) -> None:
    again = Listener(hub, world, world.manager, tail.id_at(0))

    heard = again.hears()

    assert ("account",) in heard and ("opportunity",) in heard


@pytest.mark.parametrize("ending", ["token", "person"])
def test_a_reader_whose_session_has_ended_is_let_go_and_told_nothing(world: World, hub: Hub, ending: str) -> None:
    listener = listen(hub, world, world.manager)
    with world.db.write() as uow:
        if ending == "token":
            hashed = sessions.digest(listener.secret)
            uow.conn.execute(sa.delete(dw_api_token).where(dw_api_token.c.token_hash == hashed))
        else:
            mine = dw_user.c.id == world.manager.id
            uow.conn.execute(sa.update(dw_user).where(mine).values(status="disabled"))
    world.account(by=world.seller)

    assert listener.hears() == []
    assert listener.connection.ended


def test_a_session_that_ended_is_noticed_though_nothing_happens(
    world: World, hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    listener = listen(hub, world, world.manager)
    with world.db.write() as uow:
        uow.conn.execute(sa.delete(dw_api_token).where(dw_api_token.c.token_hash == sessions.digest(listener.secret)))
    listener.hears()
    assert not listener.connection.ended
    monkeypatch.setattr(hubs, "CHECK_EVERY_S", 0.0)
    listener.hears()
    assert listener.connection.ended


def test_a_narrowed_right_holds_for_the_very_next_event(world: World, hub: Hub) -> None:
    listener = listen(hub, world, world.manager)
    with world.db.write() as uow:
        roles.set_roles(uow, world.manager.id, ["salesperson"])
    world.account(by=world.colleague)

    assert listener.hears() == []


def test_a_reader_who_takes_nothing_is_let_go(world: World, hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hubs, "MOST_WAITING", 2)
    slow, quick = listen(hub, world, world.manager), listen(hub, world, world.admin)
    for _ in range(3):
        world.account(by=world.seller)
        hub.turn()
        quick.connection.take()

    assert slow.connection.ended and not quick.connection.ended


def test_one_person_may_have_so_many_streams_and_no_more(world: World, hub: Hub) -> None:
    for _ in range(hubs.MOST_OF_ONE_USER):
        hub.admit(world.seller.id)
        Listener(hub, world, world.seller)

    with pytest.raises(Problem) as refused:
        hub.admit(world.seller.id)

    assert (refused.value.status, refused.value.code) == (429, "TOO_MANY_STREAMS")
    hub.admit(world.manager.id)


def test_nothing_is_asked_while_nobody_listens_and_little_while_nothing_happens(world: World, hub: Hub) -> None:
    listener = listen(hub, world, world.manager)
    asked: list[int] = []
    original = world.db.read

    def counted() -> Any:
        asked.append(1)
        return original()

    world.db.read = counted  # type: ignore[method-assign]
    try:
        hub.turn()
        assert len(asked) == 1  # one unit with one statement
        hub.leave(listener.connection)
        hub.turn()
        assert len(asked) == 1
    finally:
        world.db.read = original  # type: ignore[method-assign]
