"""The totals under a list speak of the records that the list shows, a search included."""

from pathlib import Path

import pytest

from dealwright.foundation.clock import FixedClock
from dealwright.foundation.database import Database
from world import World


@pytest.fixture
def world(db: Database, clock: FixedClock, tmp_path: Path) -> World:
    return World(db, clock, tmp_path)


def totals(world: World, **body: object) -> dict[str, object]:
    asked = {"measures": [{"op": "count"}, {"op": "sum", "field": "amount"}], **body}
    found: dict[str, object] = world.admin.http.post("/records/opportunity/aggregate", asked).json()["rows"][0]
    return found


def test_totals_count_what_a_search_finds(world: World) -> None:
    world.opportunity(name="冷链车间能耗监测", amount="10.00")
    world.opportunity(name="冷却塔水质监测", amount="5.00")
    world.opportunity(name="刀具寿命预测", amount="7.00")

    assert totals(world, search="监测") == {"count": 2, "sum_amount": "15.00"}
    assert totals(world, search="监测", filter={"field": "amount", "op": "gt", "value": 6})["count"] == 1
    assert totals(world)["count"] == 3


def test_a_search_without_a_word_finds_nothing_in_list_and_totals(world: World) -> None:
    world.opportunity(name="冷链", amount="10.00")

    assert world.admin.http.get("/records/opportunity?search=%21%21").json()["records"] == []
    assert totals(world, search="!!")["count"] == 0
