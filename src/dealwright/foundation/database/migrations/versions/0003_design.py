"""Settings of pipelines and stages, such as when a record counts as stale. The table of drafts is made by `migrate`."""

import sqlalchemy as sa
from alembic import op

from dealwright.foundation.database.types import Json

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Two columns; what is there goes without settings."""
    op.add_column("dw_pipeline", sa.Column("settings", Json(), nullable=True))
    op.add_column("dw_stage", sa.Column("settings", Json(), nullable=True))
