"""Every SELECT on people, named by the question it answers."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from dealwright.foundation.database import UnitOfWork
from dealwright.people.cache import remembered
from dealwright.people.shapes import Actor
from dealwright.people.tables import dw_role, dw_team, dw_team_member, dw_user, dw_user_role

ADMINISTRATOR = "administrator"


@dataclass(frozen=True)
class Standing:
    """Roles and teams of one person at one rights epoch."""

    role_ids: tuple[str, ...]
    team_ids: tuple[str, ...]
    led_team_ids: tuple[str, ...]
    team_tree_ids: tuple[str, ...]
    primary_team_id: str | None


def standing_of(uow: UnitOfWork, user_id: str) -> Standing:
    """Roles and teams of a person; kept in this process until the rights epoch rises."""
    return remembered(uow, ("standing", user_id), lambda: _read_standing(uow, user_id))


def _read_standing(uow: UnitOfWork, user_id: str) -> Standing:
    roles = uow.conn.execute(
        sa.select(dw_user_role.c.role_id).where(dw_user_role.c.user_id == user_id).order_by(dw_user_role.c.role_id)
    ).scalars()
    role_ids = tuple(roles)
    member = uow.conn.execute(
        sa.select(dw_team_member.c.team_id, dw_team_member.c.is_primary)
        .where(dw_team_member.c.user_id == user_id)
        .order_by(dw_team_member.c.is_primary.desc(), dw_team_member.c.team_id)
    ).all()
    team_ids = tuple(row.team_id for row in member)
    teams = all_teams(uow)
    led = tuple(team.id for team in teams if team.manager_id == user_id)
    mine = {*team_ids, *led}
    tree = tuple(team.id for team in teams if mine.intersection(team.path.strip("/").split("/")))
    return Standing(role_ids, team_ids, led, tree, team_ids[0] if team_ids else None)


@dataclass(frozen=True)
class Team:
    """One team of the tree; `path` holds the ids from the root to itself between slashes."""

    id: str
    parent_id: str | None
    name: str
    manager_id: str | None
    path: str

    @property
    def level(self) -> int:
        """1 for a root."""
        return self.path.count("/") - 1


def all_teams(uow: UnitOfWork) -> tuple[Team, ...]:
    """The whole tree, parents before their children."""

    def read() -> tuple[Team, ...]:
        columns = (dw_team.c.id, dw_team.c.parent_id, dw_team.c.name, dw_team.c.manager_id, dw_team.c.path)
        return tuple(Team(*row) for row in uow.conn.execute(sa.select(*columns).order_by(dw_team.c.path)))

    return remembered(uow, ("teams",), read)


def users_of_teams(uow: UnitOfWork, team_ids: Sequence[str]) -> tuple[str, ...]:
    """Ids of all members and managers of the teams, disabled people included: their records are still the team's."""
    if not team_ids:
        return ()

    def read() -> tuple[str, ...]:
        members = sa.select(dw_team_member.c.user_id).where(dw_team_member.c.team_id.in_(team_ids))
        managers = sa.select(dw_team.c.manager_id).where(
            dw_team.c.id.in_(team_ids), dw_team.c.manager_id.is_not(None)
        )
        return tuple(sorted(set(uow.conn.execute(members.union(managers)).scalars())))

    return remembered(uow, ("team_users", tuple(sorted(team_ids))), read)


def team_user_ids(uow: UnitOfWork, actor: Actor) -> tuple[str, ...]:
    """The people meant by "my team"."""
    return users_of_teams(uow, actor.my_team_ids)


def team_tree_user_ids(uow: UnitOfWork, actor: Actor) -> tuple[str, ...]:
    """The people meant by "my team and below"."""
    return users_of_teams(uow, actor.team_tree_ids)


def primary_team(uow: UnitOfWork, user_id: str | None) -> str | None:
    """The team that records of this owner belong to, or None."""
    return standing_of(uow, user_id).primary_team_id if user_id else None


def administrators(uow: UnitOfWork) -> tuple[tuple[str, str], ...]:
    """(id, name) of the active people with the administrator role, by name."""

    def read() -> tuple[tuple[str, str], ...]:
        rows = uow.conn.execute(
            sa.select(dw_user.c.id, dw_user.c.name)
            .join(dw_user_role, dw_user_role.c.user_id == dw_user.c.id)
            .join(dw_role, dw_role.c.id == dw_user_role.c.role_id)
            .where(dw_role.c.key == ADMINISTRATOR, dw_user.c.status == "active")
            .order_by(dw_user.c.name, dw_user.c.id)
        )
        return tuple((row.id, row.name) for row in rows)

    return remembered(uow, ("administrators",), read)


def role_rows(uow: UnitOfWork) -> tuple[Any, ...]:
    """All roles (id, key, labels, grants), by key."""

    def read() -> tuple[Any, ...]:
        columns = (dw_role.c.id, dw_role.c.key, dw_role.c.labels, dw_role.c.grants)
        return tuple(uow.conn.execute(sa.select(*columns).order_by(dw_role.c.key)).all())

    return remembered(uow, ("roles",), read)


def user_names(uow: UnitOfWork) -> dict[str, str]:
    """Names of all users by id, kept until the epoch rises (labels of owner and other user fields)."""

    def read() -> dict[str, str]:
        return dict(uow.conn.execute(sa.select(dw_user.c.id, dw_user.c.name)).tuples().all())

    return remembered(uow, ("user_names",), read)


def users_by(uow: UnitOfWork) -> dict[str, str]:
    """Ids of users by folded e-mail and by folded name, for imports; a name that two people bear is left out."""

    def read() -> dict[str, str]:
        from dealwright.people.check import folded

        found: dict[str, str | None] = {}
        mails: dict[str, str] = {}
        for row in uow.conn.execute(sa.select(dw_user.c.id, dw_user.c.name, dw_user.c.email_norm)):
            name = folded(row.name)
            found[name] = None if name in found else row.id
            mails[row.email_norm] = row.id
        return {name: id_ for name, id_ in found.items() if id_ is not None} | mails

    return remembered(uow, ("users_by",), read)
