"""What other packages receive of people: who acts."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal
from zoneinfo import ZoneInfo

# What an API token may be narrowed to; its owner's rights limit it further.
SCOPES = ("read", "write", "export", "import", "design")
STATUSES = ("active", "invited", "disabled")
LOCALES = ("zh-CN", "en")


@dataclass(frozen=True)
class Actor:
    """Who does something, as of one request.

    team_ids: teams this person is a member of; led_team_ids: teams this person manages; team_tree_ids: both and all
    teams below them. scopes: None for people, the token's scopes for a token. at: the moment of signing in to this
    request (UTC), against which end dates of shares are compared.
    """

    kind: Literal["user", "token", "automation", "anonymous"]
    user_id: str | None
    name: str = ""
    role_ids: tuple[str, ...] = ()
    team_ids: tuple[str, ...] = ()
    led_team_ids: tuple[str, ...] = ()
    team_tree_ids: tuple[str, ...] = ()
    locale: str = "zh-CN"
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("UTC"))
    scopes: frozenset[str] | None = None
    rights_epoch: int = 0
    at: datetime | None = None
    primary_team_id: str | None = None
    session_id: str | None = None
    lacks_second_step: bool = False  # asked for by the workspace and not set up yet: nothing but that is open

    @property
    def my_team_ids(self) -> tuple[str, ...]:
        """Teams meant by "my team": those this person belongs to or manages."""
        return tuple(dict.fromkeys((*self.team_ids, *self.led_team_ids)))


def system_actor(locale: str = "zh-CN", zone: ZoneInfo | None = None, rights_epoch: int = 0) -> Actor:
    """The product itself (commands of the operator, repairs): no person, all rights."""
    return Actor(
        "automation", None, "Dealwright", locale=locale, zone=zone or ZoneInfo("UTC"), rights_epoch=rights_epoch
    )


def anonymous_actor(locale: str = "zh-CN", zone: ZoneInfo | None = None) -> Actor:
    """Somebody who is not signed in: no rights at all."""
    return Actor("anonymous", None, locale=locale, zone=zone or ZoneInfo("UTC"))
