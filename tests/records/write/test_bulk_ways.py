"""Bulk: values joined to what is there, handing over with what belongs to it, and the way back of both."""

from typing import Any

import pytest

from world import World

OPEN = {"field": "stage", "op": "not_in", "value": ["won", "lost"]}


def test_values_are_added_to_and_taken_out_of_what_each_record_has(world: World) -> None:
    one = world.account(world.seller, tags=["north"])
    two = world.account(world.seller, tags=["south", "key"])
    http = world.seller.http
    ids = [one.id, two.id]

    counted = http.post(
        "/records/account/bulk", {"ids": ids, "action": "add", "values": {"tags": ["key"]}, "preview": True}
    ).json()
    assert (counted["changes"], counted["unchanged"]) == (1, 1)
    added = http.post("/records/account/bulk", {"ids": ids, "action": "add", "values": {"tags": ["key", "vip"]}}).json()
    assert [world.read(r)["tags"] for r in (one, two)] == [["north", "key", "vip"], ["south", "key", "vip"]]
    http.post("/records/account/bulk", {"ids": ids, "action": "remove", "values": {"tags": ["key"]}})
    assert [world.read(r)["tags"] for r in (one, two)] == [["north", "vip"], ["south", "vip"]]
    # what was changed since is left and named
    assert http.post(f"/bulk/{added['id']}/undo").json()["refused"] == 2


@pytest.mark.parametrize(("values", "code"), [
    ({"name": "x"}, "NOT_MANY"), ({"nothing": ["x"]}, "UNKNOWN_FIELD"), ({"secret_cost": ["1"]}, "UNKNOWN_FIELD"), ({}, "BULK_VALUES"),
])  # fmt: skip
def test_only_fields_of_several_values_can_be_added_to(world: World, values: Any, code: str) -> None:
    one = world.account(world.seller)
    reply = world.seller.http.post("/records/account/bulk", {"ids": [one.id], "action": "add", "values": values})
    assert (reply.status_code, reply.json()["code"]) == (422, code)


def test_open_deals_go_along_when_an_account_is_handed_over_and_come_back(world: World) -> None:
    mine = world.account(world.seller)
    deal = world.opportunity(world.seller, account=mine.id)
    lost = world.opportunity(world.seller, account=mine.id)
    world.seller.patch(lost, stage="lost", lost_reason="price")
    elsewhere = world.opportunity(world.manager, account=mine.id)
    other = world.person("other", "salesperson")
    wish = {
        "ids": [mine.id], "values": {"owner": other.id},
        "also": [{"object": "opportunity", "field": "account", "filter": OPEN}],
    }  # fmt: skip
    http = world.manager.http

    counted = http.post("/records/account/bulk", {**wish, "preview": True}).json()
    assert (counted["changes"], counted["also"], counted["refused"]) == (1, 1, 0)
    assert world.read(deal)["owner"] == world.seller.id
    done = http.post("/records/account/bulk", wish).json()

    assert (done["changed"], done["also"]) == (1, 1)
    assert [world.read(r)["owner"] for r in (mine, deal)] == [other.id] * 2
    assert [world.read(r)["owner"] for r in (lost, elsewhere)] == [world.seller.id, world.manager.id]
    undone = http.post(f"/bulk/{done['id']}/undo").json()
    assert (undone["changed"], undone["refused"]) == (2, 0)
    assert [world.read(r)["owner"] for r in (mine, deal)] == [world.seller.id] * 2


@pytest.mark.parametrize("also", [
    "x", [7], [{"object": "nothing", "field": "account"}], [{"object": "payment", "field": "amount"}],
    [{"object": "opportunity", "field": "account", "more": 1}], [{"object": "opportunity"}] * 5,
])  # fmt: skip
def test_what_goes_along_must_point_to_what_is_handed_over(world: World, also: Any) -> None:
    mine = world.account(world.seller)
    wish = {"ids": [mine.id], "values": {"owner": world.colleague.id}, "also": also}
    reply = world.manager.http.post("/records/account/bulk", wish)
    assert (reply.status_code, reply.json()["code"]) in ((422, "BULK_ALSO"), (422, "TOO_MANY"))
    plain = {"ids": [mine.id], "values": {"industry": "food"}, "also": [{"object": "opportunity", "field": "account"}]}
    assert world.manager.http.post("/records/account/bulk", plain).json()["code"] == "BULK_ALSO"
