"""The outer door: what is refused before an endpoint runs, and how every answer looks."""

import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import structlog
from fastapi import Depends, FastAPI, UploadFile
from fastapi.testclient import TestClient

from dealwright import __version__
from dealwright.foundation import observe
from dealwright.foundation.database import Database
from dealwright.foundation.errors import Problem
from dealwright.foundation.http import health_router, install_problem_handlers, json_body
from dealwright.foundation.jsonout import JsonResponse
from dealwright.foundation.outbox import queue
from dealwright.foundation.services import Services
from dealwright.foundation.settings import load_settings


def make_app(db: Database, clock: Any, env: dict[str, str] | None = None) -> FastAPI:
    settings = load_settings({"DEALWRIGHT_DATA": "/nowhere", "DEALWRIGHT_LOG_LEVEL": "error", **(env or {})})
    app = FastAPI()
    app.state.services = Services(db, settings, clock)
    install_problem_handlers(app)
    app.include_router(health_router, prefix="/api/v1")

    @app.post("/api/v1/echo")
    def echo(body: Any = Depends(json_body)) -> Any:
        return JsonResponse(body)

    @app.post("/api/v1/files")
    def upload(file: UploadFile) -> Any:
        return JsonResponse({"size": len(file.file.read())})

    @app.get("/api/v1/busy")
    def busy() -> Any:
        raise Problem(503, "BUSY", params={"seconds": 2}, headers={"Retry-After": "2"})

    @app.get("/api/v1/bug")
    def bug(limit: int = 0) -> Any:
        if limit:
            return JsonResponse(limit)
        raise ZeroDivisionError

    observe.install(app, settings)
    return app


@pytest.fixture
def client(db: Database, clock: Any) -> Iterator[TestClient]:
    yield TestClient(make_app(db, clock), raise_server_exceptions=False)
    structlog.reset_defaults()


JSON = {"Content-Type": "application/json"}


def test_health_says_which_database_answers(client: TestClient, db: Database) -> None:
    answer = client.get("/api/v1/health")
    assert answer.json() == {"status": "ok", "database": db.dialect.name, "version": __version__}


def test_health_of_a_database_that_is_away_is_a_503(clock: Any) -> None:
    away = Database("postgresql+psycopg://nobody@/none?host=/nowhere")
    answer = TestClient(make_app(away, clock)).get("/api/v1/health")
    assert (answer.status_code, answer.json()["code"]) == (503, "DATABASE_AWAY")
    assert int(answer.headers["Retry-After"]) > 0


def test_a_refusal_is_problem_json_in_the_readers_language(client: TestClient) -> None:
    answer = client.get("/api/v1/busy", headers={"Accept-Language": "fr, en;q=0.8", "X-Request-Id": "abc-1"})
    assert answer.headers["content-type"] == "application/problem+json"
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "2")
    body = answer.json()
    assert (body["code"], body["status"], body["request_id"]) == ("BUSY", 503, "abc-1")
    assert body["message"] == "The system is busy. Try again in 2 s; nothing was saved."
    assert client.get("/api/v1/busy").json()["message"].startswith("系统繁忙")


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/api/v1/nothing", 404, "PATH_NOT_FOUND"),
        ("GET", "//api/v1/health", 404, "PATH_NOT_FOUND"),
        ("GET", "/api/v1/%2e%2e/health", 404, "PATH_NOT_FOUND"),
        ("GET", "/api/v1/health%00", 404, "PATH_NOT_FOUND"),
        ("GET", "/api/v1/health?q=%00", 422, "BAD_TEXT"),
        ("GET", "/api/v1/health?q=" + "x" * 8200, 414, "URL_TOO_LONG"),
        ("DELETE", "/api/v1/health", 405, "METHOD_NOT_ALLOWED"),
        ("GET", "/api/v1/bug?limit=many", 422, "BAD_PARAMETER"),
        ("GET", "/api/v1/bug", 500, "INTERNAL"),
    ],
)
def test_odd_addresses_have_their_answer_and_the_service_stays_healthy(
    client: TestClient, method: str, path: str, status: int, code: str
) -> None:
    answer = client.request(method, "http://testserver" + path)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.json()["request_id"]
    assert client.get("/api/v1/health?q=" + "x" * 8000).status_code == 200


def test_json_comes_in_strictly(client: TestClient) -> None:
    assert client.post("/api/v1/echo", content=b'{"a": 1.10}', headers=JSON).json() == {"a": "1.10"}
    twice = client.post("/api/v1/echo", content=b'{"a": 1, "a": 1}', headers=JSON)
    assert (twice.status_code, twice.json()["code"]) == (400, "DUPLICATE_KEY")


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""])
def test_a_body_of_another_type_is_refused(client: TestClient, kind: str) -> None:
    answer = client.post("/api/v1/echo", content=b"{}", headers={"Content-Type": kind})
    assert (answer.status_code, answer.json()["code"]) == (415, "WRONG_TYPE")
    right = {"Content-Type": "application/json; charset=utf-8"}
    assert client.post("/api/v1/echo", content=b"{}", headers=right).status_code == 200


