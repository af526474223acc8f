"""Backups and checks from the screen: made by the worker, kept in number, never in the way of the next one."""

from __future__ import annotations

import sqlalchemy as sa

from dealwright.foundation.outbox import dw_job, dw_schedule
from dealwright.operations import tasks
from dealwright.operations.tables import dw_task
from support.desk import ADMIN, Desk


def test_a_backup_is_made_by_the_worker_listed_and_given_out_for_the_password(desk: Desk) -> None:
    desk.admin.post("/operations/tasks", {"kind": "backup"})
    assert desk.admin.call("POST", "/operations/tasks", {"kind": "backup"}).json()["code"] == "TASK_RUNNING"
    desk.work()

    found = desk.admin.get("/operations/backups")
    [made] = found["backups"]
    assert (found["last"]["state"], found["last"]["result"]["name"]) == ("done", made["name"])
    # a program may not take everything out; that is for a person who types the password
    refused = desk.admin.call("POST", f"/operations/backups/{made['name']}/download", {"current_password": "x"})
    assert refused.status_code == 403
    desk.client.post("/api/v1/session", json={"email": ADMIN["email"], "password": ADMIN["password"]})
    body = {"current_password": ADMIN["password"]}
    given = desk.client.post(f"/api/v1/operations/backups/{made['name']}/download", json=body)
    assert given.status_code == 200
    assert given.content[:2] == b"PK"
    assert len(given.content) == made["size"]
    assert desk.admin.call("DELETE", f"/operations/backups/{made['name']}").status_code == 204
    assert desk.admin.get("/operations/backups")["backups"] == []


def test_a_name_that_is_no_backup_of_ours_reads_and_deletes_nothing(desk: Desk) -> None:
    for name in ("dealwright-20260101-000000-abcd.zip", "x.zip", "..%2fx.zip"):
        assert desk.admin.call("DELETE", f"/operations/backups/{name}").status_code in (404, 405)


def test_the_nightly_backup_comes_by_the_calendar_and_keeps_so_many(desk: Desk) -> None:
    answer = desk.admin.call("PUT", "/operations/backups/schedule", {"hour": 3, "keep": 2})
    assert answer.json()["nightly"]["hour"] == 3
    assert desk.admin.call("PUT", "/operations/backups/schedule", {"hour": 24, "keep": 2}).status_code == 422
    for _ in range(3):
        with desk.db.write() as uow:
            due = sa.update(dw_schedule).where(dw_schedule.c.name == tasks.NIGHTLY)
            uow.conn.execute(due.values(next_at=uow.now))
        while desk.work():
            pass
    assert len(desk.admin.get("/operations/backups")["backups"]) == 2

    assert desk.admin.call("PUT", "/operations/backups/schedule", {"hour": None}).json() == {"nightly": None}


def test_a_backup_whose_worker_died_twice_does_not_hold_up_the_next(desk: Desk) -> None:
    desk.admin.post("/operations/tasks", {"kind": "backup"})
    with desk.db.write() as uow:
        uow.conn.execute(sa.update(dw_task).values(state="running"))
        uow.conn.execute(sa.update(dw_job).where(dw_job.c.topic == tasks.TOPIC).values(state="dead"))

    desk.admin.post("/operations/tasks", {"kind": "backup"})

    states = [row[0] for row in desk.ask(sa.select(dw_task.c.state).order_by(dw_task.c.id))]
    assert states == ["failed", "waiting"]
    desk.work()
    assert desk.admin.get("/operations/backups")["last"]["state"] == "done"


def test_the_doctor_is_asked_from_the_screen(desk: Desk) -> None:
    desk.admin.post("/operations/tasks", {"kind": "doctor"})
    desk.work()
    assert desk.admin.get("/operations")["doctor"]["result"] == {"findings": [], "count": 0}


def test_whoever_runs_no_workspace_learns_nothing_of_it(desk: Desk) -> None:
    for path in ("", "/backups", "/jobs"):
        assert desk.seller.call("GET", f"/operations{path}").status_code == 403
    assert desk.seller.call("POST", "/operations/tasks", {"kind": "backup"}).status_code == 403
