"""Stages are arranged by a designer: what cannot work is refused by name, records move along when their stage goes."""

from __future__ import annotations

from typing import Any

import pytest

from world import World, labels


def stage(key: str, kind: str = "open", **more: Any) -> dict[str, Any]:
    return {"key": key, "labels": labels(key, key.capitalize()), "kind": kind, **more}


def current(world: World) -> dict[str, Any]:
    found: dict[str, Any] = world.admin.http.get("/pipelines").json()["pipelines"][0]
    return found


def put(world: World, version: int | None = None, **changes: Any) -> Any:
    return world.admin.http.call("PUT", "/pipelines", {**current(world), **changes}, version=version)


@pytest.mark.parametrize(
    ("stages", "code"),
    [
        ([stage("a"), stage("b")], "STAGES_NO_END"),
        ([stage("won", "won")], "STAGES_NO_OPEN"),
        ([stage("a"), stage("won", "won"), stage("b")], "STAGES_AFTER_END"),
        ([stage("a"), {**stage("b"), "labels": labels("a", "B")}, stage("won", "won")], "STAGES_SAME_NAME"),
    ],
)
def test_a_process_that_cannot_work_is_refused_by_name(world: World, stages: Any, code: str) -> None:
    before = current(world)

    reply = put(world, stages=stages)

    assert (reply.status_code, reply.json()["code"]) == (422, code)
    assert current(world) == before


def test_the_refusal_names_the_stages(world: World) -> None:
    assert "“B”" in put(world, stages=[stage("a"), stage("b")]).json()["message"]
    assert "Nobody gets to B" in put(world, stages=[stage("a"), stage("won", "won"), stage("b")]).json()["message"]


def test_a_stage_keeps_its_guidance_and_when_a_record_counts_as_stale(world: World) -> None:
    stages = current(world)["stages"]
    stages[1] |= {"stale_factor": 2.5, "hint": labels("先问预算", "Ask for the budget")}

    assert put(world, stages=stages).status_code == 200

    kept = current(world)["stages"][1]
    assert (kept["stale_factor"], kept["hint"]["en"]) == (2.5, "Ask for the budget")
    options = next(f for f in world.seller.http.get("/objects/opportunity").json()["fields"] if f["key"] == "stage")[
        "options"
    ]
    assert {one["key"]: one["stale_factor"] for one in options}["qualified"] == 2.5  # the board reads it there
    for wrong in (0, 21, "much", True, 1.234):
        stages[1]["stale_factor"] = wrong
        assert put(world, stages=stages).status_code == 422, wrong


def test_a_stage_with_deals_goes_only_when_it_is_said_where_they_move_to(world: World) -> None:
    deal = world.admin.create("opportunity", name="Deal", account=world.account().id, stage="qualified").record
    stages = [one for one in current(world)["stages"] if one["key"] != "qualified"]

    refused = put(world, stages=stages)

    assert (refused.status_code, refused.json()["code"]) == (409, "STAGE_IN_USE")
    assert refused.json()["params"]["stages"] == {"qualified": 1}
    assert world.read(deal)["stage"] == "qualified"

    assert put(world, stages=stages, move={"qualified": "lead"}).status_code == 200

    assert world.read(deal)["stage"] == "lead"
    assert [visit["stage"] for visit in world.visits(deal)] == ["qualified", "lead"]


def test_a_stage_of_one_pipeline_that_goes_moves_no_deal_of_another(world: World) -> None:
    with world.db.ddl() as uow:
        world.pipeline(
            uow,
            [stage("qualified"), stage("won", "won")],
            key="renewal",
            labels=labels("续约", "Renewal"),
            default=False,
        )
    other = world.admin.create("opportunity", name="Renewal", pipeline="renewal").record
    mine = world.admin.create(
        "opportunity", name="Deal", account=world.account().id, pipeline="standard", stage="qualified"
    ).record
    standard = next(p for p in world.admin.http.get("/pipelines").json()["pipelines"] if p["key"] == "standard")
    body = {
        **standard,
        "stages": [s for s in standard["stages"] if s["key"] != "qualified"],
        "move": {"qualified": "lead"},
    }

    assert world.admin.http.call("PUT", "/pipelines", body).status_code == 200

    assert (world.read(mine)["stage"], world.read(other)["stage"]) == ("lead", "qualified")


def test_two_designers_do_not_overwrite_each_others_stages(world: World) -> None:
    version = current(world)["version"]
    assert put(world, version, labels=labels("甲", "A")).status_code == 200

    late = put(world, version, labels=labels("乙", "B"))

    assert (late.status_code, late.json()["code"]) == (412, "PIPELINE_CHANGED")
    assert current(world)["labels"]["en"] == "A"


def test_designers_see_how_many_records_stand_in_each_stage(world: World) -> None:
    world.admin.create("opportunity", name="One")
    world.admin.create("opportunity", name="Two")

    assert world.admin.http.get("/pipelines/counts?object=opportunity").json() == {
        "pipelines": {"standard": {"lead": 2}}
    }
    assert world.seller.http.get("/pipelines/counts?object=opportunity").status_code == 403
