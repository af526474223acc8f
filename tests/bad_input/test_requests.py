"""Bad input 5 to 10 and 29 to 36 and 60: bodies, headers, parameters, paths and names of files."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest

from support.office import Office

HAN = re.compile("[\u4e00-\u9fff]")


@pytest.fixture(autouse=True)
def nothing_is_written(office: Office, request: pytest.FixtureRequest) -> Iterator[None]:
    """Every test here is a refusal unless it says `writes`: no table may have a row more or less."""
    before = office.counts()
    yield
    if "writes" not in request.fixturenames:
        assert office.counts() == before


@pytest.fixture
def writes() -> None:
    """This test writes something good as well."""


def refused(
    office: Office, method: str, path: str, status: int, code: str, field: str | None = None, **how: Any
) -> Any:
    """The same refusal in both languages; gives the English one."""
    told: dict[str, Any] = {}
    for who in ("chinese", "admin"):
        answer = office.send(method, path, who=who, **how)
        told = answer.json()
        assert (answer.status_code, told["code"]) == (status, code), told
        if field is not None:
            assert told["field"] == field, told
        assert bool(HAN.search(told["message"])) == (who == "chinese"), told
        assert "{" not in re.sub(r'\{"\w+".*\}', "", told["message"]), told
        assert told["request_id"] == answer.headers["x-request-id"]
    return told


# ── 5 to 10: the body ──


@pytest.mark.parametrize(("number", "raw", "status", "code"), [
    (5, b'{"name": "a", "name": "a"}', 400, "DUPLICATE_KEY"),
    (5, b'{"name": "a", "price": {"amount": "1", "amount": "2"}}', 400, "DUPLICATE_KEY"),
    (7, b"[" * 100_000, 400, "TOO_DEEP"), (7, b'{"a":' * 100_000, 400, "TOO_DEEP"),
    (8, b'{"note": "' + b"x" * 1_100_000 + b'"}', 413, "TOO_BIG"),
    (10, b'{"name": "a"', 400, "BAD_JSON"), (10, b"", 400, "BAD_JSON"), (10, '{"name": "a"}'.encode("utf-16"), 400, "BAD_JSON"),
    (10, b"{'name': 1}", 400, "BAD_JSON"), (10, b'{"name": "a"} x', 400, "BAD_JSON"), (10, b"\xff\xfe", 400, "BAD_JSON"),
    (10, b'{"name": "a\tb"}', 400, "BAD_JSON"), (10, b"[1]", 422, "OBJECT_EXPECTED"), (10, b"null", 422, "OBJECT_EXPECTED"),
])  # fmt: skip
@pytest.mark.parametrize("path", ["/records/sample", "/records/sample?channel=form"])
def test_a_broken_body_is_refused(office: Office, number: int, raw: bytes, status: int, code: str, path: str) -> None:
    refused(office, "POST", path, status, code, raw=raw)


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "application/xml", "application/json2"]
)
def test_9_another_type_of_content_is_refused(office: Office, kind: str) -> None:
    refused(office, "POST", "/records/sample", 415, "WRONG_TYPE", raw='{"name": "a"}', Content_Type=kind)


def test_8_a_body_of_20_mb_is_refused_before_it_is_read(office: Office) -> None:
    read = 0

    async def receive() -> dict[str, Any]:
        nonlocal read
        read += 1
        return {"type": "http.request", "body": b"x" * 100_000, "more_body": read < 200}

    sent: list[dict[str, Any]] = []

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    def scope(*headers: tuple[bytes, bytes]) -> dict[str, Any]:
        path = "/api/v1/records/sample"
        given = [
            (b"content-type", b"application/json"),
            (b"authorization", f"Bearer {office.tokens['admin']}".encode()),
            *headers,
        ]
        return {
            "type": "http", "method": "POST", "path": path, "raw_path": path.encode(), "query_string": b"", "headers": given,
            "http_version": "1.1", "scheme": "http", "server": ("test", 80), "client": ("test", 1), "root_path": "",
        }  # fmt: skip

    asyncio.run(office.client.app(scope((b"content-length", b"20000000")), receive, send))  # type: ignore[arg-type]
    assert (sent[0]["status"], read) == (413, 0)
    sent.clear()
    asyncio.run(office.client.app(scope((b"transfer-encoding", b"chunked")), receive, send))  # type: ignore[arg-type]
    assert sent[0]["status"] == 413
    assert read <= 12, "it went on reading"


def test_6_an_unknown_field_is_refused_on_update(office: Office, writes: None) -> None:
    made = office.make("sample", name="A")
    path = f"/records/sample/{made['id']}"
    refused(office, "PATCH", path, 422, "UNKNOWN_FIELD", "ownr", body={"ownr": "x"}, If_Match='"1"')
    refused(office, "PATCH", path, 422, "READ_ONLY_FIELD", body={"created_at": "2026-01-01T00:00:00Z"}, If_Match='"1"')


# ── 29, 30, 36: how much, on which version, how often ──


def test_29_ten_thousand_and_one_records_are_too_many_for_a_bulk_change(office: Office) -> None:
    ids = [f"018f2b6e-7c1a-7000-8000-{n:012d}" for n in range(10_001)]
    refused(office, "POST", "/records/sample/bulk", 422, "TOO_MANY", body={"ids": ids, "values": {"note": "x"}})


@pytest.mark.parametrize(("given", "status", "code"), [
    ('"7"', 412, "STALE"), ("garbage", 412, "STALE"), ('"1', 412, "STALE"), ('"-1"', 412, "STALE"), ('"1.0"', 412, "STALE"),
    ('"99999999999999999999"', 412, "STALE"), ('"1", "2"', 412, "STALE"), ("*", 428, "IF_MATCH_MISSING"), ("", 428, "IF_MATCH_MISSING"),
])  # fmt: skip
def test_30_a_version_that_is_not_the_present_one_is_refused(
    office: Office, writes: None, given: str, status: int, code: str
) -> None:
    made = office.make("sample", name="A")
    path = f"/records/sample/{made['id']}"
    for method, body in (("PATCH", {"name": "B"}), ("DELETE", None)):
        refused(office, method, path, status, code, body=body, If_Match=given)
        answer = office.send(method, path, body)
        assert (answer.status_code, answer.json()["code"]) == (428, "IF_MATCH_MISSING")
    assert office.send("GET", path).json()["version"] == 1
    assert office.send("PATCH", path, {"name": "B"}, If_Match='"1"').status_code == 200


def test_36_a_key_that_cannot_be_kept_or_came_with_another_body_is_refused(office: Office, writes: None) -> None:
    body = {"name": "Once"}
    for key in ("k" * 300, "", "a\tb"):
        refused(office, "POST", "/records/sample", 400, "IDEMPOTENCY_KEY", body=body, Idempotency_Key=key)
    first = office.send("POST", "/records/sample", body, Idempotency_Key="bad-36")
    before = office.counts()
    again = office.send("POST", "/records/sample", body, Idempotency_Key="bad-36")
    assert (again.status_code, again.content) == (first.status_code, first.content)
    other = office.send("POST", "/records/sample", {"name": "Other"}, Idempotency_Key="bad-36")
    assert (other.status_code, other.json()["code"]) == (422, "IDEMPOTENCY_REUSED")
    path = f"/records/sample/{first.json()['id']}"
    moved = office.send("PATCH", path, body, If_Match='"1"', Idempotency_Key="bad-36")
    assert (moved.status_code, moved.json()["code"]) == (422, "IDEMPOTENCY_REUSED")
    assert office.counts() == before


# ── 31 to 34: asking ──


@pytest.mark.parametrize(("query", "code", "field"), [
    ("limit=-1", "LIMIT_RANGE", "limit"), ("limit=0", "LIMIT_RANGE", "limit"), ("limit=1e9", "LIMIT_RANGE", "limit"),
    ("limit=1000000000", "LIMIT_RANGE", "limit"), ("limit=1&limit=2", "REPEATED_PARAMETER", "limit"), ("limit=%EF%BC%91", "LIMIT_RANGE", "limit"),
    ("cursor=nan", "BAD_CURSOR", "cursor"), ("cursor=%22%5D", "BAD_CURSOR", "cursor"), ("after=nan", "UNKNOWN_PARAMETER", "after"),
    ("total=maybe", "FLAG_FORMAT", "total"), ("bin=1", "FLAG_FORMAT", "bin"),
    ("sort=name;drop", "UNKNOWN_FIELD", None), ("sort=(select%201)", "UNKNOWN_FIELD", None), ("sort=name,nothing", "UNKNOWN_FIELD", None),
    ("sort=name%20desc", "UNKNOWN_FIELD", None), ("fields=name,id%3Bx", "UNKNOWN_FIELD", None),
    ("filter=%7B", "BAD_JSON", None), ("filter=[]", "BAD_FILTER", None), ("filter=%22x%22", "BAD_FILTER", None),
    ('filter={"field":"nothing","op":"eq","value":1}', "UNKNOWN_FIELD", None), ('filter={"field":"name","op":"like","value":"x"}', "UNKNOWN_OPERATOR", None),
    ('filter={"field":"pieces","op":"gt","value":"x"}', "BAD_VALUE", None), ('filter={"field":"begins","op":"gt","value":"soon"}', "BAD_VALUE", None),
    ('filter={"field":"name.x.y","op":"eq","value":"x"}', "UNKNOWN_FIELD", None), ('filter={"field":["a"],"op":"eq","value":"x"}', "BAD_FILTER", None),
])  # fmt: skip
def test_31_32_a_question_that_makes_no_sense_is_refused_by_name(
    office: Office, query: str, code: str, field: str | None
) -> None:
    status = 400 if code == "BAD_JSON" else 422
    refused(office, "GET", f"/records/sample?{query}", status, code, field)


def test_32_a_hidden_field_is_as_unknown_as_one_that_does_not_exist(office: Office) -> None:
    hidden = next(
        f["key"] for f in office.send("GET", "/objects/product").json()["fields"]
        if f["key"] not in {g["key"] for g in office.send("GET", "/objects/product", who="seller").json()["fields"]}
    )  # fmt: skip
    for clause in ("sort={}", "fields={}", 'filter={{"field":"{}","op":"not_empty"}}'):
        told = []
        for key in (hidden, "x" * len(hidden)):
            answer = office.send("GET", f"/records/product?{clause.format(key)}", who="seller")
            told.append((answer.status_code, answer.json()["code"], answer.json()["message"].replace(key, "?")))
        assert told[0] == told[1], told
        assert told[0][:2] == (422, "UNKNOWN_FIELD")


def leaf(value: str = "x") -> dict[str, Any]:
    return {"field": "name", "op": "eq", "value": value}


def nested(depth: int) -> dict[str, Any]:
    tree = leaf()
    for _ in range(depth):
        tree = {"all": [tree]}
    return tree


@pytest.mark.parametrize(
    "tree", [{"any": [leaf() for _ in range(500)]}, nested(20)], ids=["500 conditions", "depth 20"]
)
def test_33_a_filter_too_heavy_is_refused(office: Office, tree: dict[str, Any]) -> None:
    refused(office, "POST", "/records/sample/aggregate", 422, "QUERY_TOO_HEAVY", body={"filter": tree})
    text = json.dumps(tree, separators=(",", ":"))
    if len(text) < 6_000:
        refused(office, "GET", f"/records/sample?filter={quote(text)}", 422, "QUERY_TOO_HEAVY")


@pytest.mark.parametrize("sign", ["%", "_", "'", "\\", '"', "*", "[a]", "';--"])
def test_34_signs_of_a_query_language_are_matched_as_themselves(office: Office, writes: None, sign: str) -> None:
    name = f"odd {sign} sign {abs(hash(sign))}"
    made = office.make("sample", name=name)
    for op in ("contains", "eq", "starts_with", "ends_with"):
        value = {"contains": sign, "eq": name, "starts_with": f"odd {sign}", "ends_with": name[4:]}[op]
        tree = quote(json.dumps({"field": "name", "op": op, "value": value}))
        found = office.send("GET", f"/records/sample?filter={tree}&limit=200").json()["records"]
        assert made["id"] in {record["id"] for record in found}, op
        assert all(sign in record["name"] for record in found), op
    assert office.send("GET", f"/search?q={quote(sign)}").status_code == 200


# ── 35: paths ──


@pytest.mark.parametrize(("path", "statuses"), [
    ("//api/v1/records/sample", {404, 200}), ("/api/v1//records/sample", {404}), ("/api/v1/records/%2e%2e/objects", {404}),
    ("/api/v1/records/sample/..%2f..%2fme", {404}), ("/api/v1/records/sample%00", {404}), ("/api/v1/records/%F0%9F%98%80", {404}),
    ("/api/v1/records/sample/%ff%fe", {404}), ("/api/v1/records/" + "x" * 8_200, {414}), ("/api/v1/records/sample?x=" + "y" * 8_200, {414}),
    ("/api/v1/records/sample?filter=%00", {422}), ("/api/v1/records/sample;a=b", {404}), ("/../../etc/passwd", {200, 404, 503}),
    ("/assets/..%2f..%2f..%2fpyproject.toml", {200, 404, 503}), ("/%2e%2e/%2e%2e/etc/passwd", {200, 404, 503}),
])  # fmt: skip
def test_35_odd_paths_are_not_found_and_the_service_stays_well(office: Office, path: str, statuses: set[int]) -> None:
    headers = {"Authorization": f"Bearer {office.tokens['admin']}"}
    answer = office.client.get(f"http://testserver{path}", headers=headers)
    assert answer.status_code in statuses, (answer.status_code, answer.text[:200])
    assert "root:" not in answer.text and "[project]" not in answer.text
    assert office.client.get("/api/v1/health").json()["status"] == "ok"


@pytest.mark.parametrize("method", ["PUT", "DELETE", "TRACE", "OPTIONS", "HEAD", "BREW"])
def test_a_method_that_a_path_does_not_take_is_refused(office: Office, method: str) -> None:
    answer = office.client.request(
        method, "/api/v1/records/sample", headers={"Authorization": f"Bearer {office.tokens['admin']}"}
    )
    assert answer.status_code in (405, 404), answer.text


# ── 60: uploads ──


@pytest.mark.parametrize(("name", "shown"), [
    ("../../x", "x"), ("..\\..\\x.pdf", "x.pdf"), ("CON", "_CON"), ("a" * 300 + ".pdf", "a" * 116 + ".pdf"), ("gpj\u202e.exe", "gpj.exe"),
    ("合同.pdf", "合同.pdf"), (".", "file"), ("a/b/c.txt", "c.txt"),
])  # fmt: skip
def test_60_a_files_name_is_only_shown_and_shown_cleaned(office: Office, writes: None, name: str, shown: str) -> None:
    headers = {"Authorization": f"Bearer {office.tokens['admin']}"}
    answer = office.client.post("/api/v1/files", files={"file": (name, b"content")}, headers=headers)
    assert answer.status_code == 201, answer.text
    assert answer.json()["name"] == shown
    data_dir = office.client.app.state.services.settings.data_dir  # type: ignore[attr-defined]
    stored = [path for path in data_dir.rglob("*") if path.is_file() and path.parent.parent.name == "files"]
    assert stored and all(re.fullmatch(r"[0-9a-f-]{36}", path.name) for path in stored)
    got = office.client.get(f"/api/v1/files/{answer.json()['id']}", headers=headers)
    assert got.content == b"content"
    assert got.headers["content-security-policy"].startswith("sandbox")
    assert not shown.endswith(".exe") or got.headers["content-disposition"].startswith("attachment")


def test_60_a_file_of_five_gigabytes_is_refused_unread(office: Office) -> None:
    headers = {"Authorization": f"Bearer {office.tokens['admin']}", "Content-Type": "multipart/form-data; boundary=x"}
    answer = office.client.post("/api/v1/files", content=b"--x", headers={**headers, "Content-Length": "5000000000"})
    assert (answer.status_code, answer.json()["code"]) == (413, "TOO_BIG")


@pytest.mark.parametrize(
    "body",
    [b"", b"--x\r\n", b'--x\r\nContent-Disposition: form-data; name="other"\r\n\r\n1\r\n--x--\r\n', b"--x--\r\n"],
)
def test_60_a_broken_upload_is_refused(office: Office, body: bytes) -> None:
    headers = {"Authorization": f"Bearer {office.tokens['admin']}", "Content-Type": "multipart/form-data; boundary=x"}
    for path in ("/api/v1/files", "/api/v1/imports"):
        answer = office.client.post(path, content=body, headers=headers)
        assert answer.status_code in (400, 422), (path, answer.status_code, answer.text)
