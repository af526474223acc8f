"""The PostgreSQL that the other tests rely on."""

import uuid
from pathlib import Path

import psycopg
import pytest

from support.postgres import (
    clone_database,
    connection_string,
    create_database,
    drop_database,
    postgres_server,
    postgres_url,
)

ROOT = Path(__file__).resolve().parent.parent


def ask(url: str, statement: str) -> list[tuple[object, ...]]:
    with psycopg.connect(connection_string(url), autocommit=True) as connection:
        cursor = connection.execute(statement)
        return cursor.fetchall() if cursor.description else []


def test_databases_are_created_copied_and_dropped() -> None:
    url = postgres_url(ROOT)
    assert url == postgres_url(ROOT)
    first, second = (f"support_{uuid.uuid4().hex[:12]}" for _ in range(2))
    try:
        original = create_database(url, first)
        ask(original, "CREATE TABLE greeting AS SELECT '你好' AS words")
        copy = clone_database(url, first, second)
        assert ask(copy, "SELECT words FROM greeting") == [("你好",)]
    finally:
        drop_database(url, first)
        drop_database(url, second)
    with pytest.raises(psycopg.OperationalError):
        ask(original, "SELECT 1")


@pytest.mark.slow
def test_a_durable_server_survives_being_killed() -> None:
    server = postgres_server(ROOT, durable=True)
    assert server.url != postgres_url(ROOT)
    assert ask(server.url, "SHOW fsync") == [("on",)]
    ask(server.url, "CREATE TABLE kept AS SELECT 1 AS n")
    server.kill()
    assert not server.running
    with pytest.raises(psycopg.OperationalError):
        ask(server.url, "SELECT 1")
    server.start()
    assert ask(server.url, "SELECT n FROM kept") == [(1,)]
    server.stop()
    assert not server.running
    server.start()
    assert ask(server.url, "SELECT n FROM kept") == [(1,)]
