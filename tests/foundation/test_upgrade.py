"""A database of an earlier release, with data, is brought up by scripts and is then like one made anew."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from dealwright.foundation.database import Database, current, metadata
from dealwright.foundation.database.migrate import NewerDatabase, revision_of

# What a later release would bring: the column, its index and the table that `make_older` takes away.
HEAD = next(iter(current.newest()))
SCRIPT = """
import sqlalchemy as sa
from alembic import op
from dealwright.foundation.database.types import Instant

revision = "9999"
down_revision = "{head}"


def upgrade() -> None:
    op.add_column("dw_job", sa.Column("done_at", Instant()))
    op.execute("UPDATE dw_job SET done_at = created_at WHERE state = 'done'")
{index}
"""
INDEX = """    where = sa.text("key IS NOT NULL")
    op.create_index("uq_dw_job_key", "dw_job", ["key"], unique=True, sqlite_where=where, postgresql_where=where)"""


def picture(db: Database) -> dict[str, Any]:
    """Columns, types, defaults, keys, indexes and checks of all system tables, whatever their order."""
    with db.read() as uow:
        inspector, found = sa.inspect(uow.conn), {}
        for name in sorted(set(inspector.get_table_names()) & {*metadata.tables}):
            types = uow.dialect.column_types(uow.conn, name)
            found[name] = {
                "columns": {
                    c["name"]: (types[c["name"]], c["nullable"], c["default"]) for c in inspector.get_columns(name)
                },
                "key": inspector.get_pk_constraint(name)["constrained_columns"],
                "indexes": {i["name"]: (i["column_names"], bool(i["unique"])) for i in inspector.get_indexes(name)},
                "uniques": sorted(u["column_names"] for u in inspector.get_unique_constraints(name)),
                "foreign": sorted(
                    (f["constrained_columns"], f["referred_table"]) for f in inspector.get_foreign_keys(name)
                ),
                "checks": sorted(str(c["name"]) for c in inspector.get_check_constraints(name)),
            }
        return found


def make_older(db: Database) -> None:
    """Take away what the release after the first one brought; leave data in what stays."""
    with db.ddl() as uow:
        uow.raw("DROP INDEX uq_dw_job_key")
        uow.raw("ALTER TABLE dw_job DROP COLUMN done_at")
        uow.raw("DROP TABLE dw_view")
        moment = "'2026-01-02T03:04:05.000006Z'"
        uow.raw(
            "INSERT INTO dw_job (id, topic, payload, state, run_at, attempts, key, created_at) VALUES "
            f"('1', 't', '{{}}', 'done', {moment}, 1, 'k', {moment}), ('2', 't', '{{}}', 'ready', {moment}, 0, NULL, {moment})"
        )


@pytest.fixture
def scripts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The release's scripts and one more."""
    folder = tmp_path / "migrations"
    shutil.copytree(current.SCRIPTS, folder, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(current, "SCRIPTS", folder)
    return folder / "versions" / "9999_later.py"


def test_an_upgraded_database_is_like_a_new_one_and_keeps_its_data(db: Database, scripts: Path) -> None:
    new = picture(db)
    make_older(db)
    older = picture(db)
    assert older != new and "dw_view" not in older
    scripts.write_text(SCRIPT.format(head=HEAD, index=INDEX))
    db.migrate()

    assert picture(db) == new
    with db.read() as uow:
        assert revision_of(uow) == "9999"
        rows = uow.raw("SELECT id, key, created_at = done_at FROM dw_job ORDER BY id")
        assert [(row[0], row[1], row[2] if row[2] is None else bool(row[2])) for row in rows] == [
            ("1", "k", True),
            ("2", None, None),
        ]
    db.migrate()
    assert picture(db) == new


def test_a_script_that_forgets_an_index_is_seen(db: Database, scripts: Path) -> None:
    new = picture(db)
    make_older(db)
    scripts.write_text(SCRIPT.format(head=HEAD, index=""))
    db.migrate()
    assert set(new["dw_job"]["indexes"]) - set(picture(db)["dw_job"]["indexes"]) == {"uq_dw_job_key"}


def test_an_upgrade_that_fails_leaves_the_older_database_as_it_was(db: Database, scripts: Path) -> None:
    make_older(db)
    older = picture(db)
    scripts.write_text(SCRIPT.format(head=HEAD, index="    raise OSError('no more room')"))
    with pytest.raises(OSError):
        db.migrate()
    assert picture(db) == older
    with db.read() as uow:
        assert revision_of(uow) == HEAD
        assert uow.raw("SELECT count(*) FROM dw_job") == [(2,)]


def test_the_older_release_refuses_the_upgraded_database(
    db: Database, scripts: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_older(db)
    scripts.write_text(SCRIPT.format(head=HEAD, index=INDEX))
    db.migrate()
    scripts.unlink()
    with pytest.raises(NewerDatabase):
        db.migrate()
