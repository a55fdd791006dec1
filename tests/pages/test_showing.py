"""Open data and the frame on a town's site: for everybody, from anywhere, without a trace of who looks."""

import csv
import io
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient

from contracts.accounts import Identify
from contracts.catalog import MyMarkets
from contracts.errors import NotFound
from contracts.showing import ListMarketsShown, MarketShown, ReadMarketShown
from gateway.open_data import COLUMNS, KEPT, Format, OpenData
from tests import cast
from tests.pages.conftest import FakeLine, raises
from tests.pages.reading import Page, read
from tests.pages.test_pages import MARKET
from tests.printing.test_posters import pick_up

EMBED = f"/embed/markets/{cast.MARKET}"


def shown(number: int = 1, **changes: Any) -> MarketShown:
    given = {
        "market_id": UUID(int=number), "name": "Marché de Caromb", "kind": "municipal", "entity_name": "Mairie",
        "town": "Caromb", "insee": "84030", "latitude": 44.11, "longitude": 5.11, "time_zone": "Europe/Paris",
        "farms": 3, "next_pick_up": pick_up(0),
    }  # fmt: skip
    return MarketShown.model_validate(given | changes)


def in_pages(markets: list[MarketShown]) -> Any:
    """As catalog lists them."""

    def page(asked: ListMarketsShown) -> list[MarketShown]:
        return [one for one in markets if one.market_id > (asked.after or UUID(int=0))][: asked.limit]

    return page


@pytest.fixture
def markets(line: FakeLine) -> FakeLine:
    """Two hundred and fifty markets: more than two pages of them."""
    line.answers[ListMarketsShown] = in_pages([shown(number) for number in range(1, 251)])
    return line


def test_the_geojson_has_every_market_with_its_point_and_its_next_pick_up(
    stranger: FlaskClient, markets: FakeLine
) -> None:
    answer = stranger.get("/open-data/markets.geojson")
    assert answer.content_type == "application/geo+json"
    found = answer.get_json(force=True)
    assert found["type"] == "FeatureCollection" and found["licence"].startswith("https://")
    assert len({one["id"] for one in found["features"]}) == 250
    assert found["features"][0]["geometry"] == {"type": "Point", "coordinates": [5.11, 44.11]}
    told = found["features"][0]["properties"]
    assert told["orders_close_at"] == "2026-11-22T16:00:00Z" and told["pick_up_place"] == "Salle des fêtes"
    assert told["page"] == f"http://localhost/markets/{UUID(int=1)}"


def test_the_csv_says_the_same_and_runs_in_no_spreadsheet(stranger: FlaskClient, line: FakeLine) -> None:
    nowhere = shown(2, latitude=None, longitude=None, next_pick_up=None)
    line.answers[ListMarketsShown] = in_pages([shown(1, name='=cmd|"/C calc"!A0; été, "Œufs"'), nowhere])
    answer = stranger.get("/open-data/markets.csv")
    assert answer.content_type == "text/csv; charset=utf-8"
    first, second = csv.DictReader(io.StringIO(answer.get_data(as_text=True)))
    assert tuple(first) == COLUMNS and first["name"] == '\'=cmd|"/C calc"!A0; été, "Œufs"'
    assert (first["latitude"], first["longitude"], first["farms"]) == ("44.11", "5.11", "3")
    assert (second["latitude"], second["pick_up_starts_at"]) == ("", "")
    (_, without_point) = stranger.get("/open-data/markets.geojson").get_json(force=True)["features"]
    assert without_point["geometry"] is None


def test_a_file_that_has_not_changed_does_not_travel_again(stranger: FlaskClient, markets: FakeLine) -> None:
    for ending in Format:
        first = stranger.get(f"/open-data/markets.{ending}")
        again = stranger.get(f"/open-data/markets.{ending}", headers={"If-None-Match": first.headers["ETag"]})
        assert (again.status_code, again.data) == (304, b"")
        assert first.headers["Access-Control-Allow-Origin"] == "*" and "max-age=300" in first.headers["Cache-Control"]
    asked = [one for one, _, _ in markets.asked if isinstance(one, ListMarketsShown)]
    assert [one.after for one in asked] == [None, UUID(int=100), UUID(int=200), UUID(int=250)]


def test_a_file_is_made_anew_after_some_minutes() -> None:
    clock, found = [0.0], [shown(1)]
    data = OpenData(lambda after, limit: [] if after else found, "http://localhost", now=lambda: clock[0])
    old = data.file(Format.CSV)
    found[0] = shown(1, name="Un autre nom")
    clock[0] = KEPT
    assert data.file(Format.CSV) == old
    clock[0] = KEPT + 1
    assert b"Un autre nom" in data.file(Format.CSV)


def test_a_page_says_what_is_in_the_files_and_under_which_licence(stranger: FlaskClient) -> None:
    page = read(stranger.get("/open-data"))
    assert set(COLUMNS) <= set(page.text.replace(",", "").split())
    assert {"/open-data/markets.geojson", "/open-data/markets.csv"} <= set(page.links)
    assert "Licence Ouverte 2.0" in page.text


def test_a_frame_says_what_is_next_and_leads_to_the_market_without_cookie_or_script(
    bob: FlaskClient, line: FakeLine
) -> None:
    """Also in the browser of somebody whose session is over: the page is the same for all."""
    line.answers |= {ReadMarketShown: shown(logo="0" * 64), Identify: raises(NotFound("no-session", "It is over."))}
    answer = bob.get(EMBED)
    assert answer.status_code == 200 and "Set-Cookie" not in answer.headers
    page = read(answer)
    assert "<script" not in page.html and page.headings == ["h1"]
    assert "Retrait mardi 24 novembre 2026 de 17:00 à 19:00" in page.text and "Salle des fêtes" in page.text
    assert page.links == [f"/markets/{UUID(int=1)}"]
    assert page.html.count(f"/api/v1/photos/{'0' * 64}/small") == 1
    assert "img-src 'self';" in answer.headers["Content-Security-Policy"]
    assert 'lang="en"' in read(bob.get(f"{EMBED}?language=en")).html
    assert not [one for one, _, _ in line.asked if isinstance(one, Identify)]


def test_only_the_frame_may_be_framed(stranger: FlaskClient, app: Flask, line: FakeLine) -> None:
    line.answers[ReadMarketShown] = shown(next_pick_up=None)
    answer = stranger.get(EMBED)
    assert "frame-ancestors *" in answer.headers["Content-Security-Policy"]
    assert "X-Frame-Options" not in answer.headers and "script-src" not in answer.headers["Content-Security-Policy"]
    line.answers[ReadMarketShown] = raises(NotFound("no-such-market", "There is no such market."))
    for path in ("/open-data", EMBED, "/about"):
        answer = stranger.get(path)
        assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
        assert answer.headers["X-Frame-Options"] == "DENY"


def test_an_organiser_copies_a_frame_whatever_the_market_is_called(bob: FlaskClient, line: FakeLine) -> None:
    named = MARKET.model_copy(update={"name": 'Le "bon" <marché> & Cie'})
    line.answers[MyMarkets] = [named]
    page = read(bob.get(f"/organise/{cast.MARKET}/publicity"))
    snippet = Page(next(word for word in page.words if "<iframe" in word))
    assert f'src="http://localhost{EMBED}?language=fr"' in snippet.html
    assert 'title="Le &#34;bon&#34; &lt;marché&gt; &amp; Cie"' in snippet.html
    line.answers[MyMarkets] = [named.model_copy(update={"public": False})]
    assert "<iframe" not in read(bob.get(f"/organise/{cast.MARKET}/publicity")).text
