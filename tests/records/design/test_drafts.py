"""A draft changes nothing until it is published; then all of it holds, or none of it."""

from __future__ import annotations

from typing import Any

from world import World, labels


def save(world: World, operations: Any, position: int | None = None, seen: int = 0, object_key: str = "account") -> Any:
    body = {"operations": operations, "position": len(operations) if position is None else position}
    return world.admin.http.call("PUT", f"/objects/{object_key}/draft", body, version=seen)


def draft(world: World, object_key: str = "account") -> Any:
    return world.admin.http.get(f"/objects/{object_key}/draft").json()


def preview(world: World, **body: Any) -> Any:
    return world.admin.http.post("/objects/account/draft/preview", body).json()


def publish(world: World, seen: int = 1, **body: Any) -> Any:
    return world.admin.http.call("POST", "/objects/account/draft/publish", body, version=seen)


def fields(world: World) -> dict[str, Any]:
    return {one["key"]: one for one in world.admin.http.get("/objects/account").json()["fields"]}


def add(name: str, type_: str = "text", **more: Any) -> dict[str, Any]:
    return {"op": "add", "name": name, "field": {"type": type_, "labels": labels("新", "Shoe size"), **more}}


def change(field: str, **changes: Any) -> dict[str, Any]:
    return {"op": "change", "field": field, "changes": changes}


SECTIONS = [
    {"key": "top", "labels": labels("上", "Top"), "fields": ["name", "~1"]},
    {"key": "rest", "labels": labels("下", "Rest"), "columns": 1, "fields": ["phone", "email"]},
]


def test_a_draft_is_kept_and_changes_nothing(world: World) -> None:
    before = fields(world)

    reply = save(world, [add("~1"), change("phone", labels=labels("座机", "Landline"))])

    assert (reply.status_code, reply.headers["etag"]) == (200, '"1"')
    kept = draft(world)
    assert (kept["version"], kept["draft"]["position"], kept["draft"]["revision"]) == (1, 2, 1)
    assert kept["draft"]["saved_by"]["label"] == "Admin"
    assert fields(world) == before


def test_two_designers_do_not_overwrite_each_others_draft(world: World) -> None:
    save(world, [add("~1")])

    assert save(world, [add("~1"), add("~2")]).json()["code"] == "DRAFT_CHANGED"
    assert save(world, [add("~1"), add("~2")], seen=1).status_code == 200


def test_what_is_published_is_the_draft_that_was_seen(world: World) -> None:
    save(world, [add("~1")])
    save(world, [add("~1"), change("phone", required=True)], seen=1)

    assert publish(world, 1).json()["code"] == "DRAFT_CHANGED"
    assert fields(world)["phone"]["required"] is False
    assert publish(world, 2).status_code == 200


def test_a_draft_that_was_thrown_away_is_not_gone_on_with(world: World) -> None:
    save(world, [add("~1")])
    world.admin.http.call("DELETE", "/objects/account/draft")

    assert save(world, [add("~1"), add("~2")], seen=1).json()["code"] == "DRAFT_CHANGED"
    assert save(world, [add("~1"), add("~2")]).status_code == 200


def test_publishing_makes_fields_changes_and_layout_in_one_go(world: World) -> None:
    save(
        world,
        [
            add("~1", "number"),
            change("phone", labels=labels("座机", "Landline")),
            {"op": "layout", "sections": SECTIONS},
        ],
    )

    done = publish(world)

    assert done.status_code == 200, done.text
    assert done.json()["made"] == {"~1": "shoe_size"}
    found = fields(world)
    assert (found["shoe_size"]["type"], found["phone"]["labels"]["en"]) == ("number", "Landline")
    layout = done.json()["object"]["layout"]
    assert [one["fields"] for one in layout["sections"]] == [["name", "shoe_size"], ["phone", "email"]]
    assert draft(world) == {"version": 2, "draft": None}
    assert world.seller.create("account", name="Acme", shoe_size=42).status == 201


def test_what_was_undone_is_not_published(world: World) -> None:
    save(world, [change("phone", labels=labels("座机", "Landline")), change("email", required=True)], position=1)

    assert publish(world).status_code == 200

    found = fields(world)
    assert (found["phone"]["labels"]["en"], found["email"]["required"]) == ("Landline", False)


def test_a_draft_that_is_refused_in_one_part_changes_nothing_and_stays(world: World) -> None:
    save(
        world,
        [
            change("phone", labels=labels("座机", "Landline")),
            add("~1", "formula", result="number", expression="{nothing}"),
        ],
    )

    refused = publish(world)

    assert refused.status_code == 422
    assert refused.json()["params"]["draft_field"] == "~1"
    assert fields(world)["phone"]["labels"]["en"] == "Phone"
    assert draft(world)["draft"]["revision"] == 1


def test_a_preview_counts_the_records_and_leaves_nothing_behind(world: World) -> None:
    world.account(phone="021-5555 0000", industry="food")
    world.account(industry="software")
    options = [
        {"key": "software", "labels": labels("软件", "Software")},
        {"key": "food", "labels": labels("食品", "Food"), "active": False},
    ]
    save(world, [
        add("~1", required=True), change("phone", required=True), change("industry", options=options),
        {"op": "retire", "field": "email"}, {"op": "layout", "sections": SECTIONS},
    ])  # fmt: skip
    before = fields(world)

    found = preview(world)

    told = [(one["kind"], one["field"], one.get("count")) for one in found["effects"]]
    assert told == [
        ("added", "~1", None), ("required", "~1", 2), ("required", "phone", 1), ("option", "industry", 1),
        ("retired", "email", 0), ("layout", None, None),
    ]  # fmt: skip
    lacking = next(one for one in found["effects"] if one["field"] == "phone")
    assert (lacking["filter"], lacking["total"]) == ({"field": "phone", "op": "empty"}, 2)
    assert found["problem"] is None
    assert fields(world) == before


