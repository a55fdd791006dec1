"""Every door and every route, tried with somebody else's ids: nothing is read, nothing is changed.

Generated from the contracts and from the OpenAPI document, so that a new door is tried the day it is made.
"""

from http import HTTPStatus
from pathlib import Path
from typing import Any, NamedTuple
from uuid import uuid4

import orjson
import pytest
import requests

from bus.asking import Line
from bus.wire import Answer, Kind
from contracts.accounts import Identify
from contracts.errors import HalleError
from contracts.messages import COMMANDS, Command
from contracts.towns import town_id
from tests.journeys.town import Market, Town, Visitor, until

EXAMPLES = Path(__file__).resolve().parents[2] / "contracts" / "examples"
ONES_OWN = {
    "catalog.found_market": "anybody opens a market",
    "catalog.my_markets": "lists one's own",
    "catalog.my_producers": "lists one's own",
    "catalog.register_producer": "anybody registers a farm",
    "members.change_account": "one's own account",
    "members.end_other_sessions": "one's own sessions",
    "members.my_consents": "one's own",
    "members.my_household": "one's own household",
    "members.name_adult": "one's own household",
    "members.my_people": "one's own",
    "members.join_market": "an open market lets anybody join",
    "members.leave_market": "one's own membership",
    "members.list_sessions": "one's own sessions",
    "members.my_account": "one's own account",
    "members.my_grants": "lists one's own",
    "members.my_memberships": "one's own",
    "notifications.choose_messages": "what oneself is told",
    "notifications.my_choices": "lists one's own",
    "notifications.my_messages": "lists one's own",
    "orders.my_orders": "one's own",
    "orders.place_order": "an open market sells to anybody",
    "payments.my_balances": "lists one's own",
    "payments.my_movements": "lists one's own",
}
"""Doors that anybody signed in may use, because they act on nobody else's things."""


EXPIRED = """
    insert into expired_marks (id, distribution_id, producer_id, producer_name, marks, expired_at, offers, names,
      required)
    values (uuidv7(), %s, %s, 'Ferme', '{ab}', halle_now(), array[cast(%s as uuid)], '{Œufs}', true) returning id
"""
"""A mark that expired, with Robert's order under it."""

LATE = """
    insert into late_lines (late_id, order_id, offer_id, quantity, agreed, entered_by)
    values (uuidv7(), %s, %s, 1, 'Robert lui-même', %s) returning late_id
"""
"""A line that was added to it."""

TOWN_VENUE = """
    insert into venues (id, name, address, access, insee, town_id)
    values (uuidv7(), 'Salle des fêtes', 'Place Nationale', '', '84030', %s) returning id
"""
LOAN = """
    insert into loans (id, version, state, venue_id, market_id, purpose, from_on, until_on, weekdays, from_hour,
      until_hour, asked_by)
    values (uuidv7(), 1, 'asked', %s, %s, 'Remise', '2099-01-01', '2099-12-31', '{5}', '16:00', '20:00', %s)
    returning id
"""
TAKEN = """
    insert into taken_days (id, venue_id, from_on, to_on, reason, entered_by)
    values (uuidv7(), %s, '2099-03-08', '2099-03-08', 'Élection', %s) returning id
"""
"""A town's hall, Odile's request for it, and a day on which the town votes there."""

CONSENT = """
    insert into consents (consent_id, consumer_id, mediator_id, town_id, signed_on, valid_until, version)
    values (uuidv7(), %s, %s, %s, '2026-11-01', '2100-01-01', 1) returning consent_id
"""
"""A mediator may order in Robert's name."""


class Scene(NamedTuple):
    """Somebody else's market in full swing, and those who should see nothing of it."""

    line: Line
    ids: dict[str, str]
    secrets: tuple[str, ...]
    """Words that no stranger may read."""
    tokens: dict[str, str | None]
    town: Town


def id_of(town: Town, database: str, statement: str, *values: Any) -> str:
    with town.instance.postgres.connect(database) as connection:
        row = connection.execute(statement, values).fetchone()
    assert row
    return str(row[0])


def token_of(line: Line, visitor: Visitor) -> str:
    secret = str(visitor.http.headers["Authorization"]).removeprefix("Bearer ")
    token: str = line.ask(Identify(secret=secret)).token
    return token


