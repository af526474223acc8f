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


def test_everybody_arranges_the_views_for_oneself(world: World) -> None:
    for name in ("One", "Two", "Three"):
        world.admin.http.post("/views", view(shared=True, labels={"zh": name, "en": name}))
    found = world.seller.http.get("/views?object=account").json()["views"]
    ids = [one["id"] for one in found]

    wish = {"object": "account", "default": ids[1], "order": [ids[2], "elsewhere", ids[0]]}
    assert world.seller.http.post("/views/choice", wish).status_code == 204

    assert seen(world, world.seller) == ["Three", "One", "Two"]
    assert seen(world, world.colleague) == ["One", "Two", "Three"]
    mine = world.seller.http.get("/views?object=account").json()["views"]
    assert [one["opens"] for one in mine] == [False, False, True]
    # one part may be changed without the other
    assert world.seller.http.post("/views/choice", {"object": "account", "default": None}).status_code == 204
    assert seen(world, world.seller) == ["Three", "One", "Two"]


@pytest.mark.parametrize("wish", [
    [], {"object": "nothing"}, {"object": "account", "default": "elsewhere"}, {"object": "account", "order": "x"},
    {"object": "account", "order": [7]}, {"object": "account", "more": 1},
])  # fmt: skip
def test_an_arrangement_that_makes_no_sense_is_refused(world: World, wish: Any) -> None:
    assert world.seller.http.post("/views/choice", wish).status_code in (404, 422)


def test_the_view_that_opens_first_for_all_is_set_by_a_designer_and_is_shared(world: World) -> None:
    first = world.admin.http.post("/views", view(shared=True)).json()["id"]
    second = world.admin.http.post("/views", view()).json()["id"]
    assert world.seller.http.call("PATCH", f"/views/{first}", {"default": True}).status_code == 403
    own = world.seller.http.post("/views", view()).json()["id"]
    assert world.seller.http.call("PATCH", f"/views/{own}", {"default": True}).status_code == 403

    world.admin.http.call("PATCH", f"/views/{first}", {"default": True})
    done = world.admin.http.call("PATCH", f"/views/{second}", {"default": True}).json()

    assert (done["default"], done["shared"]) == (True, True)
    listed = world.admin.http.get("/views?object=account").json()["views"]
    assert [one["default"] for one in listed] == [False, True]


def test_a_deleted_view_comes_back_under_its_old_address(world: World) -> None:
    made = world.seller.http.post("/views", view()).json()
    assert world.seller.http.post("/views", view(id=made["id"])).json()["code"] == "VIEW_EXISTS"
    world.seller.http.call("DELETE", f"/views/{made['id']}")

    again = world.seller.http.post("/views", view(id=made["id"]))
    assert (again.status_code, again.json()["id"]) == (201, made["id"])
    assert world.seller.http.post("/views", view(id="x' or 1")).json()["code"] == "ID_FORMAT"


def test_views_say_how_many_records_they_show_to_this_reader(world: World) -> None:
    made = world.admin.http.post("/views", view(shared=True)).json()["id"]
    world.account(world.seller, industry="software")
    world.account(world.seller, industry="food")
    world.account(world.colleague, industry="software")

    assert world.seller.http.get("/views/counts?object=account").json() == {"counts": {made: 1}}
    assert world.admin.http.get("/views/counts?object=account").json() == {"counts": {made: 2}}


@pytest.mark.parametrize("settings", [
    [], "x", {"columns": "name"}, {"widths": {"name": 10}}, {"widths": {"name": "100"}}, {"totals": [{"op": "sum"}]},
    {"card": "x" * 20_001}, {"a": {"b": {"c": {"d": {"e": {"f": {}}}}}}}, {"": 1},
])  # fmt: skip
def test_settings_of_a_view_are_free_but_not_boundless(world: World, settings: Any) -> None:
    refused = world.seller.http.post("/views", view(settings=settings))
    assert (refused.status_code, refused.json()["code"]) == (422, "SETTINGS_FORMAT")
    kept = {
        "columns": ["name"],
        "widths": {"name": 240},
        "totals": [{"op": "sum", "field": "won_total"}],
        "board": {"card": ["phone"]},
    }
    assert world.seller.http.post("/views", view(settings=kept)).json()["settings"] == kept


def test_no_part_of_the_settings_names_a_field_that_the_reader_may_not_see(world: World) -> None:
    kept = {
        "widths": {"name": 240, "secret_cost": 90}, "board": {"card": ["phone", "secret_cost"], "by": "secret_cost"},
        "totals": [{"op": "sum", "field": "secret_cost"}, {"op": "count", "field": "name"}],
    }  # fmt: skip
    world.admin.http.post("/views", view(shared=True, filter={}, settings=kept))

    found = world.seller.http.get("/views?object=account").json()["views"][0]["settings"]
    assert found == {
        "widths": {"name": 240}, "board": {"card": ["phone"]}, "totals": [{"op": "count", "field": "name"}],
    }  # fmt: skip
