"""The system tables of people: users, teams, roles, sessions, tokens, and what guards sign-in."""

import sqlalchemy as sa

from dealwright.foundation.database import Day, Flag, Id, Instant, Json, Text_, metadata

dw_user = sa.Table(
    "dw_user",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("email", Text_, nullable=False),
    sa.Column("email_norm", Text_, nullable=False, unique=True),
    sa.Column("name", Text_, nullable=False),
    sa.Column("phone", Text_),
    sa.Column("locale", Text_),
    sa.Column("time_zone", Text_),
    sa.Column("password_hash", Text_),
    sa.Column("status", Text_, nullable=False),
    sa.Column("avatar", Text_),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("modified_at", Instant, nullable=False),
    sa.CheckConstraint("status IN ('active', 'invited', 'disabled')", name="status"),
)

dw_team = sa.Table(
    "dw_team",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("parent_id", Id, sa.ForeignKey("dw_team.id"), index=True),
    sa.Column("name", Text_, nullable=False),
    sa.Column("manager_id", Id, sa.ForeignKey("dw_user.id"), index=True),
    # "/<id of the root>/.../<own id>/": everything below a team begins with its path.
    sa.Column("path", Text_, nullable=False),
)

dw_team_member = sa.Table(
    "dw_team_member",
    metadata,
    sa.Column("team_id", Id, sa.ForeignKey("dw_team.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("user_id", Id, sa.ForeignKey("dw_user.id"), primary_key=True, index=True),
    sa.Column("is_primary", Flag, nullable=False),
)

dw_role = sa.Table(
    "dw_role",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("key", Text_, nullable=False, unique=True),
    sa.Column("labels", Json, nullable=False),
    sa.Column("grants", Json, nullable=False),
)

dw_user_role = sa.Table(
    "dw_user_role",
    metadata,
    sa.Column("user_id", Id, sa.ForeignKey("dw_user.id"), primary_key=True),
    sa.Column("role_id", Id, sa.ForeignKey("dw_role.id"), primary_key=True, index=True),
)

# Only hashes of secrets are kept: whoever reads the table can sign in nowhere.
dw_session = sa.Table(
    "dw_session",
    metadata,
    sa.Column("token_hash", Id, primary_key=True),
    sa.Column("id", Id, nullable=False, unique=True),
    sa.Column("user_id", Id, sa.ForeignKey("dw_user.id"), nullable=False, index=True),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("last_seen_at", Instant, nullable=False),
    sa.Column("user_agent", Text_),
    sa.Column("address", Text_),
)

dw_api_token = sa.Table(
    "dw_api_token",
    metadata,
    sa.Column("token_hash", Id, primary_key=True),
    sa.Column("id", Id, nullable=False, unique=True),
    sa.Column("user_id", Id, sa.ForeignKey("dw_user.id"), nullable=False, index=True),
    sa.Column("name", Text_, nullable=False),
    sa.Column("scopes", Json, nullable=False),
    sa.Column("expires_at", Instant),
    sa.Column("last_used_at", Instant),
    sa.Column("created_at", Instant, nullable=False),
)

# Failed attempts per account name (hashed: names that do not exist are counted the same way).
dw_sign_in_failure = sa.Table(
    "dw_sign_in_failure",
    metadata,
    sa.Column("account_hash", Id, primary_key=True),
    sa.Column("failures", sa.Integer, nullable=False),
    sa.Column("first_at", Instant, nullable=False),
)

dw_setup = sa.Table(
    "dw_setup",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("token_hash", Text_, nullable=False),
    sa.Column("created_at", Instant, nullable=False),
    sa.CheckConstraint("id = 1", name="only_one"),
)

dw_invitation = sa.Table(
    "dw_invitation",
    metadata,
    sa.Column("token_hash", Id, primary_key=True),
    sa.Column("user_id", Id, sa.ForeignKey("dw_user.id"), nullable=False, index=True),
    sa.Column("expires_at", Instant, nullable=False),
)

# A new password through a link that works once; only the hash is kept.
dw_password_reset = sa.Table(
    "dw_password_reset",
    metadata,
    sa.Column("token_hash", Id, primary_key=True),
    sa.Column("user_id", Id, sa.ForeignKey("dw_user.id"), nullable=False, index=True),
    sa.Column("expires_at", Instant, nullable=False),
    sa.Column("made_by_id", Id),  # an administrator; NULL: the person asked for it
)

# The second step of signing in. The key must be readable to check a code; a password is needed beside it.
dw_second_step = sa.Table(
    "dw_second_step",
    metadata,
    sa.Column("user_id", Id, sa.ForeignKey("dw_user.id"), primary_key=True),
    sa.Column("secret", Text_, nullable=False),
    sa.Column("confirmed_at", Instant),  # NULL while it is being set up
    sa.Column("last_step", sa.BigInteger, nullable=False),  # codes up to this half minute are used up
)

dw_recovery_code = sa.Table(
    "dw_recovery_code",
    metadata,
    sa.Column("user_id", Id, sa.ForeignKey("dw_user.id"), primary_key=True),
    sa.Column("code_hash", Id, primary_key=True),
)

dw_absence = sa.Table(
    "dw_absence",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("user_id", Id, sa.ForeignKey("dw_user.id"), nullable=False, index=True),
    sa.Column("from_day", Day, nullable=False),
    sa.Column("to_day", Day, nullable=False),  # the last day away
    sa.Column("deputy_id", Id, sa.ForeignKey("dw_user.id")),
)

# What was done to rights, people, settings and definitions, who took data out, and who came in.
dw_audit = sa.Table(
    "dw_audit",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("at", Instant, nullable=False),
    sa.Column("actor_id", Id),  # NULL: the product itself, or somebody who is not signed in
    sa.Column("kind", Text_, nullable=False),
    sa.Column("target", Text_),
    sa.Column("target_id", Id),
    sa.Column("before", Json),
    sa.Column("after", Json),
    sa.Column("address", Text_),
    sa.Index("ix_dw_audit_kind", "kind", "id"),
    sa.Index("ix_dw_audit_actor", "actor_id", "id"),
)
