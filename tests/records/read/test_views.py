"""Saved views: one's own, shared ones, and none that tells of a hidden field."""

from typing import Any

import pytest

from world import World


def view(**more: Any) -> dict[str, Any]:
    where = {"field": "industry", "op": "eq", "value": "software"}
    return {"object": "account", "labels": {"zh": "软件", "en": "Software"}, "filter": where, "sort": "-name", **more}


def seen(world: World, person: Any) -> list[str]:
    return [v["labels"]["en"] for v in person.http.get("/views?object=account").json()["views"]]


def test_a_view_is_ones_own_until_it_is_shared(world: World) -> None:
    made = world.seller.http.post("/views", view())
    assert made.status_code == 201 and (made.json()["own"], made.json()["shared"]) == (True, False)
    assert (seen(world, world.seller), seen(world, world.colleague)) == (["Software"], [])
    path = f"/views/{made.json()['id']}"
    assert world.colleague.http.call("PATCH", path, {"shared": False}).status_code == 404
    assert world.seller.http.call("PATCH", path, {"shared": True}).status_code == 200
    assert seen(world, world.colleague) == ["Software"]
    assert world.colleague.http.call("PATCH", path, {"sort": "name"}).status_code == 403
    assert world.admin.http.call("PATCH", path, {"sort": "name"}).status_code == 200
    assert world.colleague.http.call("DELETE", path).status_code == 403
    assert world.seller.http.call("DELETE", path).status_code == 204
    assert seen(world, world.seller) == []


@pytest.mark.parametrize("more", [
    {"filter": {"field": "secret_cost", "op": "not_empty"}}, {"sort": "secret_cost"}, {"filter": {"field": "open_balance", "op": "gt", "value": 1}},
])  # fmt: skip
def test_a_shared_view_that_names_a_hidden_field_is_shown_to_those_who_may_know_it(world: World, more: Any) -> None:
    assert world.admin.http.post("/views", view(shared=True, **more)).status_code == 201
    assert seen(world, world.admin) == ["Software"]
    assert seen(world, world.seller) == []
    refused = world.seller.http.post("/views", view(**more))
    assert (refused.status_code, refused.json()["code"]) == (422, "UNKNOWN_FIELD")


def test_columns_that_the_reader_may_not_see_are_left_out(world: World) -> None:
    made = view(shared=True, filter={}, settings={"columns": ["name", "secret_cost", "phone"], "density": "high"})
    world.admin.http.post("/views", made)
    found = world.seller.http.get("/views?object=account").json()["views"][0]["settings"]
    assert found == {"columns": ["name", "phone"], "density": "high"}


@pytest.mark.parametrize("body", [[], "x", {}, {"object": 5}, {"object": "nothing", "labels": "X"}, {"object": "account"},
                                  {"object": "account", "labels": "X", "filter": []}, {"object": "account", "labels": "X", "sort": "a;drop"},
                                  {"object": "account", "labels": "X", "sort": 5}, {"object": "account", "labels": {}}])  # fmt: skip
def test_a_view_that_makes_no_sense_is_refused(world: World, body: Any) -> None:
    assert world.seller.http.post("/views", body).status_code in (404, 422)
    assert world.seller.http.get("/views?object=nothing").status_code == 404
    assert world.seller.http.get("/views").status_code == 422
