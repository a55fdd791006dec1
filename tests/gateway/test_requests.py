"""Parse, ask, answer: what of a request reaches a service, and what comes back."""

import re
from uuid import UUID, uuid4

import orjson
import pytest
from werkzeug.test import Client

from gateway.app import create_wsgi
from gateway.reception import Reception, open_reception
from gateway.settings import Settings
from tests.cast import BOB
from tests.gateway.conftest import FakeLine

TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


def test_an_order_is_passed_on_as_it_came_and_so_is_its_answer(
    client: Client, line: FakeLine, bob: dict[str, str]
) -> None:
    line.outcomes["orders.place_order"] = {"order_id": "1", "total_cents": 520}
    body = b'{ "distribution_id" : "d", "lines":[] }'
    answer = client.post("/api/v1/orders", data=body, content_type="application/json", headers=bob)
    assert (answer.status_code, answer.data) == (201, b'{"order_id":"1","total_cents":520}')
    asked = line.asked[-1]
    assert (asked.body, asked.key, asked.token) == (body, "key-of-bob-1", "bobs-secret/1")


@pytest.mark.parametrize("key", [None, "", "short", "x" * 201, "with space in it", "\xe9" * 10])
def test_whatever_acts_needs_an_idempotency_key(
    client: Client, line: FakeLine, bob: dict[str, str], key: str | None
) -> None:
    headers = {"Authorization": bob["Authorization"]}
    if key is not None:
        headers["Idempotency-Key"] = key
    order = f"/api/v1/orders/{uuid4()}"
    tries = [("POST", "/api/v1/orders"), ("PATCH", order), ("DELETE", f"{order}?version=1")]
    for method, path in tries:
        answer = client.open(path, method=method, json={}, headers=headers)
        assert answer.status_code == 400
        assert answer.get_json(force=True)["fields"][0]["field"] == "Idempotency-Key"
    assert "orders.place_order" not in line.doors()


def test_fields_come_from_path_body_and_query_and_no_field_from_two(
    client: Client, line: FakeLine, bob: dict[str, str]
) -> None:
    line.outcomes["orders.cancel_order"] = line.outcomes["orders.amend_order"] = {}
    order = str(uuid4())
    assert client.delete(f"/api/v1/orders/{order}?version=3", headers=bob).status_code == 200
    assert line.asked[-1].said == {"order_id": order, "version": 3}
    lines = [{"offer_id": str(uuid4()), "quantity": 2}]
    body = {"version": 1, "lines": lines}
    assert client.patch(f"/api/v1/orders/{order}", json=body, headers=bob).status_code == 200
    assert line.asked[-1].said == {"order_id": order, **body}
    twice = client.patch(f"/api/v1/orders/{order}", json={**body, "order_id": order}, headers=bob)
    assert twice.status_code == 400
    again = client.get("/api/v1/orders?limit=1&limit=2", headers=bob)
    assert again.status_code == 400


def test_a_list_names_its_next_page_while_pages_are_full(client: Client, line: FakeLine, bob: dict[str, str]) -> None:
    orders = [{"order_id": str(uuid4())} for _ in range(2)]
    line.outcomes["orders.my_orders"] = orders
    full = client.get("/api/v1/orders?limit=2", headers=bob).get_json()
    last = orders[-1]["order_id"]
    assert full == {"items": orders, "next": f"/api/v1/orders?limit=2&before={last}"}
    line.outcomes["orders.my_orders"] = []
    empty = client.get(full["next"], headers=bob).get_json()
    assert empty == {"items": [], "next": None}
    assert line.asked[-1].said["before"] == last


def test_a_page_of_members_becomes_a_list_like_all_others(client: Client, line: FakeLine, bob: dict[str, str]) -> None:
    line.outcomes["members.my_memberships"] = {"memberships": [{"a": 1}], "following": str(BOB)}
    found = client.get("/api/v1/account/memberships", headers=bob).get_json()
    assert found == {"items": [{"a": 1}], "next": f"/api/v1/account/memberships?after={BOB}"}


def test_every_response_is_guarded_and_traced(client: Client, reception: Reception) -> None:
    for path in ("/api/v1/openapi.json", "/api/v1/nothing"):
        headers = client.get(path, headers={"traceparent": TRACE}).headers
        assert "default-src 'none'" in headers["Content-Security-Policy"]
        assert "unsafe-inline" not in headers["Content-Security-Policy"]
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Cache-Control"] == "no-store"
        assert headers["X-Request-Id"] == "0af7651916cd43dd8448eb211c80319c"
        assert headers["traceparent"] == TRACE
        assert "Strict-Transport-Security" not in headers
    secure = Settings("127.0.0.1", 8000, "https://halle.example.org")
    front = Client(create_wsgi(open_reception(secure, reception.line), pages=False))
    assert "max-age" in front.get("/api/v1/docs").headers["Strict-Transport-Security"]


