"""One way in and one way out: who writes to an object's table, who reads from it, and that every route asks who is there.

Object tables are reached through `obj.table` and `obj.links`; the system's own tables have names that begin with dw_.
A module that is to join a list below needs a reason as good as those that stand there.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

import dealwright
from dealwright.app import create_app
from dealwright.foundation.settings import load_settings

SOURCE = Path(dealwright.__file__).parent
WRITERS = {
    "records/store.py": "the store: row, version and history leave together",
    "records/writes.py": "the store's statements, sent in batches",
    "model/retype.py": "converts stored values when a field gets another type, in the migration's transaction",
    "model/rollup.py": "works a new roll-up out for the rows that are there",
    "model/recompute.py": "computed fields of the rows that are there, after a change of the model",
    "model/uniqueness.py": "normal forms of the rows that are there, when a field becomes unique",
    "operations/backup.py": "puts a backup back, table by table",
    "foundation/database/sqlite.py": "the insert of SQLite, given its table",
    "foundation/database/postgresql.py": "the insert of PostgreSQL, given its table",
    "people/sessions.py": "notes the last use of a session or token, given its column",
}
READERS = {
    "access/rules.py": "the row conditions themselves",
    "access/explain.py": "why somebody may see a record: the row conditions themselves, and the asker's own first",
    "access/shares.py": "whether the asker's row condition covers the record that is to be shared",
    "records/query/builder.py": "the query builder",
    "records/query/wire.py": "the query builder's columns",
    "records/query/lines.py": "the query builder over the lines of a record",
    "records/search/rebuild.py": "every searchable value into the index",
    "records/batch.py": "rows that many saves of one transaction are about to change",
    "model/ddl.py": "makes and changes the tables",
    "model/recompute.py": "rows that a change of the model computes anew",
    "records/timeline.py": "reads no rows: the table of lines, to ask for a field's condition",
    "records/duplicates.py": "equal values under the asker's row condition; others are counted, never named",
    "records/merging/service.py": "the records that are merged, under the actor's row condition",
    "records/merging/pointing.py": "what points to records that are merged, to be turned by the write path; shown to nobody",
    "records/rights.py": "the row that is to be changed, under the asker's row condition",
    "records/targets.py": "relations named in a change, under the asker's row condition",
    "records/loading.py": "values of the record that is being changed",
    "records/plans.py": "kept statements of the write path",
    "records/rollups.py": "parents of the record that is being changed",
    "records/validation.py": "circles and uses of the record that is being changed",
    "records/store.py": "the store",
    "records/writes.py": "the store's statements",
    "model/shapes.py": "reads no rows: the names of a table's columns, to begin a row with",
    "model/rollup.py": "the sum over a parent's records",
    "model/service.py": "makes and changes the tables",
    "model/retype.py": "what another type would lose",
    "process/service.py": "how many records stand in a stage that is to go",
    "operations/backup.py": "every table into the backup",
    "operations/doctor/structure.py": "metadata against columns",
    "operations/doctor/recounts.py": "every recount agrees",
    "foundation/database/fulltext.py": "the index's own table",
    "people/sessions.py": "the table of sessions or tokens",
}
READERS |= {
    "records/imports/names.py": "relations named in a file, under the asker's row condition",
    "records/imports/rows.py": "rows to change, found by their key",
    "records/imports/undo.py": "names of records that an import made and that are kept",
}


def modules() -> Iterator[tuple[str, ast.Module]]:
    for path in sorted(SOURCE.rglob("*.py")):
        yield path.relative_to(SOURCE).as_posix(), ast.parse(path.read_text("utf-8"))


def writes(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Calls that write to a table that is not called dw_."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute) or not node.args:
            continue
        holder, verb = ast.unparse(node.func.value), node.func.attr
        is_write = (holder == "sa" and verb in ("insert", "update", "delete")) or (
            holder.endswith(("dialect", "sqlite", "postgresql", "writes")) and verb in ("insert", "upsert")
        )
        if is_write and not ast.unparse(node.args[0]).startswith("dw_"):
            yield node.lineno, ast.unparse(node)[:80]


def reads(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Mentions of an object's table or link tables."""
    for node in ast.walk(tree):
        reading = isinstance(node, ast.Attribute) and node.attr in ("table", "links") and isinstance(node.ctx, ast.Load)
        if reading and ast.unparse(node) != "recounts.links":  # a function of that name
            yield getattr(node, "lineno", 0), ast.unparse(node)


