"""Whatever goes wrong is said as problem details with a stable code, and never more than that."""

from typing import Any
from uuid import uuid4

import pytest
from werkzeug.test import Client

from bus.asking import Bug
from contracts.errors import Conflict, HalleError, Malformed, NotAllowed, NotFound, Unavailable
from contracts.messages import Refused
from tests.gateway.conftest import FakeLine

ORDER = f"/api/v1/orders/{uuid4()}"
READ = "orders.read_order"


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (Malformed("malformed", "No.", {"fields": []}), 400),
        (NotAllowed("right-missing", "No."), 403),
        (NotFound("no-such-order", "No."), 404),
        (Conflict("order-changed", "No.", {"version": 3}), 409),
        (Unavailable("no-answer", "Unknown."), 503),
    ],
)
def test_each_family_has_its_status(
    client: Client, line: FakeLine, bob: dict[str, str], error: HalleError, status: int
) -> None:
    line.outcomes[READ] = error
    answer = client.get(ORDER, headers=bob)
    said = answer.get_json(force=True)
    assert answer.status_code == said["status"] == status
    assert answer.content_type == "application/problem+json"
    assert (said["code"], said["detail"]) == (error.code, error.message)
    assert said["trace_id"] == answer.headers["X-Request-Id"]
    assert ("Retry-After" in answer.headers) == (status == 503)


@pytest.mark.parametrize(
    ("code", "details", "status"),
    [
        ("sold-out", {"left": {"carrots": 2}}, 409),
        ("window-closed", {}, 409),
        ("not-a-member", {}, 403),
        ("too-many-tries", {"seconds": 17}, 429),
    ],
)
def test_a_refusal_of_the_business_is_a_conflict_unless_http_knows_better(
    client: Client,
    line: FakeLine,
    bob: dict[str, str],
    code: str,
    details: dict[str, Any],
    status: int,
) -> None:
    line.outcomes["orders.place_order"] = Refused(code=code, message="No.", details=details)
    answer = client.post("/api/v1/orders", json={}, headers=bob)
    assert answer.status_code == status
    assert answer.get_json(force=True)["details"] == details
    assert answer.headers.get("Retry-After") == ("17" if status == 429 else None)


def test_a_bug_shows_nothing_but_its_trace_id(client: Client, line: FakeLine, bob: dict[str, str]) -> None:
    for bug in (Bug("0af7651916cd43dd8448eb211c80319c"), ZeroDivisionError("secret of ours")):
        line.outcomes[READ] = bug
        answer = client.get(ORDER, headers=bob)
        assert answer.status_code == 500
        assert answer.get_json(force=True)["code"] == "bug"
        assert b"secret of ours" not in answer.data
        assert b"ZeroDivision" not in answer.data


def test_a_stranger_is_told_to_sign_in_before_anybody_is_asked(client: Client, line: FakeLine) -> None:
    answer = client.get(ORDER)
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    assert line.asked == []


def test_a_faulty_field_is_named_and_its_value_is_not_echoed(client: Client) -> None:
    password = "a-password-that-is-secret"
    answer = client.post(
        "/api/v1/sessions",
        json={"email": "no address", "password": password, "colour": "red"},
        headers={"Idempotency-Key": "12345678"},
    )
    said = answer.get_json(force=True)
    assert answer.status_code == 400
    assert {fault["field"] for fault in said["fields"]} == {"email", "colour"}
    assert password not in answer.text


@pytest.mark.parametrize(
    ("method", "path", "more", "status", "code"),
    [
        ("GET", "/api/v1/nothing", {}, 404, "not-found"),
        ("GET", "/api/v1/orders/not-an-id", {}, 404, "not-found"),
        ("PUT", "/api/v1/orders", {}, 405, "method-not-allowed"),
        ("POST", "/api/v1/orders", {"data": "x" * 70_000}, 413, "too-large"),
        ("POST", "/api/v1/orders", {"data": "a=b", "content_type": "text/plain"}, 415, "not-json"),
        ("POST", "/api/v1/accounts", {"data": "{"}, 400, "not-json"),
        ("POST", "/api/v1/accounts", {"data": "[]"}, 400, "not-an-object"),
    ],
)
def test_what_http_itself_refuses_is_a_problem_too(
    client: Client,
    bob: dict[str, str],
    method: str,
    path: str,
    more: dict[str, Any],
    status: int,
    code: str,
) -> None:
    answer = client.open(path, method=method, headers=bob, **{"content_type": "application/json"} | more)
    assert answer.status_code == status
    assert answer.get_json(force=True)["code"] == code


def test_a_wrong_method_is_told_which_are_right(client: Client) -> None:
    assert "POST" in client.put("/api/v1/orders").headers["Allow"]
