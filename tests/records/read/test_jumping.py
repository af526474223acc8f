"""Jumping into the middle of a list, and which condition of a filter removes most."""

import json
from urllib.parse import quote

import pytest

from world import World


def names(world: World, query: str) -> list[str]:
    body = world.seller.http.get(f"/records/account?sort=name&fields=name&{query}").json()
    return [record["name"] for record in body["records"]]


def test_a_list_can_be_entered_anywhere_and_gone_on_from_there(world: World) -> None:
    for n in range(7):
        world.account(world.seller, name=f"Account {n}")

    assert names(world, "limit=2&offset=3") == ["Account 3", "Account 4"]
    assert names(world, "limit=2&offset=7") == []
    page = world.seller.http.get("/records/account?sort=name&fields=name&limit=2&offset=3").json()
    assert names(world, f"limit=2&cursor={page['next']}") == ["Account 5", "Account 6"]


@pytest.mark.parametrize(
    "query", ["offset=-1", "offset=1e3", "offset=1000001", "offset=999999999999", "offset=x", "offset=٣"]
)
def test_an_offset_that_makes_no_sense_is_refused(world: World, query: str) -> None:
    assert world.seller.http.get(f"/records/account?{quote(query, safe='=')}").json()["code"] == "OFFSET_RANGE"


def test_an_offset_does_not_go_with_a_cursor(world: World) -> None:
    for _ in range(2):
        world.account(world.seller)
    cursor = world.seller.http.get("/records/account?limit=1").json()["next"]
    assert world.seller.http.get(f"/records/account?cursor={cursor}&offset=1").json()["code"] == "OFFSET_RANGE"


def test_each_condition_tells_how_many_there_would_be_without_it(world: World) -> None:
    for industry, phone in (("food", "13800138000"), ("food", "13900139000"), ("software", "13800138000")):
        world.account(world.seller, industry=industry, phone=phone)
    world.account(world.colleague, industry="food", phone="13800138000")
    where = {"all": [
        {"field": "industry", "op": "eq", "value": "food"}, {"field": "phone", "op": "eq", "value": "+8613800138000"},
        {"field": "name", "op": "eq", "value": "nobody"},
    ]}  # fmt: skip

    found = world.seller.http.post("/records/account/narrowing", {"filter": where}).json()
    assert found == {"without": [0, 0, 1], "without_search": None}
    found = world.seller.http.post("/records/account/narrowing", {"filter": {"all": where["all"][:2]}, "search": "zz"})
    assert found.json() == {"without": [0, 0], "without_search": 1}
    alone = world.seller.http.post("/records/account/narrowing", {"filter": where["all"][2]}).json()
    assert alone == {"without": [3], "without_search": None}
    assert world.seller.http.post("/records/account/narrowing", {}).json()["without"] == []


@pytest.mark.parametrize("body", [[], {"x": 1}, {"filter": 7}, {"search": 7}, {"filter": {"field": "secret_cost", "op": "empty"}},
                                  {"filter": {"all": [{"field": "name", "op": "empty"}] * 13}}])  # fmt: skip
def test_a_question_of_the_wrong_shape_is_refused(world: World, body: object) -> None:
    reply = world.seller.http.post("/records/account/narrowing", body)
    assert reply.status_code in (400, 422), reply.text
    assert json.loads(reply.text)["code"]