@pytest.fixture(scope="module")
def scene(town: Town) -> Any:
    market, elsewhere = Market(town), Market(town)
    _, eggs = market.import_csv()
    offer = market.offer(eggs, stock_mode="per_distribution", stock=50)
    (planned,) = market.plan()
    market.sheet(planned["distribution_id"])
    bob = town.person("Robert")
    wish = {"offer_id": offer["offer_id"], "quantity": 2}
    order = bob.do("POST", "/orders", {"distribution_id": planned["distribution_id"], "lines": [wish]})
    bob.do("PUT", f"/markets/{market.id}/membership", {})
    charlie = town.person("Charlie")
    charlie.do("PUT", f"/markets/{elsewhere.id}/membership", {})
    membership = "select membership_id from memberships where market_id = %s and person_id <> %s limit 1"
    ids = {
        "market_id": market.id,
        "object_id": market.id,
        "producer_id": market.farm,
        "venue_id": market.venue["venue_id"],
        "product_id": eggs["product_id"],
        "offer_id": offer["offer_id"],
        "distribution_id": planned["distribution_id"],
        "order_id": order["order_id"],
        "grant_id": id_of(town, "halle_members", "select grant_id from grants where object_id = %s", market.id),
        "membership_id": id_of(town, "halle_members", membership, market.id, uuid4()),
        **_papers(market, eggs["product_id"]),
        **_paid(market, offer, bob),
        **_afterwards(market, planned["distribution_id"], offer["offer_id"], order["order_id"]),
        **_consented(town, bob),
        "adult_id": bob.do("POST", "/account/household", {"name": "Jeanne"})["adults"][0]["adult_id"],
        **_asked(market),
        **_said(market),
        **_written(market, planned["distribution_id"]),
        "session_id": bob.do("GET", "/sessions")["items"][0]["session_id"],
    }
    line = Line(town.instance.broker_url)
    secrets = (bob.email, "Robert", order["code"], order["order_id"], "vos cabas")
    yield Scene(line, ids, secrets, _tokens(line, charlie, elsewhere), town)
    line.close()


def _tokens(line: Line, charlie: Visitor, elsewhere: Market) -> dict[str, str | None]:
    return {
        "a stranger": None,
        "a member of another market": token_of(line, charlie),
        "an organiser of another market": token_of(line, elsewhere.odile),
        "a producer of another farm": token_of(line, elsewhere.alice),
    }


def _said(market: Market) -> dict[str, str]:
    """What the market says in one of its mails."""
    path, word = f"/markets/{market.id}/words", {"french": "Apportez vos cabas.", "version": 0}
    until(lambda: market.odile.ask("GET", path).status_code == HTTPStatus.OK)
    return {"mail": market.odile.do("PUT", f"{path}/order_placed", word)["mail"]}


def _written(market: Market, sale: str) -> dict[str, str]:
    """What the market and Alice's farm wrote to everybody who ordered; to bring their bags."""
    words: dict[str, Any] = {"subject": "Apportez vos cabas", "text": "Apportez vos cabas."}
    path = f"/distributions/{sale}/messages"
    market.alice.do("POST", path, words | {"producer_id": market.farm})
    written = market.odile.do("POST", path, words)
    until(lambda: all(one["done_at"] for one in market.odile.do("GET", f"/distributions/{sale}/buyers")["messages"]))
    return {"message_id": written["message_id"]}


def _papers(market: Market, product: str) -> dict[str, str]:
    """What Alice's farm has in writing: a mandate, a mark, an insurance, when it is away, its VAT from a day on."""
    written = {"market_id": market.id, "holder": "Les Amis du marché", "given_on": "2026-09-12"}
    mark = {"kind": "ab", "certifier": "FR-BIO-01", "number": "84/117", "valid_until": "2100-01-01"}
    path = f"/producers/{market.farm}"
    mandate_id = market.alice.do("POST", f"{path}/mandates", written)["mandate_id"]
    ids = {"mandate_id": mandate_id, "mark_id": market.alice.do("POST", f"{path}/marks", mark)["mark_id"]}
    insurance = {"kind": "insurance", "number": "Groupama 84-117"}
    ids["paper_id"] = market.alice.do("POST", f"{path}/papers", insurance)["paper_id"]
    holiday = {"from_on": "2099-08-01", "to_on": "2099-08-15"}
    ids["holiday_id"] = market.alice.do("POST", f"{path}/holidays", holiday)["holiday_id"]
    market.alice.do("PUT", f"{path}/vat-regimes/2099-01-01", {"regime": "franchise"})
    market.alice.do("PUT", f"/products/{product}/vat-rates/2099-01-01", {"rate": 1000})
    return ids | {"begins_on": "2099-01-01"}


def _afterwards(market: Market, sale: str, offer: str, order: str) -> dict[str, str]:
    """A mark that expired in the sale, in which a line was also added to the order."""
    id_of(market.town, "halle_orders", LATE, order, offer, uuid4())
    return {"expiry_id": id_of(market.town, "halle_orders", EXPIRED, sale, market.farm, offer)}


def _asked(market: Market) -> dict[str, str]:
    """A request for the hall of Caromb, and when that is taken."""
    hall = id_of(market.town, "halle_catalog", TOWN_VENUE, town_id("84030"))
    ids = {"taken_id": id_of(market.town, "halle_catalog", TAKEN, hall, uuid4()), "insee": "84030"}
    return ids | {"loan_id": id_of(market.town, "halle_catalog", LOAN, hall, market.id, uuid4())}


def _consented(town: Town, bob: Visitor) -> dict[str, str]:
    """Robert's consent for a mediator."""
    bob_id = bob.do("GET", "/account")["person_id"]
    consent_id = id_of(town, "halle_members", CONSENT, bob_id, uuid4(), town_id("84030"))
    return {"consent_id": consent_id, "consumer_id": bob_id, "on_behalf_of": bob_id}