def test_a_request_may_bring_its_own_id_if_it_is_harmless(client: Client) -> None:
    given = client.get("/api/v1/docs", headers={"X-Request-Id": "app-42"})
    assert given.headers["X-Request-Id"] == "app-42"
    evil = client.get("/api/v1/docs", headers={"X-Request-Id": "a b<script>", "traceparent": "x"})
    assert re.fullmatch("[0-9a-f]{32}", evil.headers["X-Request-Id"])


def test_signing_in_tells_members_the_address_and_takes_none_from_the_body(line: FakeLine, settings: Settings) -> None:
    line.outcomes["members.sign_in"] = {"secret": "s", "person": {}}
    client = Client(create_wsgi(open_reception(settings, line), pages=False))
    body = {"email": "bob@example.org", "password": "p"}
    headers = {"Idempotency-Key": "12345678", "X-Forwarded-For": "9.9.9.9"}
    there = {"REMOTE_ADDR": "203.0.113.7"}
    answer = client.post("/api/v1/sessions", json=body, headers=headers, environ_overrides=there)
    assert answer.status_code == 201
    assert line.asked[-1].said["address"] == "203.0.113.7"
    forged = client.post("/api/v1/sessions", json={**body, "address": "9.9.9.9"}, headers=headers)
    assert forged.status_code == 400


def test_a_file_of_products_may_be_in_the_encoding_of_an_old_spreadsheet(
    client: Client, line: FakeLine, bob: dict[str, str]
) -> None:
    line.outcomes["catalog.import_products"] = {"good": 1}
    path = f"/api/v1/producers/{UUID(int=101)}/products/import?market_id={UUID(int=201)}"
    for encoding in ("utf-8-sig", "utf-8", "cp1252"):
        file = "Nom;Prix\nPâté;4,50".encode(encoding)
        answer = client.post(path, data=file, content_type="text/csv", headers=bob)
        assert answer.status_code == 200
        assert line.asked[-1].said["text"] == "Nom;Prix\nPâté;4,50"
        assert line.asked[-1].said["market_id"] == str(UUID(int=201))
    wrong = client.post(path, data=b"x", content_type="application/json", headers=bob)
    assert wrong.status_code == 415


def test_what_answers_nothing_is_204_or_202(client: Client, line: FakeLine, bob: dict[str, str]) -> None:
    line.outcomes["members.end_other_sessions"] = line.outcomes["members.ask_reset"] = None
    assert client.delete("/api/v1/sessions/others", headers=bob).status_code == 204
    reset = client.post("/api/v1/accounts/reset-letters", json={"email": "bob@example.org"}, headers=bob)
    assert (reset.status_code, reset.data) == (202, b"")


def test_a_list_can_be_had_for_a_spreadsheet(client: Client, line: FakeLine, bob: dict[str, str]) -> None:
    row = {
        "order_id": str(uuid4()),
        "number": 1,
        "code": "ABC234",
        "name": "=cmd()",
        "recipient": "",
        "state": "placed",
        "total_cents": 750,
        "slot": {
            "starts_at": "2026-12-03T16:15:00Z",
            "ends_at": "2026-12-03T16:30:00Z",
            "time_zone": "Europe/Paris",
        },
        "lines": [
            {
                "offer_id": str(uuid4()),
                "producer_id": str(uuid4()),
                "producer_name": "Ferme des Alpilles",
                "name": "Carottes",
                "unit": "kg",
                "quantity": 2500,
                "price_cents": 300,
                "amount_cents": 750,
                "vat_basis_points": 550,
            }
        ],
    }
    line.outcomes["orders.read_handover_list"] = [row]
    path = f"/api/v1/distributions/{uuid4()}/handover-list"
    answer = client.get(f"{path}.csv", headers=bob)
    assert answer.content_type == "text/csv; charset=utf-8"
    assert answer.data.startswith(b"\xef\xbb\xbfN\xc2\xb0;Code;Nom;")
    last = answer.data.decode().splitlines()[1]
    wanted = "1;ABC234;'=cmd();;à remettre;Ferme des Alpilles;Carottes;2,5;kg;7,50;7,50;;17:15–17:30"
    assert last == wanted
    assert client.get(path, headers=bob).get_json()["items"] == [orjson.loads(orjson.dumps(row))]
