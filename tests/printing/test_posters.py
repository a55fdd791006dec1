"""Posters and flyers: one sheet whatever is on it, a code that leads to the market, names as they are."""

import io
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from PIL import Image
from pypdfium2 import PdfDocument
from pypdfium2.raw import FPDF_PAGEOBJ_IMAGE

from contracts.catalog import MyMarkets
from contracts.errors import NotAllowed
from contracts.photos import PhotoFile, ReadPhoto
from contracts.planning import Stage
from contracts.showing import ReadShowcase, Showcase
from gateway.printing.posters import ROOM, Form, Poster
from gateway.printing.typesetting import poster_pdf
from tests import cast
from tests.pages.conftest import FakeLine, raises
from tests.pages.conftest import app as app
from tests.pages.conftest import bob as bob
from tests.pages.conftest import line as line
from tests.pages.conftest import site as site
from tests.pages.conftest import stranger as stranger
from tests.pages.reading import read
from tests.pages.test_pages import MARKET
from tests.printing import sales
from tests.printing.reading import codes, sheets, text

LONG = "Groupement des producteurs et artisans de bouche du Comtat Venaissin, des Dentelles de Montmirail et du Ventoux"


def pick_up(week: int, **changes: Any) -> dict[str, Any]:
    later = timedelta(weeks=week)
    return {
        "distribution_id": sales.SALE, "state": Stage.PLANNED, "opens_at": sales.OPENS + later,
        "closes_at": sales.OPENS + later + timedelta(days=2), "starts_at": sales.OPENS + later + timedelta(days=4),
        "ends_at": sales.OPENS + later + timedelta(days=4, hours=2), "venue_name": "Salle des fêtes",
        "venue_address": "Place du Cabaret, 84330 Caromb",
    } | changes  # fmt: skip


def showcase(farms: int = 3, pick_ups: int = 4, **changes: Any) -> Showcase:
    coming = [pick_up(week) for week in range(pick_ups)]
    given = {
        "market_id": cast.MARKET, "name": "Marché de Caromb", "kind": "municipal", "entity_name": "Commune de Caromb",
        "entity_address": "1 place du Château, 84330 Caromb", "town": "Caromb", "insee": "84030", "latitude": 44.11,
        "longitude": 5.11, "time_zone": "Europe/Paris", "farms": farms,
        "farm_names": [f"Ferme n° {number}" for number in range(1, farms + 1)],
        "next_pick_up": coming[0] if coming else None, "later_pick_ups": coming[1:],
    }  # fmt: skip
    return Showcase.model_validate(given | changes)


def printed(form: Form, shown: Showcase, language: str = "fr") -> bytes:
    body = shown.model_dump_json().encode()
    return poster_pdf(Poster(form, body, language, sales.NOW, "https://halle.example.org"))


@pytest.mark.parametrize("form", Form)
@pytest.mark.parametrize(
    "shown",
    [
        showcase(),
        showcase(farms=0, pick_ups=0),
        showcase(farms=40, name=LONG, entity_address=LONG * 2),
        showcase(farms=90, farm_names=[LONG[:110]] * 90, later_pick_ups=[pick_up(1, venue_address=LONG * 2)] * 3),
    ],
)
def test_whatever_there_is_to_say_fits_on_one_sheet_with_a_code_that_can_be_read(form: Form, shown: Showcase) -> None:
    made = printed(form, shown)
    assert len(sheets(made)) == 1 and shown.name in text(made)
    assert set(codes(made)) == {f"https://halle.example.org/markets/{cast.MARKET}"}


def test_a_poster_says_when_where_until_when_to_order_and_who_sells() -> None:
    found = text(printed(Form.POSTER, showcase()))
    for words in (
        "mardi 24 novembre 2026 de 17:00 à 19:00 Salle des fêtes, Place du Cabaret, 84330 Caromb",
        "À commander du ven. 20 nov. à 17:00 au dim. 22 nov. à 17:00",
        "Ferme n° 1 · Ferme n° 2 · Ferme n° 3",
        "Commune de Caromb, 1 place du Château",
    ):
        assert words in found
    assert found.count("À commander du") == 4
    english = text(printed(Form.POSTER, showcase(), "en"))
    assert "Tuesday 24 November 2026 from 17:00 to 19:00" in english and "Order from Fri 20 Nov" in english


def test_a_flyer_says_how_many_farms_it_has_no_room_for() -> None:
    found = text(printed(Form.FLYER, showcase(farms=40)))
    assert found.count(f"et {40 - ROOM[Form.FLYER][1]} autres") == 4
    assert found.count("Les fermes") == 4


def test_a_market_without_dates_or_farms_says_where_dates_will_stand() -> None:
    found = text(printed(Form.POSTER, showcase(farms=0, pick_ups=0)))
    assert "Les prochaines dates sont sur la page du marché." in found and "Les fermes" not in found


@pytest.mark.parametrize("name", sales.NASTY)
def test_a_name_is_printed_as_it_is_whatever_typst_might_read_in_it(name: str) -> None:
    found = text(printed(Form.POSTER, showcase(name=name, farm_names=[name], entity_name=name)))
    assert found.count(" ".join(name.split())) == 3


def test_an_organiser_prints_from_the_market_s_desk(bob: FlaskClient, line: FakeLine) -> None:
    line.answers |= {MyMarkets: [MARKET], ReadShowcase: showcase()}
    links = read(bob.get(f"/organise/{cast.MARKET}/publicity")).links
    for form in Form:
        answer = bob.get(next(one for one in links if one.endswith(f"/{form}.pdf")))
        assert (answer.status_code, answer.content_type) == (200, "application/pdf")
        assert "Marché de Caromb" in text(answer.data)


@pytest.mark.parametrize("shape", [(1200, 60), (300, 1200), (40, 40)])
def test_a_logo_of_any_shape_leaves_a_poster_one_sheet(
    bob: FlaskClient, line: FakeLine, shape: tuple[int, int]
) -> None:
    file = io.BytesIO()
    Image.new("RGB", shape, "#8a1538").save(file, "WEBP")
    line.answers |= {ReadShowcase: showcase(name=LONG, logo="0" * 64), ReadPhoto: PhotoFile(content=file.getvalue())}
    made = bob.get(f"/api/v1/markets/{cast.MARKET}/poster.pdf").data
    assert len(sheets(made)) == 1 and LONG in text(made) and codes(made)
    (picture,) = [one for one in PdfDocument(made)[0].get_objects() if one.type == FPDF_PAGEOBJ_IMAGE]
    left, bottom, right, top = picture.get_bounds()
    wide, high = right - left, top - bottom
    assert wide / high == pytest.approx(shape[0] / shape[1], 0.01) and wide < 200 and high < 100


def test_nobody_else_keeps_the_press_busy(bob: FlaskClient, stranger: FlaskClient, line: FakeLine) -> None:
    path = f"/api/v1/markets/{cast.MARKET}/poster.pdf"
    assert stranger.get(path).status_code == 401
    line.answers[ReadShowcase] = raises(NotAllowed("not-yours", "You have no right to change this market."))
    assert bob.get(path).status_code == 403
