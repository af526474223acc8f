"""Finding a route without trying them all: which router answers a path is remembered by the path's shape."""

from __future__ import annotations

import re
from collections.abc import Sequence

from starlette.datastructures import URLPath
from starlette.routing import BaseRoute, Match, NoMatchFound
from starlette.types import Receive, Scope, Send

_ID = re.compile(r"(?<=/)[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}(?=/|$)")
_FOUND = "dealwright.router"
KEPT, LONGEST = 1_000, 200  # what clients ask for must not fill the memory


class Shortcuts(BaseRoute):
    """Stands first among an application's routes and passes a request on to the included router that has its route.

    Trying every route takes as long as reading a record. Two paths that differ in record ids only are answered by the
    same router, since no fixed part of a path looks like an id. What is not answered by an included router (the
    screens), or by none, goes the ordinary way.
    """

    def __init__(self, routes: Sequence[BaseRoute]) -> None:
        self.routes = routes
        self.known: dict[tuple[str, str], BaseRoute] = {}

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """FULL with the router for `handle`, when an included router has a route for path and method."""
        if scope["type"] != "http":
            return Match.NONE, {}
        shape = (scope["method"], _ID.sub("*", scope["path"]))
        found = self.known.get(shape)
        if found is None:
            found = self._look(scope)
            if found is None:
                return Match.NONE, {}
            if len(shape[1]) <= LONGEST:
                if len(self.known) >= KEPT:
                    self.known.clear()
                self.known[shape] = found
        return Match.FULL, {_FOUND: found}

    def _look(self, scope: Scope) -> BaseRoute | None:
        for route in self.routes:
            if route is self:
                continue
            match, child_scope = route.matches(scope)
            if match == Match.FULL:
                return route if not child_scope else None  # an included router matches once more when it handles
        return None

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the router that was found answer."""
        await scope[_FOUND].handle(scope, receive, send)

    def url_path_for(self, name: str, /, **path_params: object) -> URLPath:
        """It has no path of its own."""
        raise NoMatchFound(name, path_params)