def _paid(market: Market, offer: dict[str, Any], bob: Visitor) -> dict[str, str]:
    """The till and the movement of a payment, in a second sale that has closed."""
    (planned,) = market.plan()
    sale = planned["distribution_id"]
    market.sheet(sale)
    wish = {"offer_id": offer["offer_id"], "quantity": 1}
    order = bob.do("POST", "/orders", {"distribution_id": sale, "lines": [wish]})
    market.close_now(sale)
    path = f"/orders/{order['order_id']}"
    money = until(lambda: bob.ask("GET", f"{path}/money").json().get("sellers"))
    part = {"producer_id": market.farm, "amount_cents": money[0]["due_cents"]}
    paid = market.odile.do("POST", f"{path}/payments", {"version": 1, "means": "cash", "parts": [part]})
    tills = market.odile.do("GET", f"/distributions/{sale}/tills")["tills"]
    return {"movement_id": paid["movements"][0]["movement_id"], "till_id": tills[0]["till_id"]}


def with_ids(value: Any, ids: dict[str, str]) -> Any:
    """A kept example with the ids of the scene in place of its own."""
    if isinstance(value, dict):
        return {name: ids.get(name) or with_ids(inner, ids) for name, inner in value.items()}
    return [with_ids(inner, ids) for inner in value] if isinstance(value, list) else value


def rows(town: Town) -> set[tuple[str, str]]:
    """Every row of what people own, as text, with its table; what a stranger adds of his own is not in it."""
    kept = {
        "halle_catalog": (
            *("markets", "venues", "producers", "products", "offers", "distributions", "admissions"),
            *("quality_marks", "photos", "farm_papers", "holidays", "vat_regimes", "vat_rates", "loans", "taken_days"),
        ),
        "halle_orders": (
            *("distributions", "orders", "order_lines", "stocks", "sheet_lines", "preparation_lists"),
            *("expired_marks", "late_lines", "acts_on_behalf", "lots", "order_lots", "recall_notices"),
            "group_messages",
        ),
        "halle_members": ("accounts", "memberships", "grants", "consents", "adults"),
        "halle_notifications": ("market_words",),
        "halle_payments": ("mandates", "tills", "movements"),
    }
    found: set[tuple[str, str]] = set()
    for database, tables in kept.items():
        with town.instance.postgres.connect(database) as connection:
            for table in tables:
                texts = connection.execute(f"select t::text from {table} t").fetchall()  # type: ignore[arg-type]
                found |= {(f"{database}.{table}", text) for (text,) in texts}
    return found


def ask(scene: Scene, door: str, token: str | None) -> Answer | HalleError:
    command: type[Command] = COMMANDS[door]
    question = with_ids(orjson.loads((EXAMPLES / f"{door}.json").read_bytes()), scene.ids)
    key = str(uuid4()) if command.acts else None
    try:
        return scene.line.ask_raw(command.model_validate(question), token=token, key=key, within=30)
    except HalleError as error:
        return error


GUARDED = sorted(door for door, command in COMMANDS.items() if not command.open_to_strangers)


@pytest.mark.parametrize("door", GUARDED)
def test_a_door_opens_to_nobody_else(scene: Scene, door: str) -> None:
    before = rows(scene.town)
    for who, token in scene.tokens.items():
        answer = ask(scene, door, token)
        if token is None:
            assert isinstance(answer, HalleError) and answer.code == "sign-in", (who, answer)
        elif door not in ONES_OWN and isinstance(answer, Answer) and answer.kind is Kind.ANSWER:
            assert answer.body == b"[]", (who, answer.body)
        if isinstance(answer, Answer):
            assert not [word for word in scene.secrets if word.encode() in answer.body], who
    if door not in ONES_OWN:
        assert before <= rows(scene.town)


def needs_a_person(operation: dict[str, Any]) -> bool:
    """Whether the document says that an operation is closed to strangers; an empty alternative leaves it open."""
    return bool(operation.get("security")) and {} not in operation["security"]


def test_every_route_that_needs_a_person_says_so_to_a_stranger(scene: Scene) -> None:
    document = requests.get(f"{scene.town.url}/api/v1/openapi.json", timeout=10).json()
    tried = 0
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            if not needs_a_person(operation):
                continue
            address = scene.town.url + path.format(**scene.ids)
            headers = {"Idempotency-Key": str(uuid4())}
            answer = requests.request(method, address, json={}, headers=headers, timeout=30)
            assert answer.status_code == 401, f"{method} {path}: {answer.status_code} {answer.text}"
            tried += 1
    assert tried > 30


def test_another_market_s_organiser_gets_nothing_through_any_route(scene: Scene) -> None:
    document = requests.get(f"{scene.town.url}/api/v1/openapi.json", timeout=10).json()
    prying = scene.town.person("Charlie")
    for path, methods in document["paths"].items():
        if not needs_a_person(methods.get("get", {})):
            continue
        answer = prying.ask("GET", path.format(**scene.ids).removeprefix("/api/v1"))
        assert answer.status_code < 500, f"{path}: {answer.text}"
        assert not [word for word in scene.secrets if word in answer.text], f"{path}: {answer.text}"
