"""A market's own page about itself: who is behind it, what it waits for, and its brand at a host of its own."""

import io
from uuid import uuid4

from flask.testing import FlaskClient
from PIL import Image

from contracts.accounts import HeldRight, Identify
from contracts.approval import Brand, DecideApproval, FindBrand, ListApprovals
from contracts.catalog import ChangeMarket, Market, MyMarkets, ReadMarket
from contracts.errors import NotFound, Unavailable
from contracts.identity import Approval, EntityKind, ServedTown
from contracts.logos import KeepLogo, RemoveLogo
from contracts.members import JoinMarket, ListMembers, Members, Membership, Right
from contracts.messages import Refused
from contracts.planning import (
    AcceptTerms,
    Admission,
    AdmissionState,
    AdmitProducer,
    ChooseUsualPlaces,
    ListAdmissions,
    ListVenues,
    Venue,
)
from contracts.producers import ProducerPlan, ReadProducer, SetProducerPlan
from contracts.search import FindCommunes
from tests import cast
from tests.pages.conftest import SECRET, FakeLine, identity, raises, sell
from tests.pages.reading import read
from tests.pages.test_pages import CAROMB, FARM, MARKET, NOW
from tests.pages.test_pages import town as town
from tests.pages.test_shop import CARROTS

WAITING = MARKET.model_copy(update={"approval": Approval.PENDING, "entity_kind": EntityKind.ASSOCIATION})
BRAND = Brand(market_id=cast.MARKET, name="Lekukoa", colour="#8a1538")
LOGO = "0" * 64
AT_HOST = {"base_url": "http://lekukoa.example:8000"}


def test_an_operator_reads_who_is_behind_a_market_and_says_yes_or_why_not(bob: FlaskClient, town: FakeLine) -> None:
    known = {"entity_number": "W842001234", "contact_phone": "04 90 00 00 00"}
    town.answers[ListApprovals] = [WAITING.model_copy(update=known)]
    page = read(bob.get("/operate/markets"))
    assert "RNA W842001234" in page.text and "04 90 00 00 00" in page.text
    yes, no = (form for form in page.forms if form.action.endswith(f"/operate/markets/{cast.MARKET}"))
    town.answers[DecideApproval] = Refused(code="entity-unknown", message="Who?")
    assert "qui en répond" in read(bob.post(yes.action, data=yes.fields)).text
    town.answers[DecideApproval] = WAITING.model_copy(update={"approval": Approval.DECLINED})
    sent = bob.post(no.action, data=no.fields | {"reason": "Inconnue"})
    assert sent.location == "/operate/markets?said=market-declined"
    asked = town.acts()[-1]
    assert isinstance(asked, DecideApproval) and (asked.version, asked.reason) == (2, "Inconnue")


def test_whoever_is_given_the_address_asks_to_join_a_market_that_is_not_public(
    bob: FlaskClient, town: FakeLine
) -> None:
    form = read(bob.get(f"/markets/{cast.MARKET}/invitation")).form("")
    given = {"market_name": "M", "standing": "waiting", "message": "", "since": NOW}
    town.answers[JoinMarket] = Membership(membership_id=cast.BOB, market_id=cast.MARKET, **given)
    sent = bob.post(f"/markets/{cast.MARKET}/invitation", data=form.fields)
    assert "Votre demande est envoyée" in read(bob.get(sent.location)).text


def test_several_towns_are_typed_one_a_line_and_shown_again(bob: FlaskClient, town: FakeLine) -> None:
    town.answers[ChangeMarket] = MARKET
    path = f"/organise/{cast.MARKET}/edit"
    form = read(bob.get(path)).form("").fields | {"entity_kind": "town", "served": "Caromb (84330)\n\n caromb"}
    assert bob.post(path, data=form).status_code == 303
    asked = town.acts()[0]
    assert isinstance(asked, ChangeMarket) and asked.served == ["84030", "84030"] and asked.host is None
    town.answers[FindCommunes] = []
    assert "l’une de ces communes" in read(bob.post(path, data=form | {"served": "Atlantis"})).text


def test_a_market_that_says_tu_does_so_and_names_its_towns(bob: FlaskClient, town: FakeLine) -> None:
    served = [ServedTown(insee="84030", name="Caromb", post_codes=CAROMB.post_codes)]
    friendly: Market = WAITING.model_copy(update={"says_tu": True, "served_towns": served})
    town.answers[ReadMarket] = friendly
    text = read(bob.get(f"/markets/{cast.MARKET}?said=member")).text
    assert "Tu fais partie de ce marché" in text and "Pour Caromb aussi" in text and "pas encore public" in text


