"""One row for each person and cause."""

import sqlalchemy as sa

from dealwright.foundation.database import Id, Instant, Json, Text_, metadata

dw_notice = sa.Table(
    "dw_notice",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("user_id", Id, nullable=False),
    sa.Column("kind", Text_, nullable=False),
    sa.Column("by_id", Id),
    sa.Column("params", Json, nullable=False),
    sa.Column("object_key", Text_),
    sa.Column("record_id", Id),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("read_at", Instant),
)
sa.Index("ix_dw_notice_user", dw_notice.c.user_id, dw_notice.c.id)
_UNREAD = dw_notice.c.read_at.is_(None)
sa.Index("ix_dw_notice_unread", dw_notice.c.user_id, sqlite_where=_UNREAD, postgresql_where=_UNREAD)
