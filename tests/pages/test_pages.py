"""What all pages keep: language, tokens, faults at their fields, ways back, and nothing inline."""

from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient

from contracts.accounts import (
    Account,
    ChangeAccount,
    ConfirmEmail,
    EndSession,
    Identify,
    ListedSession,
    ListSessions,
    MyAccount,
    Session,
    SignIn,
    SignOut,
    SignUp,
)
from contracts.affairs import ListHolidays, ListPapers, ListVatRegimes
from contracts.approval import ListApprovals
from contracts.catalog import FoundMarket, Joining, Market, MyMarkets, ReadMarket
from contracts.errors import Malformed, NotAllowed, NotFound, Unavailable
from contracts.lists import HandoverRow, PreparationList, ReadHandoverList, ReadPreparationList
from contracts.members import JoinMarket, Membership, Memberships, MyMemberships, Right
from contracts.messages import Refused
from contracts.planning import (
    Distribution,
    ListAdmissions,
    ListDistributions,
    ListVenues,
    PlanDistribution,
    ReadDistribution,
    Stage,
    Venue,
)
from contracts.producers import MyProducers, Producer, RegisterProducer
from contracts.products import AddProduct, ImportReport, ListOffers, ListProducts, PreviewProducts, Product
from contracts.search import CommuneFound, FindCommunes, SearchMarkets, SearchProducts
from tests import cast
from tests.pages.conftest import FakeLine, identity, ordered, raises, sell
from tests.pages.reading import Page, read

NOW = datetime(2026, 10, 21, 18, tzinfo=UTC)
CAROMB = CommuneFound(insee="84030", name="Caromb", post_codes=["84330"], department="84", latitude=44.1, longitude=5.1)
FARM = Producer(
    producer_id=cast.FARM, version=3, town="Caromb", legal_name="EARL Roux", farm_name="Ferme <des> Alpilles",
    insee="84030",
)  # fmt: skip
MARKET = Market(
    market_id=cast.MARKET, version=2, town="Caromb", name="Marché de Caromb", kind="producers", entity_name="Amis",
    entity_address="Mairie", insee="84030",
)  # fmt: skip
VENUE = Venue(venue_id=UUID(int=7), market_id=cast.MARKET, name="Salle", address="Place")
SESSION = ListedSession(
    session_id=uuid4(), device="Firefox", address="::1", started_at=NOW, seen_at=NOW, is_current=True
)  # fmt: skip


def distribution(state: Stage = Stage.PLANNED, **changes: Any) -> Distribution:
    names = ("opens_at", "closes_at", "starts_at", "ends_at")
    wall = NOW.replace(hour=20, tzinfo=None)
    given = {
        "distribution_id": uuid4(), "version": 1, "market_id": cast.MARKET, "market_name": "Marché de Caromb",
        "venue_id": VENUE.venue_id, "venue_name": "Salle", "venue_address": "Place", "state": state,
        "time_zone": "Europe/Paris", **dict.fromkeys(names, NOW), **{f"wall_{name}": wall for name in names},
    }  # fmt: skip
    return Distribution.model_validate(given | changes)


@pytest.fixture
def town(line: FakeLine) -> FakeLine:
    """A line that knows a farm, a market and all that pages ask about them."""
    planned = distribution()
    preparation = PreparationList(
        distribution_id=planned.distribution_id, producer_id=cast.FARM, producer_name="Ferme", market_name="Marché",
        venue_name="Salle", venue_address="Place", time_zone="Europe/Paris", starts_at=NOW, totals=[], orders=[],
        amount_cents=0,
    )  # fmt: skip
    account = {"person_id": cast.BOB, "email": "bob@example.org", "name": "Bob", "phone": None, "language": "fr"}
    line.answers |= {
        SearchMarkets: [], SearchProducts: [], FindCommunes: [CAROMB],
        MyProducers: lambda asked: [] if asked.after else [FARM],
        MyMarkets: lambda asked: [] if asked.after else [MARKET],
        ReadMarket: MARKET, ListDistributions: [planned], ReadDistribution: planned, ListOffers: [], ListProducts: [],
        ListVenues: [VENUE], ListAdmissions: [], MyMemberships: Memberships(memberships=[]),
        MyAccount: Account.model_validate(account | {"made_at": NOW}),
        ListSessions: [SESSION, SESSION.model_copy(update={"session_id": uuid4(), "is_current": False})],
        ReadPreparationList: preparation, ReadHandoverList: [], ListPapers: [], ListHolidays: [], ListVatRegimes: [],
        ListApprovals: [MARKET],
    }  # fmt: skip
    return line


