"""Servers as processes of their own, on a workspace with the sales starter, on both databases."""

from collections.abc import Callable, Iterator

import pytest

from support.process import Server
from support.sales import Workspace, postgres_sales, sqlite_sales, workspace

__all__ = ["postgres_sales", "serve", "sqlite_sales", "workspace"]


@pytest.fixture
def serve(workspace: Workspace) -> Iterator[Callable[..., Server]]:
    """`serve()` starts a server on the workspace; all of them are gone at the end of the test."""
    started: list[Server] = []

    def start(*arguments: str, **env: str) -> Server:
        made = Server(workspace.url, workspace.data, workspace.token, env)
        started.append(made)
        return made.start(*arguments)

    yield start
    for each in started:
        each.close()


@pytest.fixture
def worker(workspace: Workspace) -> Iterator[Server]:
    """`dealwright worker` on the workspace, not yet started."""
    made = Server(workspace.url, workspace.data, workspace.token)
    yield made
    made.close()
