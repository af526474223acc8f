"""kill -9 in the long works: an import, a bulk change by the worker, a change of the model."""

from __future__ import annotations

import itertools
import random
import threading
import time
from collections.abc import Callable

from support.process import Gone, Server
from support.sales import Workspace

LONG_AGO = "'2000-01-01T00:00:00.000000Z'"


def let_the_lease_run_out(workspace: Workspace) -> None:
    """What waiting for the end of the lost worker's lease would do."""
    workspace.execute(f"UPDATE dw_job SET lease_until = {LONG_AGO} WHERE state = 'running'")


def test_an_import_goes_on_after_each_kill_and_brings_nothing_twice(
    workspace: Workspace, serve: Callable[..., Server]
) -> None:
    rows, kills, killed_at = 4_000, 2, []
    text = "name,need\n" + "".join(f"Person {n},Need {n}\n" for n in range(rows))
    server = serve()
    made = server.client().upload("/imports", "leads.csv", text.encode(), object="lead")
    assert made.status == 201, made.body
    path = f"/imports/{made.body['id']}"
    server.client().post(f"{path}/start")

    for kill in range(kills):
        client, goal = server.client(), (kill + 1) * rows // (kills + 2)
        Server.wait_until(lambda client=client, goal=goal: client.get(path).body["done"] >= goal)
        server.kill()
        killed_at.append(workspace.rows("SELECT done FROM dw_import")[0][0])
        assert workspace.doctor() == []
        let_the_lease_run_out(workspace)
        server.start()
    assert 0 < killed_at[0] < killed_at[-1] < rows, killed_at

    client = server.client()
    Server.wait_until(lambda: client.get(path).body["state"] == "done")
    report = client.get(path).body
    assert [report[name] for name in ("total", "done", "created", "refused")] == [rows, rows, rows, 0]
    assert workspace.rows("SELECT count(*), count(DISTINCT name) FROM lead") == [(rows, rows)]
    assert workspace.rows("SELECT count(*), count(DISTINCT line) FROM dw_import_row") == [(rows, rows)]
    assert workspace.rows("SELECT count(*) FROM dw_history WHERE object_key = 'lead'") == [(rows,)]
    assert workspace.doctor() == []


def test_a_bulk_change_of_a_killed_worker_is_finished_by_the_next_one_and_nothing_is_changed_twice(
    workspace: Workspace, serve: Callable[..., Server], worker: Server
) -> None:
    rows = 2_000
    text = "name\n" + "".join(f"Person {n}\n" for n in range(rows))
    (workspace.data / "leads.csv").write_text(text)
    server = serve("--no-worker")
    assert server.run("import", "lead", str(workspace.data / "leads.csv")).returncode == 0
    client = server.client()
    everything = {"filter": {"all": []}, "values": {"need": "call"}}
    started = client.post("/records/lead/bulk", everything)
    assert (started.status, started.body["total"]) == (202, rows), started.body
    path = f"/bulk/{started.body['id']}"

    for kill in (1, 2):
        worker.start_worker()
        Server.wait_until(lambda kill=kill: client.get(path).body["done"] >= kill * 500)
        worker.kill()
        assert workspace.doctor() == []
        assert client.get(path).body["state"] == "running"
        let_the_lease_run_out(workspace)

    worker.start_worker()
    Server.wait_until(lambda: client.get(path).body["state"] == "done")
    worker.stop()
    assert client.get(path).body["changed"] == rows
    assert workspace.rows("SELECT version, need, count(*) FROM lead GROUP BY version, need") == [(2, "call", rows)]
    assert workspace.rows("SELECT state, count(*) FROM dw_job WHERE topic = 'records.bulk' GROUP BY state") == [
        ("done", 1)
    ]
    assert workspace.doctor() == []


def test_a_field_is_there_with_its_column_or_not_at_all(workspace: Workspace, serve: Callable[..., Server]) -> None:
    acknowledged: set[str] = set()
    numbers, draw, server = itertools.count(1), random.Random(4), serve()
    types = itertools.cycle([
        {"type": "text", "unique": True}, {"type": "money"}, {"type": "relation_many", "target": "account"},
        {"type": "relation", "target": "contact"}, {"type": "formula", "result": "money", "expression": "{amount} * 2"},
    ])  # fmt: skip

    def add_until_gone(server: Server) -> None:
        client = server.client()
        while True:
            key = f"extra_{next(numbers)}"
            try:
                answer = client.post(
                    "/objects/opportunity/fields", {"key": key, "labels": {"zh": key, "en": key}, **next(types)}
                )
            except Gone:
                return
            assert answer.status == 201, answer.body
            acknowledged.add(key)

    for kill in range(1, 4):
        if kill > 1:
            server.start()
        adding = threading.Thread(target=add_until_gone, args=(server,))
        adding.start()
        Server.wait_until(lambda kill=kill: len(acknowledged) >= 2 * kill)
        time.sleep(draw.uniform(0, 0.2))
        server.kill()
        adding.join(60)
        assert workspace.doctor() == []  # metadata = columns

    client = server.start().client()
    there = {f["key"] for f in client.get("/objects/opportunity").body["fields"]}
    assert acknowledged <= there
    made = client.post("/records/opportunity", {"name": "After it all"})
    assert made.status == 201, made.body
    last = f"extra_{next(numbers) - 1}"  # the one that was under way at the last kill
    again = client.post("/objects/opportunity/fields", {"key": last, "type": "text", "labels": {"zh": "x", "en": "x"}})
    assert again.status == (409 if last in there else 201), again.body  # committed, but the answer died
    assert workspace.doctor() == []
