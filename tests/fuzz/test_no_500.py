"""No request finds a 500: drawn from the OpenAPI file by Schemathesis, and from the product's own words by Hypothesis."""

from __future__ import annotations

import os
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from support.fuzzing import Asked, Known, requests
from support.office import Office

EXAMPLES = int(os.environ.get("DEALWRIGHT_FUZZ", "6"))  # of each operation; `make soak` asks 50,000 requests
CALM = settings(
    derandomize="DEALWRIGHT_FUZZ" not in os.environ, database=None, deadline=None, phases=[Phase.generate],
    suppress_health_check=list(HealthCheck), print_blob=False,
)  # fmt: skip


@pytest.fixture
def known(office: Office) -> Known:
    """A few records that the requests may hit."""
    samples = [office.make("sample", name=f"Fuzz {n}", pieces=n)["id"] for n in range(3)]
    account = office.make("account", name=f"Fuzz Ltd {samples[0]}")["id"]
    deal = office.make("opportunity", name="Fuzz deal", account=account)["id"]
    fields = [f["key"] for f in office.send("GET", "/objects/sample").json()["fields"]]
    view = office.send("GET", "/views?object=account").json()["views"][0]["id"]
    ids = {
        "record_id": [*samples, account, deal], "object_key": ["sample", "sample", "sample", "account", "opportunity"],
        "field_key": fields, "view_id": [view], "import_id": samples, "user_id": samples, "team_id": samples,
        "role_id": samples, "token_id": samples, "change_id": samples, "bulk_id": samples, "file_id": samples, "share_id": samples,
    }  # fmt: skip
    return Known(["sample", "account", "opportunity"], [*fields, "account.name", "parent.name", "amount", "stage"], ids)


def check(office: Office, method: str, path: str, answer: Any, body: Any = None) -> None:
    assert answer.status_code < 500, (method, path, body, answer.text[:500])
    if answer.status_code >= 400:
        assert answer.headers["content-type"] == "application/problem+json", (method, path, answer.text[:200])
        told = answer.json()
        assert told["code"].isupper() and told["message"], told


def ask(office: Office, asked: Asked) -> Any:
    headers = {"Authorization": f"Bearer {office.tokens['admin']}", "Accept-Language": "en", **asked.headers}
    return office.client.request(asked.method, f"/api/v1{asked.path}", content=asked.body, headers=headers)


def test_schemathesis_finds_no_500(office: Office, known: Known) -> None:
    schema = schemathesis.openapi.from_dict(office.client.get("/api/v1/openapi.json").json())
    headers = {"Authorization": f"Bearer {office.tokens['admin']}", "Accept-Language": "en"}
    asked = 0
    for result in schema.get_all_operations():
        operation = result.ok()

        @settings(CALM, max_examples=EXAMPLES)
        @given(case=operation.as_strategy(), place=st.integers(0, 10))
        def run(case: Any, place: int) -> None:
            nonlocal asked
            asked += 1
            for name in case.path_parameters or {}:
                good = known.ids.get(name)
                if good and place:  # now and then the odd one that was drawn
                    case.path_parameters[name] = good[place % len(good)]
            sent = case.as_transport_kwargs(base_url="http://testserver", headers=headers)
            sent.pop("cookies", None)
            answer = office.client.request(**sent)
            check(office, case.method, case.path, answer, case.body)

        run()
    assert asked >= 60 * min(EXAMPLES, 2)


def test_no_request_made_of_our_own_words_finds_a_500(office: Office, known: Known) -> None:
    described = office.client.get("/api/v1/openapi.json").json()
    statuses: dict[int, int] = {}

    @settings(CALM, max_examples=60 * EXAMPLES)
    @given(asked=requests(described, known))
    def run(asked: Asked) -> None:
        answer = ask(office, asked)
        statuses[answer.status_code] = statuses.get(answer.status_code, 0) + 1
        check(office, asked.method, asked.path, answer, asked.body)

    run()
    print(statuses)
    assert statuses.get(200, 0) + statuses.get(201, 0) > 5, statuses
