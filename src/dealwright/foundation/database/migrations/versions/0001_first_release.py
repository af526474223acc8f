"""The first release. Its tables are created from the metadata by `migrate`; this is where later scripts begin."""

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Nothing: see above."""
