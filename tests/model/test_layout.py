"""The layout of an object: which fields stand in which section, set by a designer, read by everybody within their rights."""

from __future__ import annotations

from typing import Any

from world import World, labels


def layout(world: World, object_key: str = "account", who: Any = None) -> dict[str, Any]:
    return (who or world.admin).http.get(f"/objects/{object_key}").json()["layout"]


def put(world: World, sections: Any, version: int | None, object_key: str = "account") -> Any:
    return world.admin.http.call("PUT", f"/objects/{object_key}/layout", {"sections": sections}, version=version)


def section(key: str, *fields: str, **more: Any) -> dict[str, Any]:
    return {"key": key, "labels": labels(key, key), "fields": list(fields), **more}


def fields_of(found: dict[str, Any]) -> dict[str, list[str]]:
    return {one["key"]: one["fields"] for one in found["sections"]}


def test_an_object_without_a_layout_has_one_of_all_its_fields(world: World) -> None:
    found = layout(world)

    own = [one["key"] for one in world.admin.http.get("/objects/account").json()["fields"] if not one["system"]]
    assert (found["version"], found["set"]) == (0, False)
    assert sorted(key for one in found["sections"] for key in one["fields"]) == sorted(own)


def test_a_layout_made_of_sections_begins_as_they_say(world: World) -> None:
    sections = [{"key": "rare", "labels": labels("少用", "Rare"), "columns": 1, "collapsed": True}]
    world.admin.http.call("PATCH", "/objects/account", {"config": {"sections": sections}})
    world.admin.http.call("PATCH", "/objects/account/fields/phone", {"section": "rare"})

    found = layout(world)["sections"]

    assert [(one["key"], one["columns"], one["collapsed"], one["fields"]) for one in found][:1] == [
        ("rare", 1, True, ["phone"])
    ]
    assert found[1]["key"] == "other" and "name" in found[1]["fields"]


def test_a_layout_is_kept_as_it_was_set_and_what_is_left_out_is_named(world: World) -> None:
    reply = put(world, [section("top", "name", columns=1), section("more", "phone", collapsed=True)], 0)

    assert (reply.status_code, reply.headers["etag"]) == (200, '"1"')
    found = layout(world)
    assert fields_of(found) == {"top": ["name"], "more": ["phone"]}
    assert [(one["columns"], one["collapsed"]) for one in found["sections"]] == [(1, False), (2, True)]
    assert found["set"] and "name" not in found["off"] and found["off"]


def test_a_layout_is_refused_when_somebody_set_another_one_meanwhile(world: World) -> None:
    put(world, [section("top", "name", "phone")], 0)

    late = put(world, [section("top", "name")], 0)
    blind = put(world, [section("top", "name")], None)

    assert (late.status_code, late.json()["code"]) == (412, "LAYOUT_CHANGED")
    assert (blind.status_code, blind.json()["code"]) == (428, "IF_MATCH_MISSING")
    assert fields_of(layout(world)) == {"top": ["name", "phone"]}
    assert put(world, [section("top", "name")], 1).status_code == 200


def test_a_new_field_stands_in_the_section_it_names_and_else_under_other(world: World) -> None:
    put(world, [section("top", "name"), section("more", "phone")], 0)
    for key, where in (("height", "more"), ("depth", None)):
        spec = {"key": key, "type": "number", "labels": labels(key, key), "section": where}
        assert world.admin.http.post("/objects/account/fields", spec).status_code == 201

    assert fields_of(layout(world)) == {"top": ["name"], "more": ["phone", "height"], "other": ["depth"]}


def test_a_retired_field_drops_out_and_comes_back_to_its_place(world: World) -> None:
    put(world, [section("top", "phone", "name")], 0)

    world.admin.http.call("DELETE", "/objects/account/fields/phone")
    assert fields_of(layout(world)) == {"top": ["name"]}

    world.admin.http.post("/objects/account/fields/phone/restore")
    assert fields_of(layout(world)) == {"top": ["phone", "name"]}


def test_a_change_of_the_layout_is_recorded_and_undone(world: World) -> None:
    put(world, [section("top", "name")], 0)
    put(world, [section("top", "phone", "name")], 1)
    changes = world.admin.http.get("/schema-changes").json()["changes"]
    assert [one["kind"] for one in changes[:2]] == ["layout.changed", "layout.changed"]

    for change in changes[:2]:
        before = layout(world)
        assert world.admin.http.post(f"/schema-changes/{change['id']}/undo").status_code == 200
        assert layout(world)["version"] == before["version"] + 1

    assert layout(world)["set"] is False


def test_undoing_another_change_of_the_object_leaves_the_layout(world: World) -> None:
    world.admin.http.call("PATCH", "/objects/account", {"config": {"list": ["name"]}})
    put(world, [section("top", "name")], 0)
    change = world.admin.http.get("/schema-changes").json()["changes"][1]

    assert world.admin.http.post(f"/schema-changes/{change['id']}/undo").status_code == 200

    assert fields_of(layout(world)) == {"top": ["name"]}


def test_hidden_fields_are_no_part_of_the_layout_a_reader_gets(world: World) -> None:
    put(world, [section("top", "name", "secret_cost"), section("cost", "open_balance")], 0)

    assert fields_of(layout(world)) == {"top": ["name", "secret_cost"], "cost": ["open_balance"]}
    assert fields_of(layout(world, who=world.assistant)) == {"top": ["name"]}


def test_what_is_wrong_with_a_layout_is_named_by_its_place(world: World) -> None:
    def codes(sections: Any) -> list[tuple[str, str]]:
        reply = put(world, sections, 0)
        assert reply.status_code == 422, reply.text
        return [(one["field"], one["code"]) for one in reply.json()["errors"]]

    assert codes([]) == [("sections", "LAYOUT_SECTIONS")]
    assert codes("all") == [("sections", "LAYOUT_SECTIONS")]
    assert codes([7]) == [("sections.0", "LAYOUT_SECTION")]
    assert codes([section("a", "name"), section("a")]) == [("sections.1.key", "OPTION_TWICE")]
    assert codes([section("a", "name", "name")]) == [("sections.0.fields", "LAYOUT_TWICE")]
    assert codes([section("a", "nothing", "name")]) == [("sections.0.fields", "UNKNOWN_FIELD")]
    assert codes([section("a", "name", columns=3)]) == [("sections.0.columns", "CONFIG_CHOICE")]
    assert codes([section("a", "name", collapsed="no")]) == [("sections.0.collapsed", "SETTING_TYPE")]
    assert codes([section("a", "name", labels=None)]) == [("sections.0.labels", "LABELS")]
    assert codes([section("a", "phone")]) == [("sections", "LAYOUT_REQUIRED")]  # without a name nobody makes a record
    assert layout(world)["version"] == 0


def test_arranging_needs_the_right_to_design(world: World) -> None:
    body = {"sections": [section("top", "name")]}

    assert world.seller.http.call("PUT", "/objects/account/layout", body, version=0).status_code == 403
    assert world.admin.http.call("PUT", "/objects/account/layout", body, version=0).status_code == 200