def test_a_host_of_its_own_shows_the_market_under_its_brand(stranger: FlaskClient, town: FakeLine) -> None:
    town.answers[FindBrand] = lambda asked: BRAND if asked.host == "lekukoa.example" else None
    page = stranger.get("/", **AT_HOST).get_data(as_text=True)
    assert "– Lekukoa</title>" in page and "Halle</a>" not in page and MARKET.name in page
    assert "/brand/8a1538.css" in page
    style = stranger.get("/brand/8a1538.css")
    assert style.mimetype == "text/css" and "--leaf: #8a1538" in style.text and "--leaf-dark: #670f2a" in style.text
    assert stranger.get("/brand/8A1538;}.css").status_code == 404
    for other in ("http://unknown.example", "http://localhost", "http://[::1]"):
        assert "Halle</a>" in stranger.get("/", base_url=other).get_data(as_text=True)
    town.answers[FindBrand] = raises(Unavailable("away", "Ask again."))
    assert "Lekukoa" in stranger.get("/", **AT_HOST).get_data(as_text=True)
    assert "Halle</a>" in stranger.get("/", base_url="http://later.example").get_data(as_text=True)
    hosts = [asked.host for asked, _, _ in town.asked if isinstance(asked, FindBrand)]
    assert hosts == ["lekukoa.example", "unknown.example", "later.example"]


def test_a_logo_stands_where_the_name_does_at_the_markets_host_and_elsewhere_on_its_page(
    stranger: FlaskClient, town: FakeLine
) -> None:
    branded = BRAND.model_copy(update={"logo": LOGO})
    town.answers[FindBrand] = lambda asked: branded if asked.host == "lekukoa.example" else None
    town.answers[ReadMarket] = MARKET.model_copy(update={"logo": LOGO})
    path = f"/markets/{cast.MARKET}"
    at_host, here = stranger.get(path, **AT_HOST).text, stranger.get(path).text
    assert at_host.count(f"/api/v1/photos/{LOGO}/small") == here.count(f"/api/v1/photos/{LOGO}/small") == 1
    assert 'alt="Lekukoa"></a>' in at_host and "Halle</a>" not in at_host and "Halle</a>" in here


def test_an_organiser_chooses_a_logo_and_removes_it_again(bob: FlaskClient, town: FakeLine) -> None:
    shown = MARKET.model_copy(update={"logo": LOGO})
    town.answers |= {MyMarkets: [shown], KeepLogo: shown, RemoveLogo: MARKET}
    path = f"/organise/{cast.MARKET}/logo"
    page = read(bob.get(path))
    form, remove = page.form("/logo"), page.form("/logo/remove")
    for file, sentence in ((b"", "Choisissez un fichier"), (b"<svg/>", "n’est pas une photo lisible")):
        refused = bob.post(path, data=form.fields | {"picture": (io.BytesIO(file), "logo.svg")})
        assert refused.status_code == 400 and sentence in refused.text and town.acts() == []
    sent = bob.post(path, data=form.fields | {"picture": (io.BytesIO(a_logo()), "logo.png")})
    assert sent.status_code == 303 and "C’est enregistré" in bob.get(sent.location).text
    town.answers[KeepLogo] = raises(Unavailable("no-answer", "Unknown."))
    unknown = bob.post(path, data=form.fields | {"picture": (io.BytesIO(a_logo()), "logo.png")})
    assert unknown.status_code == 400 and "choisissez-la à nouveau" in unknown.text
    assert bob.post(remove.action, data=remove.fields).status_code == 303
    assert [type(one) for one in town.acts()] == [KeepLogo, KeepLogo, RemoveLogo]


def a_logo() -> bytes:
    file = io.BytesIO()
    Image.new("RGBA", (64, 48), "#8a1538").save(file, "PNG")
    return file.getvalue()


def test_the_shop_that_is_made_once_for_strangers_is_made_for_each_brand(stranger: FlaskClient, town: FakeLine) -> None:
    town.answers[FindBrand] = lambda asked: BRAND if asked.host == "lekukoa.example" else None
    path = f"/distributions/{sell(town, CARROTS).distribution_id}"
    for _ in range(2):
        assert "– Lekukoa</title>" in stranger.get(path, **AT_HOST).get_data(as_text=True)
        assert "– Halle</title>" in stranger.get(path).get_data(as_text=True)


def test_an_invitation_names_the_instance_whatever_host_its_page_was_asked_at(bob: FlaskClient, town: FakeLine) -> None:
    town.answers |= {MyMarkets: [WAITING], ListMembers: Members(members=[]), FindBrand: None}
    bob.set_cookie("session", SECRET, domain="evil.example")
    page = bob.get(f"/organise/{cast.MARKET}", base_url="http://evil.example").get_data(as_text=True)
    assert f">http://localhost/markets/{cast.MARKET}/invitation<" in page


