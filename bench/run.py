"""`make bench`: measures Dealwright beside its limit on both databases and writes bench/RESULTS.md.

QUICK=1 takes a twentieth of the data and short blocks: enough to see that everything runs, not to quote.
BENCH_KEEP=folder keeps the loaded databases there and takes them again. BENCH_ONLY=sqlite or postgresql; BENCH_OPS=a,b
takes only these operations (neither writes RESULTS.md).
"""

from __future__ import annotations

import json
import os
import pickle
import shutil
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

import sqlalchemy as sa  # noqa: E402

from bench import capture, imports, load, operations, processes, report  # noqa: E402
from bench.measure import Measured, Measuring  # noqa: E402
from dealwright.model import schema_of  # noqa: E402
from support.postgres import PostgresServer  # noqa: E402

QUICK = os.environ.get("QUICK", "") not in ("", "0")
ACCOUNTS = 5_000 if QUICK else 100_000
ROUNDS, SECONDS = (2, 0.4) if QUICK else (3, 1.0)
IMPORTS = (500, 2_000) if QUICK else (5_000, 20_000, 50_000)
LONGEST_IMPORT_S = 30 if QUICK else 90


@dataclass
class Bench:
    """One database: where it is and what was measured on it."""

    name: str
    env: dict[str, str]
    folder: Path
    postgres: PostgresServer | None = None
    loaded: dict[str, Any] = field(default_factory=dict)
    measured: list[Measured] = field(default_factory=list)
    after_change: dict[str, float] = field(default_factory=dict)
    imports: list[imports.Imported | str] = field(default_factory=list)
    memory: dict[str, float] = field(default_factory=dict)
    start: dict[str, float] = field(default_factory=dict)
    plans: dict[str, list[str]] = field(default_factory=dict)

    @property
    def postmaster(self) -> int | None:
        if self.postgres is None:
            return None
        return int((self.postgres.data / "postmaster.pid").read_text().split("\n")[0])


def say(text: str) -> None:
    """A line of progress."""
    print(f"{time.strftime('%H:%M:%S')} {text}", flush=True)


def made(name: str, root: Path) -> Bench:
    """The bench of one database, loaded (again)."""
    folder = root / f"{name}-{ACCOUNTS}"
    folder.mkdir(parents=True, exist_ok=True)
    root.chmod(0o755)
    env = {"DEALWRIGHT_DATA": str(folder), "DEALWRIGHT_LOG_LEVEL": "info"}
    bench = Bench(name, env, folder)
    if name == "postgresql":
        bench.postgres = PostgresServer(folder / "pg", durable=True)
        bench.postgres.start()
        env["DEALWRIGHT_DATABASE_URL"] = bench.postgres.url
    return bench


def loaded(name: str, root: Path) -> dict[str, Any]:
    """Fill the database unless that was done before; runs in a process of its own."""
    bench = made(name, root)
    marker = bench.folder / "loaded.json"
    if marker.exists():
        return dict(json.loads(marker.read_text()))
    began = time.perf_counter()
    found = load.prepare(bench.env, ACCOUNTS)
    found["seconds"] = time.perf_counter() - began
    marker.write_text(json.dumps(found))
    return found


def some_ids(product: capture.Product, count: int) -> list[str]:
    """Ids of opportunities of version 1, open ones first, from all over the table and in no order."""
    with product.db.read() as uow:
        table = schema_of(uow).object("opportunity").table
        wanted = sa.select(table.c.id).where(table.c.version == 1, table.c.stage != "negotiation")
        closed = table.c.closed_at.is_not(None)
        ids = [row[0] for row in uow.conn.execute(wanted.order_by(closed, sa.func.substr(table.c.id, 28)).limit(count))]
    return ids


def limit_spec(
    bench: Bench, product: capture.Product, ops: list[operations.Operation], admin: str, account: str
) -> Path:
    """What the bare application needs: the statements as the product sends them for somebody who may see everything."""
    reads = {}
    for op in ops:
        if op.has_limit:
            sent = [product.ask(call, admin).question() for call in op.calls]
            reads[op.key] = (sent[0][0], [params for _, params in sent])
    with product.db.read() as uow:
        table = schema_of(uow).object("opportunity").table
        row = dict(uow.conn.execute(sa.select(table).limit(1)).mappings().one())
        dialect = uow.dialect.engine.dialect
        processors: dict[str, Any] = {c.name: c.type.dialect_impl(dialect).bind_processor(dialect) for c in table.c}
        sqlite = uow.dialect.is_sqlite
    template = {n: v if v is None or processors[n] is None else processors[n](v) for n, v in row.items()} | {
        "account_id": account
    }
    names = list(template)
    mark = "?" if sqlite else "%s"
    columns = ", ".join(f'"{name}"' for name in names)
    insert = f"INSERT INTO opportunity ({columns}) VALUES ({', '.join([mark] * len(names))}) RETURNING id"
    update = (
        f"UPDATE opportunity SET stage = {mark}, probability = {8000 if sqlite else 80}, version = version + 1 "
        f"WHERE id = {mark} AND version = 1 RETURNING id, version"
    )
    spec = {
        "sqlite": str(bench.folder / "dealwright.sqlite3") if sqlite else None,
        "dsn": None if sqlite else product.db.url.set(drivername="postgresql").render_as_string(False),
        "reads": reads, "insert": (insert, template, names), "update": update,
    }  # fmt: skip
    path = bench.folder / "limit.pickle"
    path.write_bytes(pickle.dumps(spec))
    return path


