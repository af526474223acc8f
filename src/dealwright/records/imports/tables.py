"""An import, and what became of each of its rows."""

import sqlalchemy as sa

from dealwright.foundation.database import Id, Instant, Json, Text_, metadata

dw_import = sa.Table(
    "dw_import",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("object_key", Text_, nullable=False),
    sa.Column("actor_id", Id),
    sa.Column("file_key", Text_, nullable=False),
    sa.Column("file_name", Text_, nullable=False),
    sa.Column("options", Json, nullable=False),
    # ready, queued, running, done, cancelled, failed, undoing, undone
    sa.Column("state", Text_, nullable=False),
    sa.Column("total", sa.Integer, nullable=False),
    sa.Column("done", sa.Integer, nullable=False),
    sa.Column("created", sa.Integer, nullable=False),
    sa.Column("updated", sa.Integer, nullable=False),
    sa.Column("unchanged", sa.Integer, nullable=False),
    sa.Column("refused", sa.Integer, nullable=False),
    sa.Column("report", Json, nullable=False),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("started_at", Instant),
    sa.Column("finished_at", Instant),
)

# One row per line of the file: (import, line) can happen once only (S24).
dw_import_row = sa.Table(
    "dw_import_row",
    metadata,
    sa.Column("import_id", Id, primary_key=True),
    sa.Column("line", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("outcome", Text_, nullable=False),
    sa.Column("record_id", Id),
    sa.Column("version", sa.Integer),
    sa.Column("errors", Json),
    sa.Column("cells", Json),
)
