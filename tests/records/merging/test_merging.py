"""Merging: one record stays, everything that pointed to the others points to it, and all of it can be taken back."""

import pytest

from dealwright.records.merging import service
from world import Person, Record, World


def wish(world: World, others: list[Record], survivor: Record, **values: str) -> dict[str, object]:
    versions = {one.id: world.read(one)["version"] for one in (survivor, *others)}
    return {"others": [one.id for one in others], "versions": versions, "values": values}


def merged(world: World, by: Person, survivor: Record, *others: Record, **values: str) -> dict[str, object]:
    reply = by.http.post(
        f"/records/{survivor.object_key}/{survivor.id}/merge", wish(world, list(others), survivor, **values)
    )
    assert reply.status_code == 200, reply.text
    found: dict[str, object] = reply.json()
    return found


def test_values_are_chosen_field_by_field_and_gaps_are_filled(world: World) -> None:
    stays = world.account(world.manager, name="Acme", phone="13800138000", industry="food")
    goes = world.account(world.manager, name="Beta", phone="13900139000", email="a@example.com")

    done = merged(world, world.manager, stays, goes, phone=goes.id)

    after = world.read(stays)
    assert (after["name"], after["phone"], after["email"]) == ("Acme", "+8613900139000", "a@example.com")
    assert after["industry"] == "food"
    assert done["changed"] == ["email", "phone"]
    assert world.read(goes)["deleted_at"] is not None


def test_a_unique_value_of_the_record_that_gives_way_can_be_taken(world: World) -> None:
    stays, goes = world.account(world.manager, name="Acme"), world.account(world.manager, name="Beta")

    merged(world, world.manager, stays, goes, name=goes.id)

    assert world.read(stays)["name"] == "Beta"


def test_everything_that_pointed_to_the_others_points_to_the_survivor(world: World) -> None:
    stays, goes = world.account(world.manager, name="Acme"), world.account(world.manager, name="Beta")
    third = world.account(world.manager, name="Gamma")
    mine = world.opportunity(world.manager, account=goes.id)
    rival = world.opportunity(world.manager, competitors=[third.id, goes.id, stays.id])
    paid = world.made("payment", world.manager, account=goes.id)  # a relation that must not be empty
    below = world.account(world.manager, name="Delta", parent=goes.id)
    unseen = world.opportunity(world.colleague)
    world.system.patch(unseen, account=goes.id)

    done = merged(world, world.manager, stays, goes)

    assert done["moved"] == 5
    assert [world.read(one)["account"] for one in (mine, paid, unseen)] == [stays.id] * 3
    assert world.read(rival)["competitors"] == [third.id, stays.id]
    assert world.read(below)["parent"] == stays.id
    assert world.read(stays)["deals"] == 2
    assert world.history(mine)[-1]["channel"] == f"merge:{done['id']}"


def test_lines_are_turned_with_their_document(world: World) -> None:
    stays, goes = world.product(world.admin, name="Gateway"), world.product(world.admin, name="Gateway 2")
    other = world.product(world.admin, name="Cable")
    lines = [{"product": goes.id, "quantity": "2"}, {"product": other.id, "quantity": "3"}]
    deal = world.opportunity(world.admin, lines=lines)

    done = merged(world, world.admin, stays, goes)
    after = world.read(deal)["lines"]
    assert [(line["product"], line["quantity"]) for line in after] == [(stays.id, "2.00"), (other.id, "3.00")]

    world.admin.http.post(f"/merges/{done['id']}/undo")
    assert [line["product"] for line in world.read(deal)["lines"]] == [goes.id, other.id]


def test_a_record_does_not_become_its_own_parent(world: World) -> None:
    goes = world.account(world.manager, name="Beta")
    stays = world.account(world.manager, name="Acme", parent=goes.id)

    done = merged(world, world.manager, stays, goes)

    assert world.read(stays)["parent"] is None
    world.manager.http.post(f"/merges/{done['id']}/undo")
    assert world.read(stays)["parent"] == goes.id


def test_history_tells_of_it_on_all_and_the_old_address_leads_to_the_survivor(world: World) -> None:
    stays, goes = world.account(world.manager, name="Acme"), world.account(world.manager, name="Beta")

    done = merged(world, world.manager, stays, goes)

    channel = f"merge:{done['id']}"
    assert (world.history(stays)[-1]["kind"], world.history(stays)[-1]["channel"]) == ("merged", channel)
    assert (world.history(goes)[-1]["kind"], world.history(goes)[-1]["channel"]) == ("deleted", channel)
    gone = world.manager.http.get(f"/records/account/{goes.id}")
    assert (gone.status_code, gone.json()["code"], gone.json()["params"]) == (404, "MERGED", {"into": stays.id})
    # who may not see it is told what is told of a record that never was
    assert world.colleague.http.get(f"/records/account/{goes.id}").json()["code"] == "NOT_FOUND"


