"""The figures as a page: what was reached, what was not, and on what machine."""

from __future__ import annotations

import os
import platform
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bench.imports import Imported
from bench.measure import Measured

IMPORT_RATE, IMPORT_CPU_MS = 5_000, 0.2
HELD_BACK = Path(__file__).parent / "held_back.md"
IDLE_MIB, LOAD_MIB, START_S = 150, 300, 2.5


def line(found: Measured) -> str:
    """One line of progress."""
    parts = []
    for clients, f in found.by_clients.items():
        ratio = f"{100 * f.ours_per_s / f.limit_per_s:.0f} %" if f.limit_per_s else "-"
        parts.append(
            f"[{clients}] {f.ours_per_s:.0f}/s {ratio} cpu {f.cpu_ms:.2f} ({f.server_ms:.2f}+{f.database_ms:.2f}) p95 {f.p95_ms:.1f}"
        )
    return f"{found.operation.key}: {'  '.join(parts)}  statements {found.statements}"


def _mark(fine: bool | None) -> str:
    return "" if fine is None else " ✓" if fine else " ✗"


def _row(found: Measured) -> str:
    op = found.operation
    one, many = found.by_clients[1], found.by_clients[16]
    ratios = [f.ours_per_s / f.limit_per_s if f.limit_per_s else None for f in (one, many)]
    worst = min((r for r in ratios if r is not None), default=None)
    cpu = max(one.cpu_ms, many.cpu_ms)
    reached = _mark(None if worst is None or op.of_limit is None else worst >= op.of_limit)
    shown = " / ".join("–" if r is None else f"{100 * r:.0f} %" for r in ratios)
    goal = "" if op.of_limit is None else f" (≥ {100 * op.of_limit:.0f} %)"
    return (
        f"| {op.title} | {one.ours_per_s:,.0f} / {many.ours_per_s:,.0f} | {shown}{goal}{reached} "
        f"| {one.cpu_ms:.2f} / {many.cpu_ms:.2f} (≤ {op.cpu_ms:g}){_mark(None if op.cpu_ms is None else cpu <= op.cpu_ms)} "
        f"| {one.server_ms:.2f} + {one.database_ms:.2f} | {one.p50_ms:.1f}, {one.p95_ms:.1f} / {many.p50_ms:.1f}, {many.p95_ms:.1f} "
        f"| {found.statements} (≤ {op.statements}){_mark(None if op.statements is None else found.statements <= op.statements)} |"
    )  # fmt: skip


def _section(bench: Any) -> list[str]:
    lines = [
        f"## {'SQLite' if bench.name == 'sqlite' else 'PostgreSQL'}", "",
        "| operation | requests/s, 1 / 16 clients | of the limit, 1 / 16 | CPU ms a request, 1 / 16 | server + database | p50, p95 ms, 1 / 16 | statements |",
        "|---|---|---|---|---|---|---|", *(_row(found) for found in bench.measured), "",
    ]  # fmt: skip
    if bench.after_change:
        shown = ", ".join(f"{key} {ms:.0f} ms" for key, ms in bench.after_change.items())
        lines += [f"Aggregates asked anew after every change (nothing kept may answer), CPU: {shown}.", ""]
    if bench.imports:
        lines += ["| import through the API | rows/s (≥ 5,000) | CPU ms a row (≤ 0.2) | refused |", "|---|---|---|---|"]
        for one in bench.imports:
            if isinstance(one, Imported):
                lines.append(
                    f"| {one.rows:,} rows | {one.rows_per_s:,.0f}{_mark(one.rows_per_s >= IMPORT_RATE)} "
                    f"| {one.cpu_ms:.3f}{_mark(one.cpu_ms <= IMPORT_CPU_MS)} | {one.refused} |"
                )
            else:
                lines.append(f"| given up: {one} | ✗ | | |")
        lines.append("")
    memory, start = bench.memory, bench.start
    lines += [
        f"Memory of the server: idle {memory['idle']:.0f} MiB (≤ {IDLE_MIB}){_mark(memory['idle'] <= IDLE_MIB)}, "
        f"highest under this load {memory['load']:.0f} MiB (≤ {LOAD_MIB}){_mark(memory['load'] <= LOAD_MIB)}. "
        f"Start to first answer: {start['seconds']:.2f} s (≤ {START_S}){_mark(start['seconds'] <= START_S)}, {start['cpu_s']:.2f} s of CPU.",
        "",
    ]  # fmt: skip
    return lines


def text(benches: Sequence[Any], *, accounts: int, quick: bool) -> str:
    """The page."""
    load = os.getloadavg()
    lines = [
        "# Measured", "",
        f"`make bench`{' (QUICK: not to be quoted)' if quick else ''} on {time.strftime('%Y-%m-%d')}: {accounts:,} accounts and {2 * accounts:,} opportunities of the sales "
        f"starter; {os.cpu_count()} CPUs ({platform.machine()}), Python {platform.python_version()}; load average {load[0]:.1f} at the end. "
        "One server process with its worker; rights, validation, history and search index on; the reader is a sales manager whose teams hold all "
        "rows, so every statement carries the whole condition of rights. The limit is a bare FastAPI application with the bare driver behind the same "
        "uvicorn, running the same SQL without rights, history, index or outbox (`bench/limit.py`). Blocks of both alternate; throughput is the median "
        "of the blocks. CPU is that of the server process and of PostgreSQL's backends. How to read and repeat it: docs/developers/speed.md.", "",
    ]  # fmt: skip
    for bench in benches:
        lines += _section(bench)
    return "\n".join(lines).rstrip() + "\n\n" + HELD_BACK.read_text("utf-8")