FARM_PAGES = (
    *("", "/edit", "/products", "/products/new", "/import", "/affairs", f"/markets/{cast.MARKET}"), "/offers/new",
)  # fmt: skip
PAGES = (
    "/", "/?place=caromb&words=pain", "/about", "/sign-up", "/forgotten-password", "/reset-password?secret=s",
    "/confirm?secret=s", "/orders", "/account", "/account/sessions", "/account/password", "/account/erase", "/farms",
    "/farms/new", "/organise", "/organise/new", f"/organise/{cast.MARKET}/edit", f"/organise/{cast.MARKET}/venues",
    f"/organise/{cast.MARKET}/venues/{VENUE.venue_id}",
    "/open-data", f"/organise/{cast.MARKET}/publicity",
    f"/organise/{cast.MARKET}/plan", f"/organise/{cast.MARKET}/producers", f"/markets/{cast.MARKET}",
    f"/markets/{cast.MARKET}/invitation", "/operate/markets",
    f"/distributions/{cast.MARKET}/handover-list", f"/distributions/{cast.MARKET}/preparation-lists/{cast.FARM}",
    *(f"/farms/{cast.FARM}{path}" for path in FARM_PAGES),
)  # fmt: skip


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("path", PAGES)
def test_every_page_is_whole(bob: FlaskClient, town: FakeLine, path: str, language: str) -> None:
    """One h1 and no step left out, every control labelled, ids once, nothing inline, forms with tokens."""
    is_whole(bob, path, language)


def is_whole(bob: FlaskClient, path: str, language: str) -> Page:
    """Assert it, and give the page for a closer look."""
    bob.set_cookie("language", language)
    response = bob.get(path)
    assert response.status_code == 200, response.get_data(as_text=True)
    page = read(response)
    assert page.html.startswith(f'<!doctype html>\n<html lang="{language}">')
    assert page.headings.count("h1") == 1 and page.headings[0] == "h1"
    assert not ("h3" in page.headings and "h2" not in page.headings)
    assert len(page.ids) == len(set(page.ids))
    assert page.inline == []
    assert "<des>" not in page.html
    for control in page.controls:
        hidden = control.get("type") == "hidden" or control.get("aria-hidden")
        assert hidden or control["wrapped"] or control.get("aria-label") or control.get("id") in page.labels, control
    for form in page.forms:
        if form.method == "post":
            assert {"csrf_token", "idempotency_key"} <= set(form.fields)
    return page


def test_the_browsers_language_is_spoken_and_may_be_chosen(stranger: FlaskClient, town: FakeLine) -> None:
    assert "Find a market near you" in read(stranger.get("/", headers={"Accept-Language": "en-GB,en"})).text
    assert "Trouver un marché près" in read(stranger.get("/", headers={"Accept-Language": "de"})).text
    assert stranger.get("/language/en?next=/about").location == "/about"
    assert "Find a market near you" in read(stranger.get("/")).text
    assert town.asked[-1][2] == "en"


@pytest.mark.parametrize("where", ["https://evil.example", "//evil.example", "/\\evil.example", "javascript:alert(1)"])
def test_nobody_is_sent_to_another_site(stranger: FlaskClient, line: FakeLine, where: str) -> None:
    assert stranger.get("/language/fr", query_string={"next": where}).location == "/"
    assert read(stranger.get("/sign-in", query_string={"next": where})).forms[0].fields["next"] == "/"


def sign_in(client: FlaskClient, path: str = "/sign-in", **fields: str) -> Any:
    form = read(client.get(path)).form("") if fields else None
    assert form is not None
    return client.post("/sign-in", data=form.fields | fields)


def test_signing_in_leads_to_what_was_wanted(stranger: FlaskClient, line: FakeLine) -> None:
    person = Account(
        person_id=cast.BOB, email="bob@example.org", name="Bob", phone=None, language="fr", made_at=NOW
    )  # fmt: skip
    line.answers[SignIn] = Session(secret="s" * 20, person=person)
    wanted = stranger.get("/orders?before=1").location
    sent = sign_in(stranger, wanted, email="Bob@Example.org", password=" secret ")
    assert sent.location == "/orders?before=1"
    asked = line.acts()[0]
    assert isinstance(asked, SignIn) and asked.password == " secret " and asked.email == "bob@example.org"
    assert "HttpOnly" in sent.headers["Set-Cookie"]
    assert "Bob" in read(stranger.get("/orders")).text


