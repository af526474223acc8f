"""Second step, resets, absences, the log, mails and tasks: tables only, which `migrate` makes when it finds them missing."""

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Nothing: see above."""
