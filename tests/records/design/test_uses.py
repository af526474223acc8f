"""What uses a field is known before it goes: views, stages, formulas, settings, layouts."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from dealwright.records.views import dw_view
from world import World, labels


@pytest.fixture
def view(world: World) -> str:
    """A shared view that filters by, sorts by and shows the close date."""
    body = {
        "object": "opportunity", "labels": labels("快到期", "Closing soon"), "shared": True, "sort": "close_date,-name",
        "filter": {"all": [
            {"field": "close_date", "op": "in_period", "value": {"period": "this_month"}},
            {"any": [{"field": "close_date", "op": "empty"}]},
            {"field": "account.industry", "op": "eq", "value": "food"}]},
        "settings": {"columns": ["name", "close_date"]},
    }  # fmt: skip
    reply = world.admin.http.post("/views", body)
    assert reply.status_code == 201, reply.text
    return str(reply.json()["id"])


def uses(world: World, field: str, object_key: str = "opportunity") -> list[tuple[str, str, bool]]:
    found = world.admin.http.get(f"/objects/{object_key}/fields/{field}/uses").json()
    assert found["count"] == len(found["uses"])
    return [(one["kind"], one["part"] or one["key"], one["breaks"]) for one in found["uses"]]


def test_every_place_that_names_a_field_is_listed_the_breaking_ones_first(world: World, view: str) -> None:
    found = uses(world, "close_date")

    assert [one for one in found if one[2]] == [
        ("view_filter", view, True), ("view_sort", view, True), ("stage", "proposal", True)
    ]  # fmt: skip
    assert [one[0] for one in found if not one[2]] == ["view_columns", "setting", "layout"]


def test_a_view_of_another_object_that_goes_through_the_field_counts_too(world: World, view: str) -> None:
    assert ("view_filter", view, True) in uses(world, "industry", "account")
    assert ("view_filter", view, True) in uses(world, "account")


def test_formulas_and_roll_ups_are_uses_that_somebody_has_to_change(world: World) -> None:
    assert ("roll_up", "won_total", True) in uses(world, "amount")
    assert ("formula", "open_balance", True) in uses(world, "received", "account")

    refused = world.admin.http.call("DELETE", "/objects/account/fields/received?clean=true")

    assert (refused.status_code, refused.json()["code"]) == (409, "FIELD_IN_USE")


def test_a_field_in_use_is_not_retired_and_the_refusal_names_the_places(world: World, view: str) -> None:
    refused = world.admin.http.call("DELETE", "/objects/opportunity/fields/close_date").json()

    assert (refused["status"], refused["code"], refused["params"]["count"]) == (409, "FIELD_USED", 3)
    assert {one["kind"] for one in refused["params"]["uses"]} == {"view_filter", "view_sort", "stage"}
    assert "close_date" in [f["key"] for f in world.admin.http.get("/objects/opportunity").json()["fields"]]


def test_a_field_is_taken_out_of_views_and_stages_when_that_is_asked_for(world: World, view: str) -> None:
    reply = world.admin.http.call("DELETE", "/objects/opportunity/fields/close_date?clean=true")

    assert reply.status_code == 204, reply.text
    with world.db.read() as uow:
        row = uow.conn.execute(sa.select(dw_view).where(dw_view.c.id == view)).mappings().one()
    assert row["filter"] == {"all": [{"field": "account.industry", "op": "eq", "value": "food"}]}
    assert row["sort"] == "-name"
    (pipeline,) = world.admin.http.get("/pipelines").json()["pipelines"]
    assert [s["required"] for s in pipeline["stages"] if s["key"] == "proposal"] == [["amount"]]
    account = world.account().id
    saved = world.admin.create("opportunity", name="Deal", stage="proposal", account=account, amount="5.00")
    assert saved.status == 201  # nobody is asked any more for what cannot be filled in


def test_a_field_that_nothing_needs_is_retired_at_once(world: World) -> None:
    assert world.admin.http.call("DELETE", "/objects/account/fields/phone").status_code == 204


def test_a_setting_that_names_a_field_is_a_use_and_loses_only_that(world: World) -> None:
    config: dict[str, Any] = {
        "calendar": {"start": "start_date", "title": "name"},
        "pairs": [["start_date", "x"], ["name", "y"]],
    }
    world.admin.http.call("PATCH", "/objects/opportunity", {"config": config})
    other = {"sources": [{"object": "opportunity", "due": "start_date"}, {"object": "payment", "due": "start_date"}]}
    world.admin.http.call("PATCH", "/objects/account", {"config": other})
    assert [one[1] for one in uses(world, "start_date") if one[0] == "setting" and one[2]] == [
        "calendar",
        "pairs",
        "sources",
    ]

    assert world.admin.http.call("DELETE", "/objects/opportunity/fields/start_date?clean=true").status_code == 204

    kept = world.admin.http.get("/objects/opportunity").json()["config"]
    assert (kept["calendar"], kept["pairs"]) == ({"title": "name"}, [["name", "y"]])
    assert world.admin.http.get("/objects/account").json()["config"]["sources"] == [
        {"object": "opportunity"}, {"object": "payment", "due": "start_date"}
    ]  # fmt: skip


def test_options_are_counted_by_the_records_that_hold_them(world: World) -> None:
    for industry in ("software", "software", None):
        world.account(industry=industry)

    found = world.admin.http.get("/objects/account/fields/industry/uses").json()

    assert (found["records"], found["options"]) == (2, {"software": 2, "food": 0})


def test_what_uses_an_object_is_listed_before_it_is_retired(world: World) -> None:
    world.account()

    found = world.admin.http.get("/objects/account/uses").json()

    assert found["records"] == 1
    assert ("opportunity", "account") in {(one["object"], one["key"]) for one in found["uses"]}
    assert world.admin.http.call("DELETE", "/objects/account").status_code == 409


def test_what_uses_a_field_is_told_to_designers_only(world: World) -> None:
    for path in (
        "/objects/account/uses",
        "/objects/account/fields/phone/uses",
        "/design/counts",
        "/objects/account/rights",
    ):
        assert world.seller.http.get(path).status_code == 403, path
        assert world.admin.http.get(path).status_code == 200, path


def test_the_views_of_the_workspace_stand_in_the_order_a_designer_gives_them(world: World, view: str) -> None:
    other = world.admin.http.post(
        "/views", {"object": "opportunity", "labels": labels("全部", "All"), "shared": True}
    ).json()["id"]

    def order() -> list[str]:
        return [one["id"] for one in world.admin.http.get("/views?object=opportunity").json()["views"]]

    assert order() == [view, other]
    for place, one in enumerate((other, view)):
        assert world.admin.http.call("PATCH", f"/views/{one}", {"position": place}).status_code == 200

    assert order() == [other, view]
    assert world.admin.http.call("PATCH", f"/views/{view}", {"position": -1}).status_code == 422
    assert world.seller.http.call("PATCH", f"/views/{view}", {"position": 0}).status_code == 403