def test_only_the_store_writes_to_object_tables() -> None:
    found = {(name, line, text) for name, tree in modules() if name not in WRITERS for line, text in writes(tree)}
    assert not found


def test_only_the_query_builder_and_what_stands_beside_it_read_object_tables() -> None:
    found = {(name, line, text) for name, tree in modules() if name not in READERS for line, text in reads(tree)}
    assert not found


def test_the_lists_name_no_module_that_needs_no_exception() -> None:
    known = dict(modules())
    assert [name for name in WRITERS if name not in known or not list(writes(known[name]))] == []
    assert [name for name in READERS if name not in known or not list(reads(known[name]))] == []


def test_no_engine_writes_records_past_the_write_path() -> None:
    """`store` is called by the write path's steps and by nobody else."""
    for name, tree in modules():
        if name.startswith(("process/", "starters/", "people/", "access/", "app.py")):
            named = [
                n for n in ast.walk(tree) if isinstance(n, ast.ImportFrom) and n.module == "dealwright.records.store"
            ]
            assert not named, name


@pytest.mark.parametrize(
    "text",
    [
        "sa.insert(obj.table)",
        "sa.update(table)",
        "uow.dialect.upsert(obj.table, row, [])",
        "work.writes.insert(link, row)",
    ],
)
def test_a_write_past_the_store_would_be_found(text: str) -> None:
    assert list(writes(ast.parse(text)))
    assert not list(
        writes(ast.parse(text.replace("obj.table", "dw_job").replace("(table", "(dw_job").replace("(link", "(dw_job")))
    )


# ── every route declares a right ──

PUBLIC = {
    ("GET", "/health"): "says that the server is there",
    ("GET", "/setup"): "says whether there is a workspace",
    ("POST", "/setup"): "asks for the one-time link",
    ("POST", "/session"): "asks for the password",
    ("POST", "/invitations/accept"): "asks for the link of the invitation",
    ("POST", "/password/forgot"): "sends a link to whoever has the address, and says nothing about it",
    ("POST", "/password/reset"): "asks for the link",
}


CONFIGURATION = "format: dealwright/1\nobjects: []\n"
BODIES: dict[str, Any] = {
    "aggregate": {}, "words": {"filter": {}}, "bulk": {"ids": [], "action": "delete"}, "duplicates": {"values": {}},
    "diff": {"text": CONFIGURATION}, "import": {"text": CONFIGURATION},
    "read": {"all": True}, "snooze": {"source": "task", "record": "018f2b6e-7c1a-7000-8000-000000000001", "until": None},
}  # fmt: skip


@pytest.fixture(scope="module")
def stranger(tmp_path_factory: pytest.TempPathFactory) -> Any:
    app = create_app(load_settings({"DEALWRIGHT_DATA": str(tmp_path_factory.mktemp("door"))}), worker=False)
    yield TestClient(app, raise_server_exceptions=False)
    app.state.services.db.close()


def test_every_route_but_the_public_ones_asks_who_is_there(stranger: TestClient) -> None:
    description = stranger.get("/api/v1/openapi.json").json()
    open_doors = []
    for path, methods in description["paths"].items():
        filled = path.replace("{", "").replace("}", "")
        for method in (m.upper() for m in methods):
            if (method, path.removeprefix("/api/v1")) in PUBLIC:
                continue
            upload = (
                path.endswith(("/imports", "/files", "/me/avatar", "/propose-object", "/from-spreadsheet"))
                and method == "POST"
            )
            sent: dict[str, Any] = {"files": {"file": ("a.csv", b"name\nA\n")}} if upload else {}
            if method in ("POST", "PUT", "PATCH") and not upload:
                sent["json"] = BODIES.get(path.rsplit("/", 1)[-1], {"values": {"name": "A"}, "text": CONFIGURATION})
            query = "?object=account" if path.endswith(("/views", "/views/counts")) else ""
            query = "?from=2026-11-01&to=2026-11-30" if path.endswith("/calendar") else query
            answer = stranger.request(method, filled + query, headers={"If-Match": '"1"'}, **sent)
            if answer.status_code != 401 or answer.json()["code"] != "NOT_SIGNED_IN":
                open_doors.append((method, path, answer.status_code, answer.text[:200]))
    assert not open_doors, "these routes answered somebody who is not signed in"


def test_the_public_routes_are_those_of_the_list(stranger: TestClient) -> None:
    description = stranger.get("/api/v1/openapi.json").json()
    known = {(m.upper(), p.removeprefix("/api/v1")) for p, methods in description["paths"].items() for m in methods}
    assert set(PUBLIC) <= known
