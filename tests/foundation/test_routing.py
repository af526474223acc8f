"""Which router answers is remembered by the shape of a path, and changes no answer."""

from typing import Any

import pytest
from fastapi import APIRouter, FastAPI
from starlette.routing import BaseRoute, NoMatchFound
from starlette.testclient import TestClient

from dealwright.foundation import routing
from dealwright.foundation.ids import new_id
from dealwright.foundation.routing import Shortcuts


@pytest.fixture
def app() -> FastAPI:
    first, second = APIRouter(), APIRouter()

    @first.get("/things/special")
    def special() -> str:
        return "special"

    @second.get("/things/{thing_id}")
    def thing(thing_id: str) -> str:
        return thing_id

    @second.patch("/things/{thing_id}")
    def changed(thing_id: str) -> str:
        return f"changed {thing_id}"

    @second.get("/things/{thing_id}/parts")
    def parts(thing_id: str) -> str:
        return f"parts of {thing_id}"

    made = FastAPI()
    made.include_router(first, prefix="/api")
    made.include_router(second, prefix="/api")

    @made.get("/{path:path}")
    def screen(path: str) -> str:
        return f"screen {path}"

    made.router.routes.insert(0, Shortcuts(made.router.routes))
    return made


def shortcuts(app: FastAPI) -> Any:
    return app.router.routes[0]


def test_every_path_is_answered_as_without_it(app: FastAPI) -> None:
    client, one = TestClient(app), new_id()
    for _ in range(2):
        for method, path, answer in (
            ("GET", "/api/things/special", "special"),
            ("GET", "/api/things/other", "other"),
            ("GET", f"/api/things/{one}", one),
            ("PATCH", f"/api/things/{one}", f"changed {one}"),
            ("GET", f"/api/things/{one}/parts", f"parts of {one}"),
            ("GET", "/welcome", "screen welcome"),
            ("GET", f"/{one}", f"screen {one}"),
        ):
            assert client.request(method, path).json() == answer
        assert client.delete(f"/api/things/{one}").status_code == 405
        assert client.post("/nowhere").status_code == 405


def test_paths_that_differ_in_ids_only_are_looked_for_once(app: FastAPI, monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[str] = []
    look = Shortcuts._look

    def noted(self: Shortcuts, scope: Any) -> BaseRoute | None:
        looked.append(scope["path"])
        return look(self, scope)

    monkeypatch.setattr(Shortcuts, "_look", noted)
    client, ids = TestClient(app), [new_id() for _ in range(3)]
    assert [client.get(f"/api/things/{one}").json() for one in ids] == ids
    assert looked == [f"/api/things/{ids[0]}"]


def test_what_clients_ask_for_does_not_fill_the_memory(app: FastAPI, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(routing, "KEPT", 5)
    client = TestClient(app)
    for number in range(20):
        client.get(f"/api/things/x{number}")
        assert len(shortcuts(app).known) <= 5
    shortcuts(app).known.clear()
    assert client.get("/api/things/" + "x" * 300).json() == "x" * 300
    client.get("/welcome")
    assert shortcuts(app).known == {}


def test_it_has_no_path_of_its_own(app: FastAPI) -> None:
    with pytest.raises(NoMatchFound):
        shortcuts(app).url_path_for("thing")
    assert app.url_path_for("screen", path="x") == "/x"
