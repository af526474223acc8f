"""Users, teams, roles, sessions and API tokens: who acts."""

from dealwright.people.actors import actor_of
from dealwright.people.shapes import Actor, anonymous_actor, system_actor

__all__ = ["Actor", "actor_of", "anonymous_actor", "system_actor"]
