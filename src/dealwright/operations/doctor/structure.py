"""What the database says of itself, and the catalogue against the real tables: columns, types, indexes."""

from __future__ import annotations

import re
from collections.abc import Iterator

import sqlalchemy as sa

from dealwright.foundation.database import Database, UnitOfWork, metadata
from dealwright.foundation.database.migrate import head, revision_of
from dealwright.model import ObjectDef, build

SET_ASIDE = "__was_"  # columns that a change of type keeps for its undo


def database(uow: UnitOfWork) -> Iterator[str]:
    """The database's own checks."""
    if uow.dialect.is_sqlite:
        for row in uow.raw("PRAGMA integrity_check"):
            if row[0] != "ok":
                yield f"database: {row[0]}"
        for row in uow.raw("PRAGMA foreign_key_check"):
            yield f"database: {row[0]} row {row[1]} refers to a missing row of {row[2]}"
        return
    for name in uow.raw("SELECT indexrelid::regclass::text FROM pg_index WHERE NOT indisvalid OR NOT indisready"):
        yield f"database: the index {name[0]} is not valid; run REINDEX"
    failed = "SELECT coalesce(checksum_failures, 0) FROM pg_stat_database WHERE datname = current_database()"
    for count in uow.raw(failed):
        if count[0]:
            yield f"database: {count[0]} pages failed their checksum"


def system_tables(uow: UnitOfWork) -> Iterator[str]:
    """The tables of this release, each with its columns, types and indexes."""
    if revision_of(uow) != head():
        yield f"system tables: at revision {revision_of(uow)}, this release needs {head()}"
    for table in metadata.sorted_tables:
        yield from _table(uow, table, [*table.indexes])


def object_tables(uow: UnitOfWork, obj: ObjectDef) -> Iterator[str]:
    """An object's table and its link tables."""
    yield from _table(uow, obj.table, build.indexes_of(obj.table, obj.kind, obj.fields))
    for link in obj.links.values():
        yield from _table(uow, link, [build.link_index(link)])


def search_tables(db: Database) -> Iterator[str]:
    """The full-text index of SQLite against the rows it is made from.

    A unit of its own: the check is spelt as an INSERT, though it writes nothing.
    """
    if not db.dialect.is_sqlite:
        return
    with db.write() as uow:
        try:
            uow.raw("INSERT INTO dw_search_fts(dw_search_fts, rank) VALUES ('integrity-check', 1)")
        except uow.dialect.driver_errors:
            yield "search: the full-text index does not agree with its rows"


def _table(uow: UnitOfWork, table: sa.Table, indexes: list[sa.Index]) -> Iterator[str]:
    real = columns_of(uow, table.name)
    if not real:
        yield f"{table.name}: the table is missing"
        return
    for column in table.c:
        have = real.get(column.name)
        wanted = type_text(uow, column)
        if have is None:
            yield f"{table.name}.{column.name}: the column is missing"
        elif have != wanted:
            yield f"{table.name}.{column.name}: the column is of type {have}, the field needs {wanted}"
    for name in sorted(set(real) - set(table.c.keys())):
        if SET_ASIDE not in name:
            yield f"{table.name}.{name}: a column that no field knows"
    found = {one["name"]: one for one in sa.inspect(uow.conn).get_indexes(table.name)}
    for index in indexes:
        one = found.get(index.name)
        if one is None:
            yield f"{table.name}: the index {index.name} is gone"
        elif bool(one["unique"]) != bool(index.unique) or one["column_names"] != [
            getattr(part, "name", None) for part in index.expressions
        ]:
            yield f"{table.name}: the index {index.name} is not what it should be"


def columns_of(uow: UnitOfWork, table: str) -> dict[str, str]:
    """Column names and types of a real table as the database tells them; {} when there is no such table."""
    if uow.dialect.is_sqlite:
        quoted = table.replace('"', '""')
        return {row[1]: _plain(row[2]) for row in uow.raw(f'PRAGMA table_info("{quoted}")')}
    rows = uow.raw(
        "SELECT a.attname, format_type(a.atttypid, a.atttypmod) FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid "
        "WHERE c.relname = %s AND c.relkind = 'r' AND pg_table_is_visible(c.oid) AND a.attnum > 0 AND NOT a.attisdropped",
        (table,),
    )
    return {row[0]: _plain(row[1]) for row in rows}


def type_text(uow: UnitOfWork, column: sa.Column[object]) -> str:
    """The type that a column should have, as the database tells it."""
    return _plain(column.type.compile(uow.dialect.engine.dialect))


def _plain(type_name: str) -> str:
    name = re.sub(r'\s*collate\s+"[^"]+"', "", type_name.lower())
    name = re.sub(r",\s+", ",", name).strip()
    return re.sub("^varchar", "character varying", name)
