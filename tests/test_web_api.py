"""The JSON endpoints: what they answer, and that no request that follows or breaks their description fails them."""

import json

import pytest
import schemathesis
from schemathesis import engine
from schemathesis.config import SchemathesisConfig
from typer.testing import CliRunner
from web_client import client

from qa_assess.cli import app as command_line
from qa_assess.web.security import TOKEN_HEADER

PAIR = {"question": "When will the new ferry sail?", "answer": "It will sail on 4 May 2027."}


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    with client(tmp_path_factory.mktemp("serve")) as opened:
        yield opened


def test_no_request_that_a_machine_thinks_of_fails_the_server(page):
    """All phases of schemathesis on the whole document: a new endpoint is tested as soon as it is in there."""
    own = str(page.base_url)
    config = SchemathesisConfig.from_dict(
        {
            "base-url": own,
            "headers": {TOKEN_HEADER: page.token, "Origin": own},
            "generation": {"max-examples": 20, "deterministic": True},
            # That its words stand in the record, and its grade follows from its asks, no description can demand.
            "operations": [
                {
                    "include-name": "POST /api/corrections",
                    "checks": {"positive_data_acceptance": {"enabled": False}},
                }
            ],
        }
    )
    host = {"Host": page.base_url.netloc.decode()}
    description = schemathesis.openapi.from_asgi("/openapi.json", page.app, headers=host, config=config)
    failures, answered = [], set()
    for event in engine.from_schema(description).execute():
        assert not isinstance(event, engine.events.FatalError | engine.events.NonFatalError), event
        if isinstance(event, engine.events.ScenarioFinished):
            failures += _failures(event.recorder)
            answered |= _answered(event.recorder)
    assert not failures, "\n".join(failures)
    endpoints = {(method.upper(), path) for path, found in page.app.openapi()["paths"].items() for method in found}
    # Each was reached, and not only refused.
    assert endpoints <= {
        (method, path) for method, path, status in answered if status < 500 and status not in {401, 403}
    }
    assert {("POST", "/api/assess", 200), ("POST", "/api/corrections", 201)} <= answered


def _failures(recorder) -> list[str]:
    return [
        f"{check.name}: {recorder.cases[number].value.as_curl_command()}: {check.failure_info.failure}"
        for number, checks in recorder.checks.items()
        for check in checks
        if check.failure_info
    ]


def _answered(recorder) -> set[tuple[str, str, int]]:
    return {
        (recorder.cases[number].value.method, recorder.cases[number].value.path, interaction.response.status_code)
        for number, interaction in recorder.interactions.items()
        if interaction.response
    }


def test_an_assessment_is_the_object_that_check_prints(page):
    printed = CliRunner().invoke(
        command_line, ["check", "--model", "fast", "--json", "-q", PAIR["question"], "-a", PAIR["answer"]]
    )
    expected = json.loads(printed.stdout) | {"source": "request"}
    answered = page.post_json("/api/assess", PAIR)
    assert answered.status_code == 200
    assert answered.json() == expected
    assert list(answered.json()) == list(expected)


def test_a_record_that_cannot_be_graded_says_why(page):
    answered = page.post_json("/api/assess", {"question": " ", "answer": "Yes."})
    assert answered.status_code == 200
    assert answered.json()["grade"] == "failed"
    assert answered.json()["failure"]["message"] == "the record has no question text"


@pytest.mark.parametrize(
    ("body", "what"),
    [
        ({"question": "Why?"}, "answer: field required"),
        ({**PAIR, "anwser": "Yes."}, "anwser: extra inputs are not permitted"),
        ([], "body: "),
    ],
)
def test_what_is_wrong_with_a_request_is_said(page, body, what):
    headers = {TOKEN_HEADER: page.token, "content-type": "application/json"}
    answered = page.post("/api/assess", content=json.dumps(body), headers=headers)
    assert answered.status_code == 422
    assert what in answered.json()["what"]
    assert answered.json()["todo"]


def test_text_of_any_kind_comes_back_as_it_was(page):
    pair = {
        "question": "Will he <script>alert(1)</script> act\0?",
        "answer": "=cmd|' /C calc'!A0 \u2028 \U0001f600 نعم",
    }
    answered = page.post_json("/api/assess", pair).json()
    assert (answered["question"], answered["answer"]) == (pair["question"], pair["answer"])


def test_the_token_is_given_to_who_can_read_it(page):
    assert page.get("/api/token").json() == {"token": page.token}


def test_the_models_are_said_to_be_ready_when_they_are(page):
    page.post_json("/api/assess", PAIR)
    assert page.get("/api/health").json() == {"ready": True}