@pytest.mark.parametrize(
    ("answer", "status", "sentence"),
    [
        (raises(NotAllowed("wrong-email-or-password", "No.")), 403, "n’est pas le bon"),
        (raises(NotAllowed("confirm-email", "No.")), 403, "Recevoir la lettre à nouveau"),
        (Refused(code="too-many-tries", message="No.", details={"seconds": 90}), 429, "Attendez 90 secondes"),
    ],
)
def test_a_sign_in_says_why_not(
    stranger: FlaskClient, line: FakeLine, answer: object, status: int, sentence: str
) -> None:
    line.answers[SignIn] = answer
    sent = sign_in(stranger, email="bob@example.org", password="wrong-secret")
    assert sent.status_code == status and sentence in read(sent).text
    assert "wrong-secret" not in sent.get_data(as_text=True)


def test_faults_stand_at_their_fields_and_what_was_typed_stays(stranger: FlaskClient, line: FakeLine) -> None:
    form = read(stranger.get("/sign-up")).form("")
    typed = {"name": '"><b>Bob', "email": "bob", "password": "short", "phone": "?"}
    sent = stranger.post("/sign-up", data=form.fields | typed)
    page = read(sent)
    assert sent.status_code == 400 and line.acts() == []
    assert "Ce n’est pas une adresse e-mail" in page.text and "au moins 10 caractères" in page.text
    assert {"#email", "#password", "#phone"} <= set(page.links)
    assert {"email-fault", "password-fault", "phone-fault"} <= set(page.ids)
    assert page.form("").fields["name"] == '"><b>Bob' and "<b>" not in page.html
    assert page.form("").fields["idempotency_key"] != form.fields["idempotency_key"]


def test_a_service_fault_stands_at_its_field(bob: FlaskClient, town: FakeLine) -> None:
    fault = {"field": "siret", "code": "invalid", "message": "No SIRET."}
    town.answers[RegisterProducer] = raises(Malformed("malformed", "No SIRET.", {"fields": [fault]}))
    form = read(bob.get("/farms/new")).form("")
    sent = bob.post("/farms/new", data=form.fields | {"farm_name": "F", "legal_name": "L", "place": "Caromb"})
    assert sent.status_code == 400 and "Ce n’est pas un SIRET" in read(sent).text


def test_a_form_without_its_token_acts_on_nothing_and_loses_nothing(bob: FlaskClient, town: FakeLine) -> None:
    sent = bob.post("/farms/new", data={"farm_name": "Ferme", "idempotency_key": "forged-key"})
    assert sent.status_code == 403 and town.acts() == []
    assert read(sent).form("").fields["farm_name"] == "Ferme"
    token = read(bob.get("/farms/new")).form("").fields["csrf_token"]
    other = bob.post("/farms/new", data={"csrf_token": token}, headers={"Sec-Fetch-Site": "cross-site"})
    assert other.status_code == 403 and town.acts() == []


def test_several_communes_are_shown_to_choose_from(bob: FlaskClient, town: FakeLine) -> None:
    twins = [CAROMB.model_copy(update={"insee": f"0100{n}", "name": "Saint-Denis"}) for n in (1, 2)]
    town.answers[FindCommunes] = twins
    town.answers[FoundMarket] = MARKET
    form = read(bob.get("/organise/new")).form("")
    typed = {"name": "M", "entity_name": "E", "entity_address": "A", "place": "saint-denis"}
    page = read(bob.post("/organise/new", data=form.fields | typed))
    assert "choisissez la vôtre" in page.text and town.acts() == []
    done = bob.post("/organise/new", data=page.form("").fields | {"insee": "01002"})
    assert done.location == f"/organise/{cast.MARKET}?said=founded"
    asked = town.acts()[0]
    assert isinstance(asked, FoundMarket) and asked.insee == "01002" and asked.public


def test_a_price_is_typed_with_a_comma(bob: FlaskClient, town: FakeLine) -> None:
    town.answers[AddProduct] = lambda asked: Product(product_id=uuid4(), version=1, **asked.model_dump())
    path = f"/farms/{cast.FARM}/products/new"
    fields = read(bob.get(path)).form("").fields | {
        "name": "Cidre",
        "price_cents": "3,50",
        "alcohol_basis_points": "4,5",
    }
    assert bob.post(path, data=fields | {"price_cents": "3,505"}).status_code == 400
    sent = bob.post(path, data=fields | {"months": ["9", "10"]})
    assert sent.status_code == 303, read(sent).text[:600]
    asked = town.acts()[0]
    assert isinstance(asked, AddProduct)
    assert (asked.price_cents, asked.alcohol_basis_points, asked.months) == (350, 450, [9, 10])


