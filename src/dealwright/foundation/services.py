"""What an endpoint finds on `request.app.state.services`."""

from dataclasses import dataclass, field
from typing import Any

from starlette.requests import Request

from dealwright.foundation.clock import Clock
from dealwright.foundation.database.engine import Database
from dealwright.foundation.settings import Settings


@dataclass
class Services:
    """The shared services of one process; `extras` holds what higher floors add (write path, files, worker)."""

    db: Database
    settings: Settings
    clock: Clock
    extras: dict[str, Any] = field(default_factory=dict)


def services_of(request: Request) -> Services:
    """The services of the application that answers this request."""
    services: Services = request.app.state.services
    return services
