"""What an administrator asked the product to do for itself: a backup, a check of the database."""

import sqlalchemy as sa

from dealwright.foundation.database import Id, Instant, Json, Text_, metadata

dw_task = sa.Table(
    "dw_task",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("kind", Text_, nullable=False),
    sa.Column("state", Text_, nullable=False),
    sa.Column("by_id", Id),
    sa.Column("asked_at", Instant, nullable=False),
    sa.Column("finished_at", Instant),
    sa.Column("result", Json),
    sa.CheckConstraint("kind IN ('backup', 'doctor')", name="kind"),
    sa.CheckConstraint("state IN ('waiting', 'running', 'done', 'failed')", name="state"),
)