def test_a_distribution_is_planned_in_wall_time(bob: FlaskClient, town: FakeLine) -> None:
    town.answers[PlanDistribution] = [distribution()]
    path = f"/organise/{cast.MARKET}/plan"
    times = {"opens_at": "2026-10-18T18:00", "closes_at": "2026-10-21T20:00", "starts_at": "2026-10-23T17:00"}
    form = (
        read(bob.get(path)).form("").fields | times | {"ends_at": "2026-10-23T19:00", "venue_id": str(VENUE.venue_id)}
    )
    wrong = read(bob.post(path, data=form | {"every": "week", "count": "500"}))
    assert "Au plus 104." in wrong.text and "#count" in wrong.links and town.acts() == []
    assert bob.post(path, data=form).status_code == 303
    asked = town.acts()[0]
    assert isinstance(asked, PlanDistribution) and asked.closes_at == datetime(2026, 10, 21, 20)  # noqa: DTZ001
    assert asked.recurrence is None and asked.skipped == []


def test_an_import_is_shown_before_it_is_done(bob: FlaskClient, town: FakeLine) -> None:
    fault = {"field": "unit", "code": "unknown", "message": "?"}
    lines = [
        {"line": 2, "outcome": "new", "name": "Pain"},
        {"line": 3, "outcome": "faulty", "name": "Sac", "faults": [fault]},
    ]
    given = {"dialect": "halle", "separator": ";", "lines": lines, "good": 1, "faulty": 1}
    town.answers[PreviewProducts] = ImportReport.model_validate(given)
    path = f"/farms/{cast.FARM}/import"
    token = read(bob.get(path)).form("/import").fields
    text = "name;unit\nPain <b>;piece\nSac;sac\n"
    page = read(bob.post(path, data=token | {"file": (BytesIO(text.encode("cp1252")), "p.csv")}))
    assert "1 ligne peut être importée" in page.text and "Cette unité n’est pas connue" in page.text
    assert "Pain &lt;b&gt;" in page.html and town.acts() == []
    assert 'class="scroll" role="region" tabindex="0"' in page.html, "what is wrong is reached by keyboard on a phone"
    empty = bob.post(path, data=token)
    assert empty.status_code == 400 and "Choisissez un fichier" in read(empty).text


def test_a_link_in_a_letter_confirms_only_when_pressed(stranger: FlaskClient, line: FakeLine) -> None:
    line.answers[ConfirmEmail] = None
    page = read(stranger.get("/confirm?secret=abc"))
    assert line.acts() == []
    assert stranger.post("/confirm", data=page.form("/confirm").fields).location == "/sign-in?said=confirmed"
    line.answers[ConfirmEmail] = raises(NotFound("link-over", "Over."))
    over = stranger.post("/confirm", data=page.form("/confirm").fields)
    assert over.status_code == 404 and "Demandez-en un autre" in read(over).text


def test_signing_out_takes_a_token_and_the_cookie(bob: FlaskClient, town: FakeLine) -> None:
    town.answers[SignOut] = None
    assert bob.post("/sign-out").status_code == 403
    form = read(bob.get("/about")).form("/sign-out")
    sent = bob.post("/sign-out", data=form.fields)
    assert sent.location == "/?said=signed-out" and "session=;" in sent.headers["Set-Cookie"]


def test_a_session_that_ended_leads_to_the_door_and_back(bob: FlaskClient, town: FakeLine) -> None:
    town.answers[Identify] = raises(NotAllowed("sign-in", "Ended."))
    assert bob.get("/account/sessions").location == "/sign-in?next=%2Faccount%2Fsessions"
    ended = bob.post(f"/account/sessions/{uuid4()}/end", data={"back": "/account/sessions"})
    assert ended.status_code in (303, 403)


def test_another_device_is_ended(bob: FlaskClient, town: FakeLine) -> None:
    town.answers[EndSession] = None
    form = read(bob.get("/account/sessions")).form("/end")
    assert bob.post(form.action, data=form.fields).location == "/account/sessions?said=session-ended"
    assert isinstance(town.acts()[0], EndSession)


