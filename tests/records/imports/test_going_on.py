"""What happens to an import beside the straight way: undone, cancelled, interrupted, met by somebody else's save."""

import sqlalchemy as sa

from dealwright.records.imports import chunk as chunks
from dealwright.records.imports import run as running
from dealwright.records.imports.tables import dw_import, dw_import_row
from dealwright.records.tables import dw_history

PLAIN = "name\n" + "\n".join(f"Firm {n}" for n in range(1_200)) + "\n"


def undone(desk, seat, found):
    seat.post(f"/imports/{found['id']}/undo")
    desk.work()
    return seat.get(f"/imports/{found['id']}")


def test_an_import_is_undone_as_a_whole(desk, admin):
    admin.import_file("account", "name,short_name\nAcme,old\nKeep,k\n")
    found = admin.import_file("account", "name,short_name\nAcme,new\nBolt,b\nCarp,c\n", key="name")
    assert (found["created"], found["updated"]) == (2, 1)

    report = undone(desk, admin, found)

    assert report["state"] == "undone"
    assert {k: report["undo"][k] for k in ("removed", "reverted", "kept")} == {"removed": 2, "reverted": 1, "kept": 0}
    assert desk.rows("account", "name", "short_name", "version") == [("Acme", "old", 3), ("Keep", "k", 1)]
    assert desk.findings() == []


def test_records_made_on_the_side_go_with_their_import(desk, admin):
    found = admin.import_file("opportunity", "name,account\nOne,Newco\n", make=["account"])

    undone(desk, admin, found)

    assert (desk.count("opportunity"), desk.count("account")) == (0, 0)


def test_a_record_that_somebody_changed_since_is_left_and_named(desk, admin):
    found = admin.import_file("account", "name\nAcme\nBolt\n")
    first = admin.get("/records/account?sort=name")["records"][0]
    reply = desk.client.patch(
        f"/api/v1/records/account/{first['id']}",
        json={"short_name": "mine"},
        headers=admin.headers | {"If-Match": '"1"'},
    )
    assert reply.status_code == 200

    report = undone(desk, admin, found)["undo"]

    assert (report["removed"], report["kept"]) == (1, 1)
    assert [(one["label"], one["code"]) for one in report["left"]] == [("Acme", "CHANGED_SINCE")]
    assert desk.rows("account", "name") == ["Acme"]


def test_a_large_import_is_undone_in_steps_and_goes_on_after_a_restart(desk, admin, monkeypatch):
    found = admin.import_file("account", PLAIN)
    assert (found["state"], found["created"]) == ("done", 1_200)
    admin.post(f"/imports/{found['id']}/undo")
    from dealwright.records.imports import undo

    actor = admin_actor(desk)
    path = desk.services.extras["write_path"]
    undo.run_undo(desk.db, path, actor, found["id"], lambda: False)  # the worker is lost after one step
    assert desk.count("account") == 700

    desk.work()

    report = admin.get(f"/imports/{found['id']}")
    assert (report["state"], report["undo"]["removed"], report["undo"]["kept"]) == ("undone", 1_200, 0)


def test_an_import_at_work_cannot_be_undone_and_a_second_time_neither(desk, admin):
    ready = admin.upload("account", "name\nAcme\n").json()
    assert admin.call("POST", f"/imports/{ready['id']}/undo").status_code == 409

    found = admin.import_file("account", "name\nAcme\n")
    undone(desk, admin, found)
    reply = admin.call("POST", f"/imports/{found['id']}/undo")
    assert (reply.status_code, reply.json()["code"]) == (409, "IMPORT_STATE")


def admin_actor(desk):
    from dealwright.people.service import actor_of

    with desk.db.read() as uow:
        return actor_of(uow, desk.user_id("ada@example.com"))


def test_an_import_goes_on_where_a_lost_worker_stopped_and_nothing_comes_twice(desk, admin):
    started = admin.upload("account", PLAIN, start=True).json()
    services, actor = desk.services, admin_actor(desk)
    from dealwright.records.imports.service import sheet_of

    with desk.db.read() as uow:
        row = dict(uow.conn.execute(sa.select(dw_import)).mappings().one())
    sheet = sheet_of(services.extras["files"], row)
    running.run(desk.db, services.extras["write_path"], actor, started["id"], sheet, lambda: False)
    assert (admin.get(f"/imports/{started['id']}")["done"], desk.count("account")) == (500, 500)

    desk.work()

    found = admin.get(f"/imports/{started['id']}")
    assert (found["state"], found["created"], found["refused"]) == ("done", 1_200, 0)
    assert len(set(desk.rows("account", "name"))) == desk.count("account") == 1_200
    assert len(desk.ask(sa.select(dw_import_row.c.line))) == 1_200


