"""What the database says of itself, and the catalogue against the real tables: columns, types, indexes."""

from __future__ import annotations

from collections.abc import Iterator

import sqlalchemy as sa

from dealwright.foundation.database import Database, UnitOfWork, metadata
from dealwright.model import ObjectDef, build
from dealwright.records.search.tables import dw_search

SET_ASIDE = "__was_"  # columns that a change of type keeps for its undo


def database(uow: UnitOfWork) -> Iterator[str]:
    """The database's own checks."""
    yield from (f"database: {line}" for line in uow.dialect.findings(uow.conn))


def system_tables(uow: UnitOfWork) -> Iterator[str]:
    """The tables of this release, each with its columns, types and indexes."""
    from dealwright.foundation.database.migrate import head, revision_of  # Alembic is a tenth of a start

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
    """The full-text index against the rows it is made from, in a unit of its own: its check needs one that may write."""
    with db.write() as uow:
        yield from (f"search: {line}" for line in uow.dialect.word_findings(uow.conn, dw_search.name))


def _table(uow: UnitOfWork, table: sa.Table, indexes: list[sa.Index]) -> Iterator[str]:
    real = uow.dialect.column_types(uow.conn, table.name)
    if not real:
        yield f"{table.name}: the table is missing"
        return
    for column in table.c:
        have = real.get(column.name)
        wanted = uow.dialect.type_text(column)
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
