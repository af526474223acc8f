"""From definitions to real tables: columns, link tables and indexes of an object, always named."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from dealwright.foundation.database.types import Id, Instant
from dealwright.model.keys import short_name

if TYPE_CHECKING:
    from dealwright.model.shapes import FieldDef

INDEXED = ("relation", "user", "team", "relation_any", "stage", "date")


def system_columns(kind: str) -> list[sa.Column[Any]]:
    """The columns every table of records begins with; lines know their document and place instead of an owner."""
    first: list[sa.Column[Any]] = [sa.Column("id", Id(), nullable=False)]
    if kind == "lines":
        return [
            *first, sa.Column("parent_id", Id(), nullable=False),
            sa.Column("position", sa.Integer, nullable=False), sa.Column("deleted_at", Instant()),
        ]  # fmt: skip
    return [
        *first,
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("created_by_id", Id()),
        sa.Column("modified_at", Instant(), nullable=False),
        sa.Column("modified_by_id", Id()),
        sa.Column("owner_id", Id()),
        sa.Column("team_id", Id()),
        sa.Column("deleted_at", Instant()),
        sa.Column("deleted_by_id", Id()),
    ]


def table_of(metadata: sa.MetaData, key: str, kind: str, fields: Iterable[FieldDef]) -> sa.Table:
    """The table of an object with the columns of all its fields, retired ones too."""
    columns = system_columns(kind)
    names = {column.name for column in columns}
    for field in fields:
        for column in field.ftype.columns(field):
            if column.name not in names:
                columns.append(column)
                names.add(column.name)
        if field.norm_column and field.norm_column not in names:
            columns.append(sa.Column(field.norm_column, sa.Text()))
            names.add(field.norm_column)
    return sa.Table(key, metadata, *columns, sa.PrimaryKeyConstraint("id", name=short_name(f"pk_{key}")))


def link_table(metadata: sa.MetaData, name: str) -> sa.Table:
    """The table of a many-valued relation: which record has which targets, in which order."""
    return sa.Table(
        name,
        metadata,
        sa.Column("record_id", Id(), nullable=False),
        sa.Column("target_id", Id(), nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("record_id", "target_id", name=short_name(f"pk_{name}")),
    )


def link_index(table: sa.Table) -> sa.Index:
    """The way back: from a target to the records that have it."""
    return sa.Index(short_name(f"ix_{table.name}_target"), table.c.target_id, table.c.record_id)


def unique_index(table: sa.Table, field: FieldDef) -> sa.Index:
    """Two records that are not in the bin may not share a normalised value (F4)."""
    assert field.norm_column
    live = table.c.deleted_at.is_(None)
    return sa.Index(
        short_name(f"uq_{table.name}_{field.key}"), table.c[field.norm_column], unique=True,
        sqlite_where=live, postgresql_where=live,
    )  # fmt: skip


def plain_index(table: sa.Table, column: str) -> sa.Index:
    """An index of the records that are not in the bin, by one column and then by id (keyset pages)."""
    live = table.c.deleted_at.is_(None)
    return sa.Index(
        short_name(f"ix_{table.name}_{column}"), table.c[column], table.c.id, sqlite_where=live, postgresql_where=live
    )


def indexes_of(table: sa.Table, kind: str, fields: Mapping[str, FieldDef]) -> list[sa.Index]:
    """Every index an object's table begins with."""
    if kind == "lines":
        return [sa.Index(short_name(f"ix_{table.name}_parent_id"), table.c.parent_id, table.c.position)]
    found = [plain_index(table, "created_at"), plain_index(table, "modified_at"), plain_index(table, "owner_id")]
    for field in fields.values():
        found += field_indexes(table, field)
    return found


def field_indexes(table: sa.Table, field: FieldDef) -> list[sa.Index]:
    """The indexes a field brings with it."""
    found = []
    if field.unique:
        found.append(unique_index(table, field))
    wanted = field.type in INDEXED or field.config.get("indexed")
    if wanted and field.columns and not field.system:
        found.append(plain_index(table, field.columns[0]))
    return found