def test_a_preview_says_why_publishing_would_be_refused(world: World) -> None:
    world.account(name="Acme", phone="021-5555 0000")
    world.account(name="Bolt", phone="021-5555 0000")
    save(world, [change("phone", unique=True)])

    problem = preview(world)["problem"]

    assert problem["code"] == "UNIQUE_DUPLICATES"
    assert problem["params"]["draft_field"] == "phone"


def test_a_retired_field_that_is_in_use_holds_publishing_back_until_it_is_taken_out(world: World) -> None:
    view = {
        "object": "account",
        "labels": labels("有电话", "With phone"),
        "shared": True,
        "filter": {"field": "phone", "op": "not_empty"},
    }
    world.admin.http.post("/views", view)
    save(world, [{"op": "retire", "field": "phone"}])

    assert preview(world)["problem"]["code"] == "FIELD_USED"
    assert publish(world).json()["code"] == "FIELD_USED"
    assert preview(world, clean=True)["problem"] is None
    assert publish(world, clean=True).status_code == 200
    assert "phone" not in fields(world)


def test_publishing_over_a_layout_that_somebody_changed_has_to_be_asked_for(world: World) -> None:
    save(world, [{"op": "layout", "sections": [{"key": "a", "labels": labels("甲", "A"), "fields": ["name"]}]}])
    other = {"sections": [{"key": "b", "labels": labels("乙", "B"), "fields": ["name", "phone"]}]}
    world.admin.http.call("PUT", "/objects/account/layout", other, version=0)

    assert draft(world)["draft"]["stale"] is True
    assert publish(world).json()["code"] == "DRAFT_BASE"
    assert publish(world, over=True).status_code == 200


def test_a_discarded_draft_is_gone(world: World) -> None:
    save(world, [add("~1")])

    assert world.admin.http.call("DELETE", "/objects/account/draft").status_code == 204

    assert draft(world)["draft"] is None
    assert publish(world).json()["code"] == "NO_DRAFT"
    assert save(world, [add("~1")]).status_code == 200


def test_a_draft_takes_only_what_it_knows(world: World) -> None:
    for bad in (
        "all",
        [7],
        [{"op": "drop"}],
        [{"op": "add", "name": "shoe", "field": {}}],
        [{"op": "change", "field": "name"}],
    ):
        reply = save(world, bad, 0)
        assert reply.status_code == 422, (bad, reply.text)
    assert save(world, [add("~1")], 5).status_code == 422
    assert save(world, [add("~1")]).status_code == 200


def test_a_draft_of_nonsense_is_refused_on_publishing_and_never_breaks_the_preview(world: World) -> None:
    nonsense: list[Any] = [
        {"op": "add", "name": "~1", "field": {"type": 5, "labels": 7, "required": True}},
        {"op": "add", "name": "~1", "field": {"type": "text", "labels": "Size", "options": 4, "unique": "yes"}},
        {"op": "add", "name": "~1", "field": {}},
        {"op": "change", "field": "industry", "changes": {"options": 5}},
        {"op": "change", "field": "industry", "changes": {"options": [{"key": ["a"]}, 3]}},
        {"op": "change", "field": "phone", "changes": {"labels": [1], "required": "yes"}},
        {"op": "change", "field": "nothing", "changes": {"required": True}},
        {"op": "retire", "field": "nothing"},
        {"op": "restore", "field": "nothing"},
        {"op": "layout", "sections": [{"key": 3, "labels": 4, "fields": ["name"]}]},
    ]
    for seen, one in enumerate(nonsense):
        assert save(world, [one], seen=seen).status_code == 200, one
        found = world.admin.http.post("/objects/account/draft/preview", {})
        assert (found.status_code, found.json()["problem"] is None) == (200, False), (one, found.text)
        assert 400 <= publish(world, seen + 1).status_code < 500, one
    for bad in ({"op": "layout", "sections": [{"fields": 5}]}, {"op": "layout", "sections": [{"fields": [["a"]]}]}):
        assert save(world, [bad], seen=len(nonsense)).status_code == 422


def test_a_field_added_and_retired_again_is_never_made(world: World) -> None:
    save(
        world,
        [
            add("~1"),
            change("~1", labels=labels("鞋码", "Size")),
            {"op": "retire", "field": "~1"},
            change("phone", required=True),
        ],
    )

    assert publish(world).json()["made"] == {}


def test_drafts_are_for_designers(world: World) -> None:
    body = {"operations": [add("~1")], "position": 1}

    assert world.seller.http.call("PUT", "/objects/account/draft", body, version=0).status_code == 403
    assert world.seller.http.get("/objects/account/draft").status_code == 403
    assert world.seller.http.post("/objects/account/draft/preview", {}).status_code == 403
    assert world.seller.http.call("POST", "/objects/account/draft/publish", {}, version=0).status_code == 403