def test_a_merge_is_taken_back(world: World) -> None:
    stays, goes = world.account(world.manager, name="Acme"), world.account(world.manager, name="Beta", industry="food")
    deal = world.opportunity(world.manager, account=goes.id)
    rival = world.opportunity(world.manager, competitors=[goes.id, stays.id])
    done = merged(world, world.manager, stays, goes, name=goes.id)

    undone = world.manager.http.post(f"/merges/{done['id']}/undo").json()

    assert (undone["restored"], undone["moved"], undone["left"]) == (1, 2, [])
    assert (world.read(stays)["name"], world.read(stays)["industry"]) == ("Acme", None)
    assert (world.read(goes)["name"], world.read(goes)["deleted_at"]) == ("Beta", None)
    assert world.read(deal)["account"] == goes.id
    assert world.read(rival)["competitors"] == [goes.id, stays.id]
    assert world.manager.http.get(f"/records/account/{goes.id}").status_code == 200
    again = world.manager.http.post(f"/merges/{done['id']}/undo")
    assert (again.status_code, again.json()["code"]) == (409, "MERGE_NOT_UNDOABLE")


def test_what_was_changed_since_is_left_as_it_is_and_named(world: World) -> None:
    stays, goes = world.account(world.manager, name="Acme"), world.account(world.manager, name="Beta", industry="food")
    third = world.account(world.manager, name="Gamma")
    deal = world.opportunity(world.manager, account=goes.id)
    done = merged(world, world.manager, stays, goes)
    world.manager.patch(world.now_of(deal), account=third.id)
    world.manager.patch(world.now_of(stays), industry="software")

    undone = world.manager.http.post(f"/merges/{done['id']}/undo").json()

    assert sorted(one["id"] for one in undone["left"]) == sorted([deal.id, stays.id])
    assert world.read(deal)["account"] == third.id
    assert world.read(stays)["industry"] == "software"
    assert world.read(goes)["deleted_at"] is None


def test_a_record_changed_meanwhile_stops_the_merge_and_nothing_is_written(world: World) -> None:
    stays, goes = world.account(world.manager, name="Acme"), world.account(world.manager, name="Beta")
    deal = world.opportunity(world.manager, account=goes.id)
    asked = wish(world, [goes], stays)
    world.manager.patch(goes, industry="food")

    reply = world.manager.http.post(f"/records/account/{stays.id}/merge", asked)

    assert (reply.status_code, reply.json()["code"]) == (412, "STALE")
    assert world.read(deal)["account"] == goes.id
    assert world.read(goes)["deleted_at"] is None
    unsaid = world.manager.http.post(f"/records/account/{stays.id}/merge", {**asked, "versions": {}})
    assert unsaid.status_code == 428


def test_rights_on_all_of_them_are_needed(world: World) -> None:
    mine, theirs = world.account(world.seller, name="Acme"), world.account(world.colleague, name="Beta")

    unseen = world.seller.http.post(f"/records/account/{mine.id}/merge", wish(world, [theirs], mine))
    assert unseen.status_code == 404
    reader = world.analyst.http.post(f"/records/account/{mine.id}/merge", wish(world, [theirs], mine))
    assert (reader.status_code, reader.json()["code"]) == (403, "FORBIDDEN")
    assert world.read(theirs)["deleted_at"] is None


def test_fields_that_the_actor_may_not_see_are_neither_shown_nor_lost(world: World) -> None:
    stays, goes = world.account(world.seller, name="Acme"), world.account(world.seller, name="Beta")
    world.system.patch(goes, secret_cost="77.00")
    path = f"/records/account/{stays.id}/merge"

    shown = world.seller.http.get(f"{path}?others={goes.id}")
    assert "secret_cost" not in shown.text
    refused = world.seller.http.post(path, wish(world, [world.now_of(goes)], stays, secret_cost=goes.id))
    assert refused.json()["code"] == "UNKNOWN_FIELD"
    done = merged(world, world.seller, stays, world.now_of(goes))

    assert "secret_cost" not in str(done)
    assert world.read(stays)["secret_cost"].amount == 77
    world.seller.http.post(f"/merges/{done['id']}/undo")
    assert world.read(stays)["secret_cost"] is None


def test_the_preview_counts_what_would_move_and_changes_nothing(world: World) -> None:
    stays, goes = world.account(world.manager, name="Acme"), world.account(world.manager, name="Beta")
    world.opportunity(world.manager, account=goes.id)
    unseen = world.opportunity(world.colleague)
    world.system.patch(unseen, account=goes.id)
    path = f"/records/account/{stays.id}/merge"

    shown = world.manager.http.get(f"{path}?others={goes.id}").json()

    assert [one["name"] for one in shown["records"]] == ["Acme", "Beta"]
    assert shown["moves"] == [{"object": "opportunity", "field": "account", "count": 1}]
    assert world.read(goes)["deleted_at"] is None
    assert world.manager.http.get(path).json()["code"] == "MERGE_OTHERS"
    assert world.manager.http.get(f"{path}?others={stays.id}").json()["code"] == "MERGE_OTHERS"