def test_an_operator_sets_a_farms_plan_on_its_page(bob: FlaskClient, town: FakeLine) -> None:
    held = HeldRight(right=Right.OPERATE, object_id=None)
    town.answers[Identify] = identity(rights=[held])
    town.answers[ReadProducer] = FARM
    form = read(bob.get(f"/producers/{cast.FARM}")).form("/plan")
    town.answers[SetProducerPlan] = raises(NotFound("no-such-producer", "No."))
    assert bob.post(form.action, data=form.fields).status_code == 404
    town.answers[SetProducerPlan] = FARM
    assert "C’est enregistré" in read(bob.get(bob.post(form.action, data=form.fields).location)).text
    asked = town.acts()[-1]
    assert isinstance(asked, SetProducerPlan) and asked.plan is ProducerPlan.ENGAGED


def test_a_farm_accepts_what_the_market_asks_and_its_organiser_sees_who_has_not(
    bob: FlaskClient, town: FakeLine
) -> None:
    admission = Admission(
        market_id=cast.MARKET, market_name="M", producer_id=cast.FARM, producer_name="Ferme", state="admitted",
        terms_accepted=False, accepted_name="Alice", accepted_at=NOW, distance_km=41.2, max_distance_km=30,
    )  # fmt: skip
    town.answers[ListAdmissions] = [admission]
    terms = {"charter": "Ni sac, ni film.", "charter_title": "Sans plastique", "terms_version": 2}
    town.answers[ReadMarket] = MARKET.model_copy(update=terms)
    page = read(bob.get(f"/farms/{cast.FARM}/markets/{cast.MARKET}"))
    assert "ont changé" in page.text and "Ni sac, ni film." in page.text and "Paiement : sur place" in page.text
    town.answers[AcceptTerms] = admission
    assert "Choisir les lieux" not in page.text
    form = page.form("/terms")
    assert bob.post(form.action, data=form.fields).status_code == 303
    asked = town.acts()[0]
    assert isinstance(asked, AcceptTerms) and (asked.terms_version, asked.name) == (2, "Bob")
    text = read(bob.get(f"/organise/{cast.MARKET}/producers")).text
    assert "conditions à accepter à nouveau" in text and "plus que les 30 km" in text
    town.answers[ListAdmissions] = [admission.model_copy(update={"state": AdmissionState.ASKED})]
    far = read(bob.get(f"/organise/{cast.MARKET}/producers")).form("/admit")
    town.answers[AdmitProducer] = admission
    assert bob.post(far.action, data=far.fields | {"far_reason": "Le seul mareyeur"}).status_code == 303
    reasoned = town.acts()[-1]
    assert isinstance(reasoned, AdmitProducer) and reasoned.far_reason == "Le seul mareyeur"


def test_a_farm_chooses_at_which_places_it_comes(bob: FlaskClient, town: FakeLine) -> None:
    hall, station = uuid4(), uuid4()
    here = {"market_id": cast.MARKET, "address": "1 quai", "version": 1}
    places = [Venue(venue_id=at, name=name, **here) for at, name in ((hall, "La halle"), (station, "La gare"))]
    town.answers[ListVenues] = places
    admission = Admission(
        market_id=cast.MARKET, market_name="M", producer_id=cast.FARM, producer_name="Ferme", state="admitted"
    )
    town.answers[ListAdmissions] = [admission]
    page = f"/farms/{cast.FARM}/markets/{cast.MARKET}"
    assert "La ferme vient à tous les lieux de retrait." in read(bob.get(page)).text
    town.answers[ListAdmissions] = [admission.model_copy(update={"usual_venue_ids": [station]})]
    assert "La ferme vient ici : La gare." in read(bob.get(page)).text
    town.answers[ListVenues] = [Venue(venue_id=hall, name="La halle", **here)]
    assert "Le marché n’a plus les lieux où venait la ferme" in read(bob.get(page)).text
    town.answers[ListVenues] = places
    form = read(bob.get(f"{page}/places")).form("")
    assert form.fields["venue_ids"] == str(station)
    town.answers[ChooseUsualPlaces] = admission
    assert bob.post(f"{page}/places", data=form.fields | {"venue_ids": [str(hall), str(station)]}).status_code == 303
    asked = town.acts()[-1]
    assert isinstance(asked, ChooseUsualPlaces) and asked.venue_ids == [hall, station]