def accept_offer(server: processes.Server, admin: str, op: operations.Operation) -> None:
    """Add the index that the slow list offers to somebody who may add it."""
    found = imports.send(server, admin, "GET", op.calls[0].path.removeprefix("/api/v1"))
    offered = found.get("offer", {}).get("index")
    say(f"offered: an index on {offered}")
    if offered is not None:
        imports.send(server, admin, "POST", f"/objects/opportunity/fields/{offered}/index")


def without_index(product: capture.Product) -> None:
    """Kept data may have the index of an earlier run."""
    with product.db.ddl() as uow:
        uow.raw("DROP INDEX IF EXISTS ix_opportunity_amount")


def run(bench: Bench) -> None:
    """Everything on one database."""
    tokens, only = bench.loaded["tokens"], set(filter(None, os.environ.get("BENCH_OPS", "").split(",")))
    product = capture.Product(bench.env)
    without_index(product)
    ids = some_ids(product, 16_000 if not QUICK else 3_000)
    reads = operations.reads(ids[:400])
    writes = [
        operations.creates(bench.loaded["accounts"], 20_000), operations.moves(ids[400 : len(ids) - 400]),
    ]  # fmt: skip
    counted = {}
    for op in [*reads, *writes]:
        product.ask(op.calls[0], tokens[op.who])
        sent = product.ask(op.calls[1 % len(op.calls)], tokens[op.who])
        counted[op.key] = len(sent.statements)
        if op.again:
            bench.plans[op.key] = capture.plan_of(product, sent.question())
    for op in writes:
        del op.calls[:2]
    spec = limit_spec(bench, product, reads, tokens["admin"], bench.loaded["accounts"][0])
    product.close()
    ours = processes.product(bench.env, tokens["director"], bench.folder / "ours.log")
    bench.start = {"seconds": ours.start_s, "cpu_s": ours.start_cpu_s}
    bare = processes.limit(spec, bench.folder / "bare.log")
    client = processes.Client()
    backends = processes.Backends(bench.postmaster)
    try:
        time.sleep(1)
        bench.memory["idle"] = ours.memory_mib()
        measuring = Measuring(ours, bare, client, backends, tokens)
        for op in [*reads, *writes]:
            if only and op.key not in only:
                continue
            found = Measured(op, counted[op.key])
            if op.key == "list_offered":
                accept_offer(ours, tokens["admin"], op)
            for clients in (1, 16):
                alone = found.by_clients.get(1)
                # sixteen of these at once take many seconds, whatever the block's length
                rounds = 1 if alone is not None and (alone.limit_per_s or 100) < 20 else ROUNDS
                found.by_clients[clients] = measuring.run(op, clients, rounds=rounds, seconds=SECONDS)
            bench.measured.append(found)
            say(f"{bench.name} {report.line(found)}")
        for op in reads:
            if op.key in ("by_month", "by_industry") and (not only or op.key in only):
                changes = operations.moves(ids[-400:] if op.key == "by_month" else ids[-400:][::-1])  # each half once
                bench.after_change[op.key] = measuring.after_a_change(op, changes, count=40)
                say(f"{bench.name} {op.key} after a change: {bench.after_change[op.key]:.1f} ms CPU")
        if not only or "import" in only:
            start = int(time.time()) % 100_000 * 1_000 if os.environ.get("BENCH_KEEP") else 0  # names not taken before
            for rows in IMPORTS:
                try:
                    one: imports.Imported | str = imports.run(
                        ours, backends, tokens["admin"], rows, start, LONGEST_IMPORT_S
                    )
                    assert isinstance(one, imports.Imported)
                    say(
                        f"{bench.name} import {rows}: {one.rows_per_s:.0f} rows/s, {one.cpu_ms:.2f} ms a row, {one.refused} refused"
                    )
                except TimeoutError as error:
                    one = str(error)
                    say(f"{bench.name} import given up: {error}")
                bench.imports.append(one)
                start += rows
                if isinstance(one, str):
                    break
        bench.memory["load"] = ours.memory_mib("VmHWM")
    finally:
        client.stop()
        bare.stop()
        ours.stop()


def main() -> None:
    """Load both, measure one after the other, report."""
    keep = os.environ.get("BENCH_KEEP")
    root = Path(keep) if keep else Path(tempfile.mkdtemp(prefix="dealwright-bench-"))
    root.mkdir(parents=True, exist_ok=True)
    root.chmod(0o755)
    names = [n for n in ("sqlite", "postgresql") if os.environ.get("BENCH_ONLY", n) == n]
    benches = [made(name, root) for name in names]
    try:
        say(f"loading {ACCOUNTS:,} accounts and {2 * ACCOUNTS:,} opportunities")
        with ProcessPoolExecutor(len(names)) as pool:
            for bench, found in zip(benches, pool.map(loaded, names, [root] * len(names)), strict=True):
                bench.loaded = found
        say("loaded")
        for bench in benches:
            run(bench)
        text = report.text(benches, accounts=ACCOUNTS, quick=QUICK)
        if QUICK or os.environ.get("BENCH_ONLY") or os.environ.get("BENCH_OPS"):
            print(text)
        else:
            (ROOT / "bench" / "RESULTS.md").write_text(text, "utf-8")
            say("wrote bench/RESULTS.md")
    finally:
        for bench in benches:
            if bench.postgres is not None:
                bench.postgres.stop()
        if not keep:
            shutil.rmtree(root, ignore_errors=True)


if __name__ == "__main__":
    main()
