"""kill -9: what was acknowledged is there, what was not is there whole or not at all."""

from __future__ import annotations

import os
import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from support.process import Client, Gone, Server
from support.sales import Workspace

KILLS = int(os.environ.get("DEALWRIGHT_KILLS", "4"))  # on each database; `make soak` asks for more
WRITERS = 4


@dataclass
class Writer:
    """Somebody who makes opportunities and changes them, and who remembers what was acknowledged.

    A request without an answer is sent again with the same Idempotency-Key after the restart, as a careful program does.
    """

    name: str
    seed: int
    acknowledged: dict[str, tuple[str, int, str]] = field(default_factory=dict)  # id: name, version, next step
    unanswered: tuple[str, str, dict[str, str], dict[str, str]] | None = None
    count: int = 0

    def write_until_gone(self, client: Client) -> None:
        draw = random.Random(self.seed + self.count)
        while True:
            if self.unanswered is None:
                self.unanswered = self.next_request(draw)
            method, path, body, headers = self.unanswered
            try:
                answer = client.call(method, path, body, **headers)
            except Gone:
                return
            if answer.status == 503:
                continue
            assert answer.status in (200, 201), (answer.status, answer.body)
            record = answer.body
            self.acknowledged[record["id"]] = (record["name"], record["version"], record["next_step"] or "")
            self.unanswered = None

    def next_request(self, draw: random.Random) -> tuple[str, str, dict[str, str], dict[str, str]]:
        self.count += 1
        headers = {"Idempotency_Key": f"{self.name}-{self.count}"}
        if self.acknowledged and draw.random() < 0.5:
            record_id = draw.choice(list(self.acknowledged))
            version = self.acknowledged[record_id][1]
            headers["If_Match"] = f'"{version}"'
            return "PATCH", f"/records/opportunity/{record_id}", {"next_step": f"step {self.count}"}, headers
        return "POST", "/records/opportunity", {"name": f"{self.name} {self.count}", "amount": "10.50"}, headers


def all_write_until_killed(server: Server, writers: list[Writer], more: int, then_s: float) -> None:
    """Kill the server while all write, `then_s` seconds after `more` further requests were sent."""

    def sent() -> int:
        return sum(writer.count for writer in writers)

    goal = sent() + more
    threads = [threading.Thread(target=w.write_until_gone, args=(server.client(),)) for w in writers]
    for thread in threads:
        thread.start()
    Server.wait_until(lambda: sent() >= goal)
    time.sleep(then_s)
    server.kill()
    for thread in threads:
        thread.join(60)
        assert not thread.is_alive()


def test_nothing_acknowledged_is_lost_and_nothing_is_half_there_when_the_server_is_killed(
    workspace: Workspace, serve: Callable[..., Server]
) -> None:
    writers = [Writer(f"w{n}", n) for n in range(WRITERS)]
    draw = random.Random(2)
    server = serve()
    for kill in range(KILLS):
        if kill:
            server.start()
        all_write_until_killed(server, writers, 25, draw.uniform(0, 0.1))
        assert workspace.doctor() == []

    server.start()
    client = server.client()
    for writer in writers:
        if writer.unanswered is not None:  # the careful program tries once more, and then knows
            method, path, body, headers = writer.unanswered
            answer = client.call(method, path, body, **headers)
            assert answer.status in (200, 201), (answer.status, answer.body)
            record = answer.body
            writer.acknowledged[record["id"]] = (record["name"], record["version"], record["next_step"] or "")

    stored = {
        row[0]: (row[1], row[2], row[3] or "")
        for row in workspace.rows("SELECT id, name, version, next_step FROM opportunity")
    }
    expected = {key: value for writer in writers for key, value in writer.acknowledged.items()}
    assert len(expected) > KILLS * WRITERS, "too little was written to prove anything"
    assert stored == expected
    history: dict[str, list[int]] = {}
    for record_id, version in workspace.rows(
        "SELECT record_id, version FROM dw_history WHERE object_key = 'opportunity' ORDER BY version"
    ):
        history.setdefault(record_id, []).append(version)
    assert history == {key: list(range(1, version + 1)) for key, (_, version, _) in expected.items()}
    assert workspace.doctor() == []
