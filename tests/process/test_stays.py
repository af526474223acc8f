"""How long records usually stay in a stage: the median of finished visits, of the records that the reader sees."""

from typing import Any

import pytest

from world import World


def stays(person: Any, more: str = "") -> dict[str, tuple[float | None, int]]:
    reply = person.http.get(f"/records/opportunity/stays{more}")
    assert reply.status_code == 200, reply.text
    return {row["stage"]: (row["median_days"], row["visits"]) for row in reply.json()["stages"]}


def passed(world: World, person: Any, days: int) -> None:
    """A deal that has left its first stage after so many days."""
    deal = world.opportunity(person)
    world.clock.advance(days=days)  # type: ignore[attr-defined]
    account = world.account(person)
    assert world.system.patch(deal, stage="qualified", account=account.id).status < 300


def test_the_median_is_of_finished_visits_and_of_no_fewer_than_five(world: World) -> None:
    for days in (2, 4, 30, 6):
        passed(world, world.admin, days)
    assert stays(world.admin)["lead"] == (None, 4)
    passed(world, world.admin, 9)
    assert stays(world.admin)["lead"] == (6.0, 5)
    assert stays(world.admin)["qualified"] == (None, 0)  # the five stand there still


def test_deals_out_of_sight_do_not_count(world: World) -> None:
    for days in (1, 2, 3, 4, 5):
        passed(world, world.admin, days)
    assert stays(world.admin)["lead"] == (3.0, 5)
    assert stays(world.seller)["lead"] == (None, 0)


def test_an_object_or_process_that_is_not_there(world: World) -> None:
    assert world.admin.http.get("/records/account/stays").status_code == 404
    assert world.admin.http.get("/records/nothing/stays").status_code == 404
    assert world.admin.http.get("/records/opportunity/stays?pipeline=nothing").status_code == 404


def test_only_the_newest_visits_of_a_stage_are_asked(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dealwright.process.stays.MOST", 5)
    for days in (90, 90, 90, 1, 2, 3, 4, 5):
        passed(world, world.admin, days)
    assert stays(world.admin)["lead"] == (3.0, 5)