def test_a_changed_language_is_spoken_at_once(bob: FlaskClient, town: FakeLine) -> None:
    found = town.answers[MyAccount]
    town.answers[ChangeAccount] = found.model_copy(update={"language": "en"})
    form = read(bob.get("/account")).form("")
    sent = bob.post("/account", data=form.fields | {"language": "en"})
    assert sent.status_code == 303
    assert "My account" in read(bob.get(sent.location)).text


@pytest.mark.parametrize("joining", list(Joining))
def test_a_market_is_joined_by_its_policy(bob: FlaskClient, town: FakeLine, joining: Joining) -> None:
    town.answers[ReadMarket] = MARKET.model_copy(update={"joining": joining})
    given = {"membership_id": uuid4(), "market_id": cast.MARKET, "market_name": "M", "standing": "waiting"}
    town.answers[JoinMarket] = Membership.model_validate(given | {"message": "", "since": NOW})
    page = read(bob.get(f"/markets/{cast.MARKET}"))
    forms = [form for form in page.forms if form.action.endswith("/join")]
    assert bool(forms) == (joining is not Joining.CLOSED)
    if forms:
        assert "said=waiting" in bob.post(forms[0].action, data=forms[0].fields).location


def test_a_fault_is_a_page_with_a_number_to_give(stranger: FlaskClient, line: FakeLine) -> None:
    missing = stranger.get("/nothing")
    assert missing.status_code == 404 and "donnez ce numéro" in read(missing).text
    line.answers[SearchMarkets] = raises(RuntimeError("<script>"))
    broken = stranger.get("/")
    assert (
        broken.status_code == 500 and "script>" not in read(broken).html.replace('type="module"', "").split("<main")[1]
    )


def test_a_busy_page_loads_again_by_itself(stranger: FlaskClient, line: FakeLine) -> None:
    line.answers[SearchMarkets] = raises(Unavailable("no-answer", "?"))
    busy = stranger.get("/")
    assert busy.status_code == 503 and busy.headers["Refresh"] == "3"


def test_an_unknown_outcome_of_any_form_is_asked_again(stranger: FlaskClient, line: FakeLine) -> None:
    line.answers[SignUp] = raises(Unavailable("no-answer", "?"))
    form = read(stranger.get("/sign-up")).form("")
    typed = {"name": "Bob", "email": "bob@example.org", "password": "a long phrase"}
    page = read(stranger.post("/sign-up", data=form.fields | typed))
    again = page.form("/sign-up")
    assert again.fields["idempotency_key"] == form.fields["idempotency_key"] and again.fields["tries"] == "1"
    line.answers[SignUp] = None
    assert stranger.post(again.action, data=again.fields).status_code == 200
    assert len(set(line.keys())) == 1


def test_a_handover_list_names_everybody_once(bob: FlaskClient, town: FakeLine, line: FakeLine) -> None:
    order = ordered(line, sell(line, cast.line("Pain")), 2)
    row = {"order_id": uuid4(), "number": None, "code": "K7M2QX", "recipient": "", "state": "placed"}
    row |= {"total_cents": 520, "lines": [one.model_dump() for one in order.lines]}
    names = ("Zoé", "alain", "Élise")
    town.answers[ReadHandoverList] = [HandoverRow.model_validate(row | {"name": name}) for name in names]
    text = read(bob.get(f"/distributions/{cast.MARKET}/handover-list")).text
    assert "3 commandes, par nom" in text and text.index("alain") < text.index("Élise") < text.index("Zoé")


def test_the_way_to_ones_work_is_shown_to_those_who_have_some(app: Flask, line: FakeLine, town: FakeLine) -> None:
    for right, words in ((Right.SELL, "Ma ferme"), (Right.ORGANISE, "Mes marchés")):
        line.answers[Identify] = identity(rights=[{"right": right, "object_id": cast.FARM}])
        client = app.test_client()
        client.set_cookie("session", f"of-{right}")
        assert words in read(client.get("/about")).text


@pytest.fixture(autouse=True)
def quiet(capsys: pytest.CaptureFixture[str]) -> Iterator[None]:
    """Log lines are not what these tests look at."""
    yield
    capsys.readouterr()


def test_an_id_that_is_none_is_no_page(bob: FlaskClient, town: FakeLine) -> None:
    assert bob.get("/orders/not-an-id").status_code == 404
    assert bob.get(f"/farms/{UUID(int=999)}").status_code == 404
