"""The catalogue: which objects and fields exist, what was changed, and the counters of automatic numbers."""

from __future__ import annotations

import sqlalchemy as sa

from dealwright.foundation.database.tables import metadata
from dealwright.foundation.database.types import Flag, Id, Instant, Json, Text_

dw_object = sa.Table(
    "dw_object",
    metadata,
    sa.Column("id", Id, nullable=False),
    sa.Column("key", Text_, nullable=False),
    sa.Column("labels", Json, nullable=False),
    sa.Column("plural", Json, nullable=False),
    sa.Column("icon", Text_),
    sa.Column("name_field", Text_),
    sa.Column("kind", Text_, nullable=False),
    sa.Column("parent", Text_),
    sa.Column("config", Json, nullable=False),
    sa.Column("position", sa.Integer, nullable=False),
    sa.Column("retired", Flag, nullable=False),
    sa.PrimaryKeyConstraint("id", name="pk_dw_object"),
    sa.UniqueConstraint("key", name="uq_dw_object_key"),
)

dw_field = sa.Table(
    "dw_field",
    metadata,
    sa.Column("id", Id, nullable=False),
    sa.Column("object_key", Text_, nullable=False),
    sa.Column("key", Text_, nullable=False),
    sa.Column("type", Text_, nullable=False),
    sa.Column("labels", Json, nullable=False),
    sa.Column("help", Json, nullable=False),
    sa.Column("config", Json, nullable=False),
    sa.Column("required", Flag, nullable=False),
    sa.Column("is_unique", Flag, nullable=False),
    sa.Column("default_value", Json),
    sa.Column("position", sa.Integer, nullable=False),
    sa.Column("section", Text_),
    sa.Column("on_form", Flag, nullable=False),
    sa.Column("sensitive", Flag, nullable=False),
    sa.Column("retired", Flag, nullable=False),
    sa.PrimaryKeyConstraint("id", name="pk_dw_field"),
    sa.UniqueConstraint("object_key", "key", name="uq_dw_field_object_key_key"),
)

dw_schema_change = sa.Table(
    "dw_schema_change",
    metadata,
    sa.Column("id", Id, nullable=False),
    sa.Column("at", Instant, nullable=False),
    sa.Column("actor_id", Id),
    sa.Column("kind", Text_, nullable=False),
    sa.Column("object_key", Text_, nullable=False),
    sa.Column("field_key", Text_),
    sa.Column("before", Json),
    sa.Column("after", Json),
    sa.Column("undo_of", Id),
    sa.Column("undone_at", Instant),
    sa.PrimaryKeyConstraint("id", name="pk_dw_schema_change"),
)
sa.Index("ix_dw_schema_change_object_key", dw_schema_change.c.object_key, dw_schema_change.c.id)

dw_counter = sa.Table(
    "dw_counter",
    metadata,
    sa.Column("field_id", Id, nullable=False),
    sa.Column("period", Text_, nullable=False),
    sa.Column("value", sa.BigInteger, nullable=False),
    sa.PrimaryKeyConstraint("field_id", "period", name="pk_dw_counter"),
)

dw_design_draft = sa.Table(
    "dw_design_draft",
    metadata,
    sa.Column("object_key", Text_, nullable=False),
    sa.Column("operations", Json, nullable=False),
    sa.Column("position", sa.Integer, nullable=False),
    sa.Column("revision", sa.Integer, nullable=False),
    sa.Column("base_layout", sa.Integer, nullable=False),
    sa.Column("saved_at", Instant, nullable=False),
    sa.Column("saved_by_id", Id),
    sa.PrimaryKeyConstraint("object_key", name="pk_dw_design_draft"),
)
