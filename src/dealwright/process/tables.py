"""Pipelines, stages and visits. A visit is never changed after the record has left."""

from __future__ import annotations

import sqlalchemy as sa

from dealwright.foundation.database.tables import metadata
from dealwright.foundation.database.types import Decimal_, Flag, Id, Instant, Json, Text_

dw_pipeline = sa.Table(
    "dw_pipeline",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("key", Text_, nullable=False),
    sa.Column("object_key", Text_, nullable=False),
    sa.Column("labels", Json, nullable=False),
    sa.Column("is_default", Flag, nullable=False),
    sa.Column("position", sa.Integer, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("settings", Json),
    sa.UniqueConstraint("object_key", "key"),
)

dw_stage = sa.Table(
    "dw_stage",
    metadata,
    sa.Column("pipeline_id", Id, sa.ForeignKey("dw_pipeline.id"), nullable=False),
    sa.Column("key", Text_, nullable=False),
    sa.Column("labels", Json, nullable=False),
    sa.Column("position", sa.Integer, nullable=False),
    sa.Column("kind", Text_, nullable=False),
    sa.Column("probability", Decimal_(2)),
    sa.Column("required", Json, nullable=False),
    sa.Column("hint", Json),
    # what else a stage is set to: {"stale_factor"}; further engines add their own
    sa.Column("settings", Json),
    sa.Column("retired", Flag, nullable=False),
    sa.PrimaryKeyConstraint("pipeline_id", "key"),
    sa.CheckConstraint("kind IN ('open', 'won', 'lost')", name="kind"),
)

dw_stage_visit = sa.Table(
    "dw_stage_visit",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("object_key", Text_, nullable=False),
    sa.Column("record_id", Id, nullable=False),
    sa.Column("pipeline", Text_, nullable=False),
    sa.Column("from_stage", Text_),
    sa.Column("stage", Text_, nullable=False),
    sa.Column("entered_at", Instant, nullable=False),
    sa.Column("left_at", Instant),
    sa.Column("actor_id", Id),
    sa.Column("channel", Text_, nullable=False),
    sa.Column("reason", Text_),
    sa.Column("process_version", sa.Integer, nullable=False),
    # as they were on entering (P4); the amount in the currency it was given in
    # Two places: with more, an amount that the record may hold would not fit into a scaled whole number.
    sa.Column("amount", Decimal_(2)),
    sa.Column("amount_currency", Text_),
    sa.Column("close_date", Text_),
    sa.Column("probability", Decimal_(2)),
)
sa.Index("ix_dw_stage_visit_record", dw_stage_visit.c.record_id, dw_stage_visit.c.id)
sa.Index("ix_dw_stage_visit_stage", dw_stage_visit.c.object_key, dw_stage_visit.c.stage, dw_stage_visit.c.entered_at)
