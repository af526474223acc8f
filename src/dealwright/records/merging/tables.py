"""The system tables of merging: what was done, so that it can be taken back, and where a merged record went."""

from __future__ import annotations

import sqlalchemy as sa

from dealwright.foundation.database.tables import metadata
from dealwright.foundation.database.types import Id, Instant, Json, Text_

# `detail`: {"values": {field: [old, new]}, "carried": the same of fields that the actor may not write, "moved": [...],
# "shares": [...], "files": [...]}, bounded by the number of records that one merge may move.
dw_merge = sa.Table(
    "dw_merge",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("object_key", Text_, nullable=False),
    sa.Column("survivor_id", Id, nullable=False),
    sa.Column("actor_id", Id),
    sa.Column("at", Instant, nullable=False),
    sa.Column("state", Text_, nullable=False),
    sa.Column("undone_at", Instant),
    sa.Column("detail", Json, nullable=False),
)

# A record that gave way, for as long as the merge stands: opening it leads to the survivor.
dw_merged = sa.Table(
    "dw_merged",
    metadata,
    sa.Column("record_id", Id, primary_key=True),
    sa.Column("object_key", Text_, nullable=False),
    sa.Column("survivor_id", Id, nullable=False),
    sa.Column("merge_id", Id, nullable=False),
)
sa.Index("ix_dw_merged_merge", dw_merged.c.merge_id)
