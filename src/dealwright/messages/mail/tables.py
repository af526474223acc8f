"""One row a mail: written as "sending" before the mail server is asked, so that a crash in between is seen."""

import sqlalchemy as sa

from dealwright.foundation.database import Id, Instant, Text_, metadata

dw_mail = sa.Table(
    "dw_mail",
    metadata,
    sa.Column("job_id", Id, primary_key=True),
    sa.Column("letter", Text_, nullable=False),
    sa.Column("to_address", Text_, nullable=False),
    sa.Column("subject", Text_, nullable=False),
    sa.Column("message_id", Text_, nullable=False),
    sa.Column("state", Text_, nullable=False),
    sa.Column("doubts", sa.Integer, nullable=False),  # how often it was lost while it was being sent
    sa.Column("at", Instant, nullable=False),
    sa.CheckConstraint("state IN ('waiting', 'sending', 'sent', 'refused', 'unknown')", name="state"),
)
