"""Counts, sums, means by fields and times, equal to the same worked out in Python."""

import random
from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal
from statistics import median
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from world import World

BUCKETS = {
    "day": lambda d: d.isoformat(), "week": lambda d: "{}-W{:02}".format(*d.isocalendar()[:2]), "month": lambda d: f"{d:%Y-%m}",
    "quarter": lambda d: f"{d.year}-Q{(d.month + 2) // 3}", "year": lambda d: f"{d.year}",
}  # fmt: skip


def rows(world: World, body: Any, by: Any = None) -> Any:
    answer = (by or world.admin).http.post("/records/opportunity/aggregate", body)
    assert answer.status_code == 200, answer.text
    return answer.json()["rows"]


@pytest.fixture
def deals(world: World) -> list[dict[str, Any]]:
    """Forty deals of two sellers over fourteen months, some without amount, account or date."""
    dice = random.Random(7)
    accounts = {key: world.account(world.seller, industry=key).id for key in ("software", "food")}
    made = []
    zone = ZoneInfo("Asia/Shanghai")
    for _ in range(40):
        industry = dice.choice(["software", "food", None])
        amount = dice.choice([None, Decimal(dice.randrange(1, 10**6)) / 100])
        day = dice.choice([None, date(2025, 12, 28) + timedelta(days=dice.randrange(400))])
        who = dice.choice([world.seller, world.colleague]) if industry is None else world.seller
        world.opportunity(
            who, account=accounts.get(industry or ""), amount=None if amount is None else f"{amount:.2f}",
            close_date=day and day.isoformat(), probability=dice.choice([None, 10, 50]),
        )  # fmt: skip
        created = world.clock.now().astimezone(zone).date()
        made.append({"industry": industry, "amount": amount, "day": day, "created": created, "owner": who.id})
        world.clock.advance(hours=dice.randrange(1, 200))
    return made


def test_groups_and_measures_equal_what_python_works_out(world: World, deals: list[dict[str, Any]]) -> None:
    measures = [
        {"op": "count"},
        *({"op": op, "field": "amount"} for op in ("sum", "avg", "min", "max", "median", "distinct", "count")),
    ]
    found = {
        r["account.industry"]: r
        for r in rows(world, {"group_by": [{"field": "account.industry"}], "measures": measures})
    }
    groups: dict[Any, list[dict[str, Any]]] = defaultdict(list)
    for deal in deals:
        groups[deal["industry"]].append(deal)
    assert set(found) == set(groups)
    for key, members in groups.items():
        amounts = [m["amount"] for m in members if m["amount"] is not None]
        row = found[key]
        assert (row["count"], row["count_amount"], row["distinct_amount"]) == (
            len(members),
            len(amounts),
            len(set(amounts)),
        )
        assert Decimal(row["sum_amount"]) == sum(amounts)
        assert (Decimal(row["min_amount"]), Decimal(row["max_amount"])) == (min(amounts), max(amounts))
        assert abs(Decimal(row["avg_amount"]) - sum(amounts) / len(amounts)) < Decimal("0.0001")
        assert abs(Decimal(row["median_amount"]) - Decimal(median(amounts))) <= Decimal("0.001")


@pytest.mark.parametrize("by", sorted(BUCKETS))
def test_times_fall_into_the_days_of_the_workspace(world: World, deals: list[dict[str, Any]], by: str) -> None:
    for field, name in (("close_date", "day"), ("created_at", "created")):
        expected: dict[Any, int] = defaultdict(int)
        for deal in deals:
            expected[BUCKETS[by](deal[name]) if deal[name] else None] += 1
        found = rows(world, {"group_by": [{"field": field, "by": by}]})
        assert {r[f"{field}:{by}"]: r["count"] for r in found} == expected


def test_everybody_gets_the_figures_of_what_they_see(world: World, deals: list[dict[str, Any]]) -> None:
    mine = [d for d in deals if d["owner"] == world.seller.id]
    found = rows(world, {"measures": [{"op": "count"}, {"op": "sum", "field": "amount"}]}, world.seller)[0]
    assert found["count"] == len(mine) and Decimal(found["sum_amount"]) == sum(d["amount"] or 0 for d in mine)
    assert rows(world, {}, world.seller)[0]["count"] + rows(world, {}, world.colleague)[0]["count"] == len(deals)
    by_owner = rows(world, {"group_by": ["owner"]})
    assert {r["owner"]["label"]: r["count"] for r in by_owner} == {
        "Seller": len(mine),
        "Colleague": len(deals) - len(mine),
    }


BAD = [
    ({"group_by": [{"field": "nothing"}]}, "UNKNOWN_FIELD"), ({"group_by": [{"field": "account.secret_cost"}]}, "UNKNOWN_FIELD"),
    ({"group_by": [{"field": "name", "by": "month"}]}, "BAD_GROUP"), ({"group_by": [{"field": "created_at", "by": "hour"}]}, "BAD_GROUP"),
    ({"group_by": [{"field": "competitors"}]}, "BAD_GROUP"), ({"group_by": [5]}, "BAD_GROUP"), ({"group_by": "name"}, "BAD_GROUP"),
    ({"group_by": [{"field": "name", "by": []}]}, "BAD_GROUP"), ({"group_by": [{"field": {}}]}, "UNKNOWN_FIELD"),
    ({"group_by": ["name", "stage", "owner", "account"]}, "TOO_MANY"), ({"measures": [{"op": "sum", "field": "name"}]}, "UNKNOWN_MEASURE"),
    ({"measures": [{"op": "distinct", "field": "competitors"}]}, "UNKNOWN_MEASURE"), ({"measures": [{"op": []}]}, "UNKNOWN_MEASURE"),
    ({"measures": [{"op": "sum"}]}, "UNKNOWN_FIELD"), ({"measures": [{"op": "sum", "field": "account.secret_cost"}]}, "UNKNOWN_FIELD"),
    ({"measures": {}}, None), ({"measures": [{"op": "count", "field": "lines"}]}, "UNKNOWN_FIELD"), ({"limit": 0}, "LIMIT_RANGE"),
    ({"limit": True}, "LIMIT_RANGE"), ({"filter": []}, "BAD_FILTER"), ({"having": {}}, "UNKNOWN_PARAMETER"), ([], None),
]  # fmt: skip


def test_questions_that_make_no_sense_are_refused(world: World) -> None:
    world.opportunity(world.seller)
    for body, expected in BAD:
        answer = world.seller.http.post("/records/opportunity/aggregate", body)
        ok = body == {"measures": {}} and answer.status_code == 200
        assert ok or (answer.status_code == 422 and expected in (None, answer.json()["code"])), (body, answer.text)


def test_a_moment_near_midnight_belongs_to_the_workspaces_day(world: World) -> None:
    world.clock.advance(hours=13, minutes=59)  # 23:59 in Shanghai
    world.opportunity(world.seller)
    world.clock.advance(minutes=2)
    world.opportunity(world.seller)
    found = rows(world, {"group_by": [{"field": "created_at", "by": "day"}]})
    assert [r["created_at:day"] for r in found] == ["2026-11-24", "2026-11-25"]
