"""Where things to do come from, and what rests for a person until a day."""

import sqlalchemy as sa

from dealwright.foundation.database import Id, Instant, Json, Text_, metadata

# `spec`: the source as its configuration file writes it.
dw_desk_source = sa.Table(
    "dw_desk_source",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("key", Text_, nullable=False, unique=True),
    sa.Column("object_key", Text_, nullable=False),
    sa.Column("spec", Json, nullable=False),
    sa.Column("position", sa.Integer, nullable=False),
    sa.Column("created_at", Instant, nullable=False),
)
dw_desk_snooze = sa.Table(
    "dw_desk_snooze",
    metadata,
    sa.Column("user_id", Id, primary_key=True),
    sa.Column("source_key", Text_, primary_key=True),
    sa.Column("record_id", Id, primary_key=True),
    sa.Column("until", Instant, nullable=False),
)
