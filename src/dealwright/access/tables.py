"""Shares: one record opened to one person or team, for a time or for good."""

import sqlalchemy as sa

from dealwright.foundation.database import Id, Instant, Text_, metadata

dw_share = sa.Table(
    "dw_share",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("object_key", Text_, nullable=False),
    sa.Column("record_id", Id, nullable=False),
    sa.Column("user_id", Id, sa.ForeignKey("dw_user.id")),
    sa.Column("team_id", Id, sa.ForeignKey("dw_team.id", ondelete="CASCADE")),
    sa.Column("level", Text_, nullable=False),
    sa.Column("until", Instant),  # first moment at which it no longer holds; NULL: for good
    sa.Column("by_id", Id, nullable=False),
    sa.Column("created_at", Instant, nullable=False),
    sa.CheckConstraint("level IN ('read', 'edit')", name="level"),
    sa.CheckConstraint("(user_id IS NULL) <> (team_id IS NULL)", name="one_receiver"),
    sa.Index("ix_dw_share_record", "object_key", "record_id"),
    sa.Index("ix_dw_share_user", "user_id", "object_key", "record_id"),
    sa.Index("ix_dw_share_team", "team_id", "object_key", "record_id"),
)