def test_progress_tells_the_rate_and_the_time_left(desk, admin):
    started = admin.upload("account", PLAIN, start=True).json()
    from dealwright.records.imports.service import sheet_of

    with desk.db.read() as uow:
        row = dict(uow.conn.execute(sa.select(dw_import)).mappings().one())
    sheet = sheet_of(desk.services.extras["files"], row)
    running.run(desk.db, desk.services.extras["write_path"], admin_actor(desk), started["id"], sheet, lambda: False)

    found = admin.get(f"/imports/{started['id']}")

    assert (found["state"], found["done"], found["total"]) == ("running", 500, 1_200)
    assert found["rate"] > 0
    assert found["seconds_left"] >= 0


def test_a_cancelled_import_stops_and_keeps_what_it_has(desk, admin):
    started = admin.upload("account", PLAIN, start=True).json()
    admin.post(f"/imports/{started['id']}/cancel")
    desk.work()

    assert (admin.get(f"/imports/{started['id']}")["state"], desk.count("account")) == ("cancelled", 0)


def test_a_value_taken_by_somebody_else_in_between_costs_its_own_row_only(desk, admin, monkeypatch):
    """The batch asks the database, nobody has the name; then somebody does. Each row is then made for itself."""
    admin.import_file("account", "name\nBolt\n")
    monkeypatch.setattr(chunks.Batch, "taken", lambda self: [])

    found = admin.import_file("account", "name\nAcme\nBolt\nCarp\n")

    assert (found["created"], found["refused"]) == (2, 1)
    assert "Row 3: This value of “Name” is used already." in admin.refused(found)
    assert desk.rows("account", "name") == ["Bolt", "Acme", "Carp"]
    assert desk.findings() == []


def test_a_chunk_costs_a_fixed_number_of_statements(desk, admin, monkeypatch):
    """No statement a row: a file of 400 rows costs as many as one of 40."""
    names = "\n".join(f"Firm {n}" for n in range(10))
    admin.import_file("account", f"name\n{names}\n")
    seen = []
    original = chunks.Chunk.run

    def counted(self, places):
        before = self.uow.statements
        found = original(self, places)
        seen.append(self.uow.statements - before)
        return found

    monkeypatch.setattr(chunks.Chunk, "run", counted)
    for start, count in ((0, 40), (1_000, 400)):
        rows = "\n".join(f"Deal {n},Firm {n % 10},Sam Seller,初步接触,{n}.50" for n in range(start, start + count))
        found = admin.import_file("opportunity", f"name,account,owner,stage,amount\n{rows}\n")
        assert found["created"] == count

    assert seen[0] == seen[1] <= 20


def test_every_imported_record_walks_the_same_list_of_steps(desk, admin, monkeypatch):
    walked = []
    monkeypatch.setattr(
        type(desk.services.extras["write_path"]), "prepare",
        lambda self, work, original=type(desk.services.extras["write_path"]).prepare: (
            walked.append(work.change.channel), original(self, work)
        ),
    )  # fmt: skip
    found = admin.import_file("account", "name\nAcme\nBolt\n")

    assert walked == [f"import:{found['id']}"] * 2


def test_roll_ups_are_settled_once_for_each_parent_of_a_chunk(desk, admin):
    admin.import_file("account", "name\nAcme\nBolt\n")
    rows = "\n".join(f"P{n},Acme,{n},received" for n in range(1, 101))

    admin.import_file("payment", f"name,account,amount_received,status\n{rows}\n")

    assert admin.get("/records/account?sort=name")["records"][0]["received_total"] == "5050.00"
    assert desk.findings() == []


def test_nothing_is_announced_row_by_row(desk, admin):
    from dealwright.foundation.outbox.tables import dw_job

    admin.import_file("account", "name\nAcme\nBolt\n")

    topics = [row.topic for row in desk.ask(sa.select(dw_job.c.topic))]
    assert topics == ["import.requested"]
    assert len(desk.ask(sa.select(dw_history.c.id))) == 2