def test_a_gate_stands_in_the_way_of_a_merge_too(world: World) -> None:
    account = world.account(world.manager)
    stays = world.opportunity(world.manager)
    goes = world.opportunity(world.manager, account=account.id)
    world.manager.patch(goes, stage="qualified")

    path = f"/records/opportunity/{stays.id}/merge"
    asked = wish(world, [goes], stays, stage=goes.id, account=stays.id)
    refused = world.manager.http.post(path, asked)
    assert (refused.status_code, refused.json()["code"]) == (409, "STAGE_REFUSED")
    assert world.read(goes)["deleted_at"] is None

    merged(world, world.manager, stays, goes, stage=goes.id)
    assert world.read(stays)["stage"] == "qualified"
    assert [visit["stage"] for visit in world.visits(goes)] == ["lead", "qualified"]  # its past stays with it


def test_shares_of_the_others_open_the_survivor_and_go_back(world: World) -> None:
    stays, goes = world.account(world.manager, name="Acme"), world.account(world.manager, name="Beta")
    from dealwright.access.tables import dw_share
    from dealwright.foundation.ids import new_id

    row = {"object_key": "account", "record_id": goes.id, "user_id": world.colleague.id, "by_id": world.manager.id}
    with world.db.write() as uow:
        uow.conn.execute(dw_share.insert().values(**row, id=new_id(), level="read", created_at=uow.now))
    assert world.colleague.http.get(f"/records/account/{stays.id}").status_code == 404

    done = merged(world, world.manager, stays, goes)
    assert world.colleague.http.get(f"/records/account/{stays.id}").status_code == 200
    assert world.colleague.http.get(f"/records/account/{goes.id}").json()["params"] == {"into": stays.id}
    world.manager.http.post(f"/merges/{done['id']}/undo")
    assert world.colleague.http.get(f"/records/account/{stays.id}").status_code == 404
    assert world.colleague.http.get(f"/records/account/{goes.id}").status_code == 200


def test_too_much_to_move_is_refused_before_anything_is_written(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "MOST_MOVED", 2)
    stays, goes = world.account(world.manager, name="Acme"), world.account(world.manager, name="Beta")
    for _ in range(3):
        world.opportunity(world.manager, account=goes.id)

    reply = world.manager.http.post(f"/records/account/{stays.id}/merge", wish(world, [goes], stays))
    assert (reply.status_code, reply.json()["code"]) == (422, "MERGE_TOO_MUCH")
    assert world.read(goes)["deleted_at"] is None


@pytest.mark.parametrize("change", [
    {"others": "x"}, {"others": []}, {"others": [7]}, {"others": ["a\x00"]}, {"versions": []}, {"values": {"name": 7}},
    {"values": {"nothing": "all"}}, {"values": {"name": "all"}}, {"values": {"name": "elsewhere"}}, {"more": 1},
    {"reason": "x" * 1_001}, {"versions": {"a": True}}, {"versions": {"a": 2**70}},
])  # fmt: skip
def test_wishes_of_the_wrong_shape_are_refused(world: World, change: dict[str, object]) -> None:
    stays, goes = world.account(world.manager, name="Acme"), world.account(world.manager, name="Beta")

    reply = world.manager.http.post(f"/records/account/{stays.id}/merge", {**wish(world, [goes], stays), **change})

    assert reply.status_code in (400, 404, 422, 428), reply.text
    assert world.read(goes)["deleted_at"] is None


def test_merging_twice_with_one_key_merges_once(world: World) -> None:
    stays, goes = world.account(world.manager, name="Acme"), world.account(world.manager, name="Beta")
    asked, path = wish(world, [goes], stays), f"/records/account/{stays.id}/merge"

    first = world.manager.http.post(path, asked, Idempotency_Key="m")
    again = world.manager.http.post(path, asked, Idempotency_Key="m")
    assert (first.status_code, again.json()) == (200, first.json())


def test_a_merged_record_that_is_merged_on_leads_to_the_last(world: World) -> None:
    first, second, third = (world.account(world.manager, name=name) for name in ("Acme", "Beta", "Gamma"))
    merged(world, world.manager, second, first)
    merged(world, world.manager, third, world.now_of(second))

    assert world.manager.http.get(f"/records/account/{first.id}").json()["params"] == {"into": third.id}


def test_an_import_taken_back_after_a_merge_leaves_what_the_merge_touched(world: World) -> None:
    from dealwright.access import Access
    from dealwright.records.imports.tables import dw_import
    from dealwright.records.imports.undo import run_undo, start_undo

    by = world.manager
    with world.db.write() as uow:
        counts = dict.fromkeys(("total", "done", "created", "updated", "unchanged", "refused"), 3)
        uow.conn.execute(dw_import.insert().values(
            id="im", object_key="account", actor_id=by.id, file_key="f", file_name="f.csv", options={}, state="done",
            report={}, created_at=uow.now, **counts,
        ))  # fmt: skip
    made = [world.account(by, name=name, channel="import:im") for name in ("Acme", "Beta", "Gamma")]
    merged(world, by, made[0], made[1])

    with world.db.write() as uow:
        start_undo(uow, Access.for_actor(uow, by.actor), "im")
    run_undo(world.db, world.path, by.actor, "im")

    assert [bool(world.read(one)["deleted_at"]) for one in made] == [False, True, True]
    assert by.http.get(f"/records/account/{made[1].id}").json()["params"] == {"into": made[0].id}
