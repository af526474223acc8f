"""The system tables of the write path: history, idempotency keys, files and bulk changes."""

from __future__ import annotations

import sqlalchemy as sa

from dealwright.foundation.database.tables import metadata
from dealwright.foundation.database.types import Flag, Id, Instant, Json, Text_

# One row per save. `changes`: {field: [old wire value, new wire value]}.
dw_history = sa.Table(
    "dw_history",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("object_key", Text_, nullable=False),
    sa.Column("record_id", Id, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("at", Instant, nullable=False),
    sa.Column("actor_id", Id),
    sa.Column("actor_kind", Text_, nullable=False),
    sa.Column("channel", Text_, nullable=False),
    sa.Column("kind", Text_, nullable=False),
    sa.Column("reason", Text_),
    sa.Column("changes", Json, nullable=False),
)
sa.Index("ix_dw_history_record", dw_history.c.record_id, dw_history.c.id)
# To take back a whole import or bulk change; ordinary channels are not looked for.
_GROUPED = sa.or_(dw_history.c.channel.like("bulk:%"), dw_history.c.channel.like("import:%"))
sa.Index(
    "ix_dw_history_channel",
    dw_history.c.channel,
    dw_history.c.id,
    sqlite_where=_GROUPED,
    postgresql_where=_GROUPED,
)

dw_idempotency = sa.Table(
    "dw_idempotency",
    metadata,
    sa.Column("key", Text_, nullable=False),
    sa.Column("actor_id", Id, nullable=False),
    sa.Column("fingerprint", Text_, nullable=False),
    sa.Column("status", sa.Integer),
    sa.Column("body", Text_),
    sa.Column("etag", Text_),
    sa.Column("at", Instant, nullable=False),
    sa.PrimaryKeyConstraint("key", "actor_id"),
)
sa.Index("ix_dw_idempotency_at", dw_idempotency.c.at)

# A file belongs to its uploader until a record's field holds it; from then on the record's rights rule.
dw_file = sa.Table(
    "dw_file",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("stored_key", Text_, nullable=False),
    sa.Column("name", Text_, nullable=False),
    sa.Column("size", sa.BigInteger, nullable=False),
    sa.Column("sha256", Text_, nullable=False),
    sa.Column("mime", Text_, nullable=False),
    sa.Column("uploaded_by_id", Id),
    sa.Column("uploaded_at", Instant, nullable=False),
    sa.Column("object_key", Text_),
    sa.Column("record_id", Id),
    sa.Column("field_key", Text_),
    sa.Column("is_public", Flag, nullable=False, server_default=sa.false()),
)
sa.Index("ix_dw_file_record_id", dw_file.c.record_id)

# A change of many records. `record_ids` in their order, `done` how many of them are behind us: a restart goes on there.
dw_bulk = sa.Table(
    "dw_bulk",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("object_key", Text_, nullable=False),
    sa.Column("actor_id", Id, nullable=False),
    sa.Column("action", Text_, nullable=False),
    sa.Column("field_values", Json, nullable=False),
    sa.Column("record_ids", Json, nullable=False),
    sa.Column("state", Text_, nullable=False),
    sa.Column("total", sa.Integer, nullable=False),
    sa.Column("done", sa.Integer, nullable=False),
    sa.Column("changed", sa.Integer, nullable=False),
    sa.Column("refused", Json, nullable=False),
    sa.Column("undo_of", Id),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("finished_at", Instant),
)
