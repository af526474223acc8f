"""One operation after the other: alternating blocks of the product and the limit, medians of several."""

from __future__ import annotations

import statistics
from dataclasses import dataclass, field
from typing import Any

from bench.operations import Operation
from bench.processes import Backends, Client, Server


@dataclass
class Figures:
    """What was measured of one operation with one number of clients. Throughputs are medians of blocks."""

    ours_per_s: float
    limit_per_s: float | None
    p50_ms: float
    p95_ms: float
    server_ms: float
    database_ms: float

    @property
    def cpu_ms(self) -> float:
        return self.server_ms + self.database_ms


@dataclass
class Measured:
    """All figures of one operation."""

    operation: Operation
    statements: int
    by_clients: dict[int, Figures] = field(default_factory=dict)


class Measuring:
    """The two servers, the client and the way to run one operation on them."""

    def __init__(self, ours: Server, bare: Server, client: Client, backends: Backends, tokens: dict[str, str]) -> None:
        self.ours, self.bare, self.client, self.backends, self.tokens = ours, bare, client, backends, tokens

    def run(self, op: Operation, clients: int, *, rounds: int, seconds: float) -> Figures:
        """Alternate blocks of the product and the limit."""
        ours = [call.wire(self.tokens[op.who]) for call in op.calls]
        bare = self._bare_requests(op)
        if not op.again and clients == 1:  # what can be sent once only must last for the other clients
            ours, bare = ours[: len(ours) // 2], bare[: len(bare) // 2]
        at = {"ours": 0, "bare": 0}
        rates: dict[str, list[float]] = {"ours": [], "bare": []}
        p50, p95, cpu, count = [], [], [0.0, 0.0], 0
        for number in range(rounds + 1):
            warming = number == 0
            for name, server, requests in (("ours", self.ours, ours), ("bare", self.bare, bare)):
                if not requests or (not op.again and at[name] >= len(requests)):
                    continue
                before = server.cpu_s(), self.backends.cpu_s()
                found = self.client.block(
                    port=server.port, requests=requests if op.again else requests[at[name]:], again=op.again, clients=clients,
                    seconds=0.4 if warming else seconds, start=at[name] if op.again else 0,
                )  # fmt: skip
                after = server.cpu_s(), self.backends.cpu_s()
                at[name] += found["used"] if not op.again else found["count"]
                if found["wrong"]:
                    raise RuntimeError(f"{op.key} ({name}): {found['wrong']} of {found['count']}: {found['example']}")
                if warming:
                    continue
                rates[name].append(found["count"] / found["seconds"])
                if name == "ours":
                    count += found["count"]
                    p50.append(found["p50_ms"] or 0.0)
                    p95.append(found["p95_ms"] or 0.0)
                    cpu = [total + later - earlier for total, later, earlier in zip(cpu, after, before, strict=True)]
        if not op.again:
            del op.calls[: at["ours"]]
            if op.limit_calls is not None:
                del op.limit_calls[: at["bare"]]
        return Figures(
            statistics.median(rates["ours"]), statistics.median(rates["bare"]) if rates["bare"] else None,
            statistics.median(p50), statistics.median(p95), 1000 * cpu[0] / max(1, count), 1000 * cpu[1] / max(1, count),
        )  # fmt: skip

    def _bare_requests(self, op: Operation) -> list[str]:
        if op.limit_calls is not None:
            return [call.wire("-") for call in op.limit_calls]
        if not op.has_limit:
            return []
        return [f"GET /read/{op.key}?v={place} HTTP/1.1\r\nHost: bench\r\n\r\n" for place in range(len(op.calls))]

    def after_a_change(self, op: Operation, changes: Operation, *, count: int) -> float:
        """CPU ms of a question when every question follows a change of the object, the change's own share taken off."""
        moves = [call.wire(self.tokens[changes.who]) for call in changes.calls[:count]]
        alone = self._cpu_of(moves[: count // 2])
        ask = op.calls[0].wire(self.tokens[op.who])
        both = self._cpu_of([text for move in moves[count // 2 :] for text in (move, ask)])
        return 1000 * (both / (count - count // 2) - alone / (count // 2))

    def _cpu_of(self, requests: list[str]) -> float:
        before = self.ours.cpu_s() + self.backends.cpu_s()
        found: dict[str, Any] = self.client.block(
            port=self.ours.port, requests=requests, again=False, clients=1, seconds=120
        )
        if found["wrong"]:
            raise RuntimeError(str(found["example"]))
        return self.ours.cpu_s() + self.backends.cpu_s() - before