def test_a_big_body_is_refused_by_its_length_and_while_it_is_read(client: TestClient) -> None:
    big = b'"' + b"x" * 20_000_000 + b'"'
    declared = client.post("/api/v1/echo", content=big, headers=JSON)
    assert (declared.status_code, declared.json()["code"]) == (413, "TOO_BIG")

    sent: list[int] = []

    def stream() -> Iterator[bytes]:
        for _ in range(20):
            sent.append(1)
            yield b" " * 100_000

    streamed = client.post("/api/v1/echo", content=stream(), headers=JSON)
    assert (streamed.status_code, streamed.json()["code"]) == (413, "TOO_BIG")
    assert client.post("/api/v1/echo", content=b'"' + b"x" * 900_000 + b'"', headers=JSON).status_code == 200


def test_uploads_have_a_limit_of_their_own(client: TestClient, monkeypatch: Any) -> None:
    monkeypatch.setattr(observe, "MAX_UPLOAD", 3_000_000)
    assert client.post("/api/v1/files", files={"file": io.BytesIO(b"x" * 2_000_000)}).json() == {"size": 2_000_000}

    def stream() -> Iterator[bytes]:
        yield b'--cut\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n'
        for _ in range(40):
            yield b"x" * 100_000
        yield b"\r\n--cut--\r\n"

    kind = {"Content-Type": "multipart/form-data; boundary=cut"}
    for answer in (
        client.post("/api/v1/files", files={"file": io.BytesIO(b"x" * 4_000_000)}),
        client.post("/api/v1/files", content=stream(), headers=kind),
    ):
        assert (answer.status_code, answer.json()["code"]) == (413, "TOO_BIG")


def test_every_answer_carries_an_id_and_the_security_headers(client: TestClient) -> None:
    for path in ("/api/v1/health", "/api/v1/nothing", "/api/v1/health?q=%00"):
        headers = client.get(path).headers
        assert len(headers["X-Request-Id"]) == 36
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
        assert "script-src 'self';" in headers["Content-Security-Policy"]
        assert "Strict-Transport-Security" not in headers
    assert client.get("/api/v1/health", headers={"X-Request-Id": "mine.1"}).headers["X-Request-Id"] == "mine.1"
    odd = client.get("/api/v1/health", headers={"X-Request-Id": "a" * 65 + "<script>"}).headers["X-Request-Id"]
    assert len(odd) == 36


def test_browsers_are_held_to_https_where_it_is_served(db: Database, clock: Any) -> None:
    app = make_app(db, clock, {"DEALWRIGHT_PUBLIC_URL": "https://crm.example.com"})
    assert "max-age=" in TestClient(app).get("/api/v1/health").headers["Strict-Transport-Security"]
    structlog.reset_defaults()


def test_metrics_count_requests_and_waiting_jobs(client: TestClient, db: Database) -> None:
    with db.write() as uow:
        queue(uow, "mail.requested", {})
    client.get("/api/v1/health")
    client.get("/api/v1/whatever/never/seen")
    text = client.get("/api/v1/metrics").text
    assert 'dealwright_requests_total{method="GET",route="/api/v1/health",status="200"}' in text
    assert "never/seen" not in text
    assert 'dealwright_jobs{state="ready"} 1.0' in text


def test_the_log_is_json_with_the_requests_id(
    db: Database, clock: Any, capfdbinary: Any, monkeypatch: Any, tmp_path: Path
) -> None:
    lines = io.BytesIO()

    class Stderr:
        buffer = lines

    monkeypatch.setattr("sys.stderr", Stderr)
    client = TestClient(make_app(db, clock, {"DEALWRIGHT_LOG_LEVEL": "info"}), raise_server_exceptions=False)
    client.get("/api/v1/health", headers={"X-Request-Id": "log-1"})
    client.get("/api/v1/bug", headers={"X-Request-Id": "log-2"})
    structlog.reset_defaults()
    entries = [json.loads(line) for line in lines.getvalue().splitlines()]
    (health,) = [entry for entry in entries if entry["request_id"] == "log-1"]
    assert (health["event"], health["path"], health["status"]) == ("request", "/api/v1/health", 200)
    fault, request = [entry for entry in entries if entry["request_id"] == "log-2"]
    assert "ZeroDivisionError" in fault["exception"] and request["status"] == 500


def test_a_disk_full_of_logs_does_not_spoil_an_answer(
    db: Database, clock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Full(io.BytesIO):
        def write(self, line: Any) -> int:
            raise OSError(28, "No space left on device")

    class Stderr:
        buffer = Full()

    monkeypatch.setattr("sys.stderr", Stderr())
    client = TestClient(make_app(db, clock, {"DEALWRIGHT_LOG_LEVEL": "info"}))
    assert client.get("/api/v1/health").status_code == 200
    structlog.reset_defaults()
