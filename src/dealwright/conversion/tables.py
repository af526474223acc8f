"""What conversions did, so that each is made once and can be taken back."""

from __future__ import annotations

import sqlalchemy as sa

from dealwright.foundation.database.tables import metadata
from dealwright.foundation.database.types import Id, Instant, Json, Text_

# `active_key` names the source while its conversion stands: of two at the same moment the database lets one through.
# results: [{object, id, version, created}]. moved: [{object, id, before, after}]. source: {before, after}.
dw_conversion = sa.Table(
    "dw_conversion",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("object_key", Text_, nullable=False),
    sa.Column("record_id", Id, nullable=False),
    sa.Column("active_key", Text_, unique=True),
    sa.Column("actor_id", Id, nullable=False),
    sa.Column("at", Instant, nullable=False),
    sa.Column("results", Json, nullable=False),
    sa.Column("moved", Json, nullable=False),
    sa.Column("source", Json, nullable=False),
    sa.Column("undone_at", Instant),
    sa.Column("undone_by_id", Id),
)
sa.Index("ix_dw_conversion_record", dw_conversion.c.record_id, dw_conversion.c.id)
