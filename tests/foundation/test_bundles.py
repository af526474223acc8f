"""Several writes as one statement on SQLite."""

from pathlib import Path

import pytest
import sqlalchemy as sa

from dealwright.foundation.database import Database, UnitOfWork, bundles

notes = sa.Table("notes", sa.MetaData(), sa.Column("id", sa.Integer, primary_key=True), sa.Column("text", sa.Text))


@pytest.fixture
def db(tmp_path: Path) -> Database:
    database = Database(f"sqlite:///{tmp_path / 'a.sqlite3'}")
    with database.write() as uow:
        uow.raw("CREATE TABLE notes (id INTEGER PRIMARY KEY, text TEXT)")
    return database


def two(db: Database) -> bundles.Bundle:
    add = sa.insert(notes).inline().values(text=sa.bindparam("text"))
    change = sa.update(notes).where(notes.c.text == sa.bindparam("old")).values(text=sa.bindparam("new"))
    return bundles.bundle([db.dialect.compile(add), db.dialect.compile(change)])


def texts(db: Database) -> list[str]:
    with db.read() as uow:
        return [row[0] for row in uow.raw("SELECT text FROM notes ORDER BY id")]


def write(uow: UnitOfWork, one: bundles.Bundle, text: str) -> None:
    bundles.send(uow, one, [{"text": text}, {"old": text, "new": f"{text}!"}])


def test_the_statements_run_in_their_order_as_one(db: Database) -> None:
    one = two(db)
    with db.write() as uow:
        write(uow, one, "a?'报价")
        sent = uow.statements
        write(uow, one, "b")
        assert uow.statements - sent == 1
    assert texts(db) == ["a?'报价!", "b!"]


def test_it_is_made_again_after_a_rollback_and_on_another_connection(db: Database) -> None:
    one = two(db)
    with pytest.raises(ZeroDivisionError), db.write() as uow:
        write(uow, one, "never")
        raise ZeroDivisionError
    for text in ("a", "b"):
        with db.write() as uow:
            write(uow, one, text)
        db.engine.dispose()
    assert texts(db) == ["a!", "b!"]


def test_a_refused_statement_undoes_the_bundle(db: Database) -> None:
    one = two(db)
    with db.write() as uow:
        uow.raw("CREATE UNIQUE INDEX u ON notes (text)")
        write(uow, one, "a")
    with pytest.raises(db.dialect.integrity_errors), db.write() as uow:
        write(uow, one, "a")
    assert texts(db) == ["a!"]


def test_tables_can_be_changed_beside_it(db: Database) -> None:
    with db.write() as uow:
        write(uow, two(db), "a")
    with db.ddl() as uow:
        uow.raw("ALTER TABLE notes ADD COLUMN more TEXT")
        uow.raw("ALTER TABLE notes DROP COLUMN more")
    with db.write() as uow:
        write(uow, two(db), "b")
    assert texts(db) == ["a!", "b!"]
