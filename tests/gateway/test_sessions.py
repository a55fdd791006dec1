"""Who visits: bearer or cookie, a token kept for a while, dropped at once when it must be."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from werkzeug.test import Client

from contracts.accounts import Identify, Identity
from contracts.errors import NotAllowed
from gateway import session
from gateway.app import create_app, create_wsgi
from gateway.client import UNKNOWN, address
from gateway.identities import Identities
from gateway.reception import Reception, open_reception
from gateway.settings import Settings, _networks
from tests.cast import BOB, CHARLIE
from tests.gateway.conftest import FakeLine, InTurn, identity

SIGN_IN = NotAllowed("sign-in", "Please sign in again.")
ACCOUNT = "members.my_account"


def test_a_token_is_asked_for_once_while_it_lives() -> None:
    asked: list[str] = []
    clock = [datetime.now(UTC).timestamp()]

    def fetch(secret: str) -> Identity:
        asked.append(secret)
        now = datetime.fromtimestamp(clock[0], UTC)
        return identity(expires_at=now + timedelta(minutes=10))

    identities = Identities(fetch, now=lambda: clock[0])
    identities.of("a")
    identities.of("a")
    assert asked == ["a"]
    clock[0] += 545
    identities.of("a")
    assert asked == ["a", "a"], "never used in the last tenth of its life"


def test_many_requests_at_once_ask_for_one_token() -> None:
    asked: list[str] = []
    all_here = threading.Barrier(9)
    go = threading.Event()

    def fetch(secret: str) -> Identity:
        asked.append(secret)
        go.wait(5)
        return identity()

    identities = Identities(fetch)

    def want() -> Identity:
        all_here.wait(5)
        return identities.of("a")

    with ThreadPoolExecutor(8) as pool:
        wanted = [pool.submit(want) for _ in range(8)]
        all_here.wait(5)
        go.set()
        found = [one.result(5) for one in wanted]
    assert len(asked) <= 2  # a thread that came after the first was done would ask no more
    assert {one.token for one in found} == {"token"}


def test_a_persons_tokens_are_dropped_when_they_are_revoked_and_nobody_elses() -> None:
    asked: list[str] = []

    def fetch(secret: str) -> Identity:
        asked.append(secret)
        return identity(person_id=CHARLIE if secret == "c" else BOB)

    identities = Identities(fetch)
    for secret in ("b1", "b2", "c"):
        identities.of(secret)
    identities.forget_person(BOB)
    for secret in ("b1", "b2", "c"):
        identities.of(secret)
    assert asked == ["b1", "b2", "c", "b1", "b2"]
    identities.clear()
    identities.of("c")
    assert asked[-1] == "c"


def test_a_token_that_was_on_its_way_when_it_was_revoked_is_not_kept() -> None:
    asked: list[str] = []

    def fetch(secret: str) -> Identity:
        asked.append(secret)
        if len(asked) == 1:
            identities.forget_person(BOB)
        return identity()

    identities = Identities(fetch)
    identities.of("a")
    identities.of("a")
    identities.of("a")
    assert asked == ["a", "a"]


def test_a_refused_token_is_renewed_once_and_the_question_put_again(
    client: Client, line: FakeLine, bob: dict[str, str]
) -> None:
    line.outcomes[ACCOUNT] = InTurn([{"name": "Bob"}, SIGN_IN, {"name": "Bob"}])
    assert client.get("/api/v1/account", headers=bob).status_code == 200
    assert client.get("/api/v1/account", headers=bob).status_code == 200
    tokens = [asked.token for asked in line.asked if asked.door == ACCOUNT]
    assert tokens == ["bobs-secret/1", "bobs-secret/1", "bobs-secret/2"]


def test_an_ended_session_stays_refused(client: Client, line: FakeLine, bob: dict[str, str]) -> None:
    line.outcomes[Identify.door] = SIGN_IN
    assert client.get("/api/v1/account", headers=bob).status_code == 401
    assert client.get("/api/v1/markets", headers=bob).status_code == 401, "a bearer must be true"


@pytest.mark.parametrize("header", ["Basic Ym9iOnA=", "Bearer", "Bearer ", "Bearer " + "x" * 200])
def test_another_sort_of_authorization_is_refused(client: Client, line: FakeLine, header: str) -> None:
    assert client.get("/api/v1/account", headers={"Authorization": header}).status_code == 401
    assert line.asked == []


def test_signing_out_forgets_the_token(client: Client, line: FakeLine, bob: dict[str, str]) -> None:
    line.outcomes["members.sign_out"] = None
    line.outcomes[ACCOUNT] = {}
    client.get("/api/v1/account", headers=bob)
    assert client.delete("/api/v1/sessions/current", headers=bob).status_code == 204
    line.outcomes[Identify.door] = SIGN_IN
    assert client.get("/api/v1/account", headers=bob).status_code == 401


def test_who_am_i_tells_no_token(client: Client, bob: dict[str, str]) -> None:
    found = client.get("/api/v1/me", headers=bob)
    assert found.get_json()["person_id"] == str(BOB)
    assert "bobs-secret" not in found.text


def test_a_cookie_needs_a_csrf_token_to_act_and_a_bearer_does_not(
    client: Client, line: FakeLine, bob: dict[str, str]
) -> None:
    line.outcomes["orders.place_order"] = {}
    client.set_cookie("session", "bobs-secret")
    key = {"Idempotency-Key": "12345678"}
    csrf = session._csrf("bobs-secret")

    def place(**headers: str) -> tuple[int, str | None]:
        more = {name.replace("_", "-"): value for name, value in headers.items()}
        answer = client.post("/api/v1/orders", json={}, headers={**key, **more})
        return answer.status_code, answer.get_json(force=True).get("code")

    assert place() == (403, "csrf")
    assert place(X_CSRF_Token=session._csrf("another")) == (403, "csrf")
    assert place(X_CSRF_Token=csrf, Sec_Fetch_Site="cross-site") == (403, "csrf")
    assert place(X_CSRF_Token=csrf) == (201, None)
    assert place(Authorization="Bearer x") == (201, None)


def test_a_cookie_may_read_without_one(client: Client, line: FakeLine) -> None:
    line.outcomes[ACCOUNT] = {"name": "Bob"}
    client.set_cookie("session", "bobs-secret")
    assert client.get("/api/v1/account").status_code == 200


def test_the_cookie_of_an_ended_session_is_taken_back(client: Client, line: FakeLine) -> None:
    line.outcomes[Identify.door] = SIGN_IN
    line.outcomes["catalog.search_markets"] = []
    client.set_cookie("session", "old")
    answer = client.get("/api/v1/markets")
    assert answer.status_code == 200, "a stranger may search"
    assert client.get_cookie("session") is None


def test_by_https_the_cookie_is_bound_to_the_host(line: FakeLine) -> None:
    secure = Settings("127.0.0.1", 8000, "https://halle.example.org")
    app = create_app(open_reception(secure, line), pages=False)

    @app.get("/in")
    def sign_in() -> str:
        return session.csrf_token()

    with app.test_request_context("/in"):
        response = app.make_response("")
        session.keep_cookie(response, "s")
    said = response.headers["Set-Cookie"]
    assert said.startswith("__Host-session=s;")
    for part in ("Secure", "HttpOnly", "Path=/", "SameSite=Lax"):
        assert part in said
    assert "Domain" not in said


def test_a_strangers_form_is_bound_to_a_visit(reception: Reception) -> None:
    app = create_app(reception, pages=False)

    @app.route("/form", methods=["GET", "POST"])
    def form() -> str:
        session.require_csrf()
        return session.csrf_token()

    browser = Client(app)
    token = browser.get("/form").text
    assert browser.post("/form", data={"csrf_token": token}).status_code == 200
    assert Client(app).post("/form", data={"csrf_token": token}).status_code == 403


def test_the_language_is_the_accounts_else_the_browsers_else_french(
    client: Client, line: FakeLine, bob: dict[str, str], reception: Reception
) -> None:
    line.outcomes["catalog.search_markets"] = []
    wanted = {"de": "fr", "en-GB,en;q=0.9": "en", "de,fr;q=0.5": "fr", "": "fr"}
    for said, language in wanted.items():
        client.get("/api/v1/markets", headers={"Accept-Language": said})
        assert line.asked[-1].language == language
    client.get("/api/v1/markets", headers={"Accept-Language": "en", **bob})
    assert line.asked[-1].language == "fr"


@pytest.mark.parametrize(
    ("remote", "forwarded", "wanted"),
    [
        ("203.0.113.7", "", "203.0.113.7"),
        ("203.0.113.7", "1.2.3.4", "203.0.113.7"),
        ("10.0.0.1", "1.2.3.4", "1.2.3.4"),
        ("10.0.0.1", "6.6.6.6, 1.2.3.4", "1.2.3.4"),
        ("10.0.0.1", "1.2.3.4, 10.0.0.2", "1.2.3.4"),
        ("10.0.0.1", "nonsense", "10.0.0.1"),
        ("::ffff:10.0.0.1", "2001:db8::7", "2001:db8::7"),
        ("", "1.2.3.4", UNKNOWN),
    ],
)
def test_only_trusted_proxies_may_say_where_a_request_came_from(remote: str, forwarded: str, wanted: str) -> None:
    trusted = _networks("10.0.0.0/24")
    environ = {"REMOTE_ADDR": remote, "HTTP_X_FORWARDED_FOR": forwarded}
    assert address(environ, trusted) == wanted


def test_pages_may_show_faults_in_their_own_way(reception: Reception) -> None:
    app: Flask = create_app(reception, pages=False)
    app.extensions["error_page"] = lambda status, code, *_: app.response_class(code, status)
    assert app.test_client().get("/nowhere").text == "not-found"
    assert app.test_client().get("/api/v1/nowhere").is_json
    assert create_wsgi(reception, pages=False) is not None
