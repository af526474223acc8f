"""Many at once, over HTTP and over two processes: no update is lost, a submit sent twice makes one record, a stop is graceful."""

from __future__ import annotations

import contextlib
import signal
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from support.process import Answer, Gone, Server
from support.sales import Workspace

EDITORS = 50


def test_fifty_editors_of_one_record_lose_no_update(workspace: Workspace, serve: Callable[..., Server]) -> None:
    server = serve("--no-worker")
    product = server.client().post("/records/product", {"name": "Pump", "list_price": "0.00"}).body
    path = f"/records/product/{product['id']}"
    gate = threading.Barrier(EDITORS)

    def add(number: int) -> None:
        client = server.client()
        gate.wait()
        while True:
            seen = client.get(path).body
            price = str(int(float(seen["list_price"])) + number)
            answer = client.patch(path, seen["version"], {"list_price": price})
            if answer.status == 200:
                return
            assert answer.status in (412, 503), answer.body

    with ThreadPoolExecutor(EDITORS) as pool:
        list(pool.map(add, range(1, EDITORS + 1)))

    last = server.client().get(path).body
    assert last["list_price"] == f"{sum(range(1, EDITORS + 1))}.00"
    assert last["version"] == EDITORS + 1
    versions = workspace.rows(f"SELECT version FROM dw_history WHERE record_id = '{product['id']}' ORDER BY version")
    assert [row[0] for row in versions] == list(range(1, EDITORS + 2))
    assert workspace.doctor() == []


def test_twins_at_two_processes_make_one_record_and_both_get_its_answer(
    workspace: Workspace, serve: Callable[..., Server]
) -> None:
    servers = [serve("--no-worker"), serve("--no-worker")]
    for submit in range(3):
        gate = threading.Barrier(8)

        def send(number: int, submit: int = submit, gate: threading.Barrier = gate) -> Answer:
            client = servers[number % 2].client()
            gate.wait()
            return client.post("/records/product", {"name": f"Twin {submit}"}, Idempotency_Key=f"key-{submit}")

        with ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(send, range(8)))
        assert {answer.status for answer in answers} == {201}
        assert len({answer.body["id"] for answer in answers}) == 1
        assert all(answer.body == answers[0].body for answer in answers)

    other = servers[1].client().post("/records/product", {"name": "Other"}, Idempotency_Key="key-0")
    assert (other.status, other.code) == (422, "IDEMPOTENCY_REUSED")
    assert workspace.rows("SELECT count(*) FROM product") == [(3,)]


def test_a_key_whose_first_request_was_refused_or_died_with_the_server_is_free_again(
    workspace: Workspace, serve: Callable[..., Server]
) -> None:
    server = serve("--no-worker")
    refused = server.client().post("/records/product", {"name": ""}, Idempotency_Key="k")
    assert refused.status == 422
    made = server.client().post("/records/product", {"name": "Now with a name"}, Idempotency_Key="k")
    assert made.status == 201

    died = threading.Thread(target=lambda: _quietly(server))
    died.start()
    time.sleep(0.05)
    server.kill()
    died.join(60)
    server.start("--no-worker")
    for _ in range(2):
        answer = server.client().post("/records/product", {"name": "Died"}, Idempotency_Key="died")
        assert answer.status == 201
    assert workspace.rows("SELECT count(*) FROM product WHERE name = 'Died'") == [(1,)]


def _quietly(server: Server) -> None:
    with contextlib.suppress(Gone):
        server.client().post("/records/product", {"name": "Died"}, Idempotency_Key="died")


def test_a_stop_lets_requests_under_way_finish(workspace: Workspace, serve: Callable[..., Server]) -> None:
    server = serve()
    text = "name\n" + "".join(f"Person {n}\n" for n in range(500))
    (workspace.data / "leads.csv").write_text(text)
    assert server.run("import", "lead", str(workspace.data / "leads.csv")).returncode == 0
    answers: list[Answer] = []

    def slow() -> None:  # 500 changes in one request take a moment
        answers.append(server.client().post("/records/lead/bulk", {"filter": {"all": []}, "values": {"need": "x"}}))

    sending = threading.Thread(target=slow)
    sending.start()
    time.sleep(0.1)
    assert not answers, "the request was over before the stop"
    assert server.stop() in (0, -signal.SIGTERM)
    sending.join(60)

    assert [(a.status, a.body["changed"]) for a in answers] == [(200, 500)]
    assert workspace.rows("SELECT count(*) FROM lead WHERE need = 'x'") == [(500,)]
    assert "Traceback" not in server.log()
