"""One's own data: an archive that is whole, page after page, or a page that says that it did not come."""

import io
import json
import zipfile
from typing import Any
from uuid import UUID

from flask.testing import FlaskClient

from contracts.consents import Consents, MyConsents, MyPeople
from contracts.errors import Unavailable
from contracts.members import MyGrants, OwnGrant, OwnGrants, Right
from contracts.notifications import Choice, MyChoices, MyMessages, OwnMessages
from contracts.payments import MyMovements, OwnMovements
from tests import cast
from tests.pages.conftest import FakeLine, raises
from tests.pages.conftest import app as app
from tests.pages.conftest import bob as bob
from tests.pages.conftest import line as line
from tests.pages.reading import read
from tests.pages.test_mediation import consent
from tests.pages.test_pages import is_whole
from tests.pages.test_pages import town as town

ARCHIVE = "/account/data.zip"


def grants(command: MyGrants) -> OwnGrants:
    """Two pages of one grant each."""
    number = 2 if command.after else 1
    given: dict[str, Any] = {"right": Right.SELL, "object_id": cast.FARM, "holds": True, "valid_until": None}
    one = OwnGrant(grant_id=UUID(int=number), **given)
    return OwnGrants(grants=[one], following=one.grant_id if number == 1 else None)


def test_an_archive_has_every_page_of_every_part_and_says_what_they_are(bob: FlaskClient, town: FakeLine) -> None:
    town.answers |= {MyGrants: grants, MyMovements: OwnMovements(movements=[]), MyMessages: OwnMessages(messages=[])}
    town.answers[MyChoices] = [Choice(market_id=cast.MARKET, window_opened=True, closing_soon=False)]
    mine = consent(mediator_name="Malik")
    town.answers |= {MyConsents: Consents(consents=[mine]), MyPeople: Consents(consents=[consent()])}
    assert ARCHIVE in is_whole(bob, "/account/data", "fr").links
    files = zipfile.ZipFile(io.BytesIO(bob.get(ARCHIVE).data))
    assert files.testzip() is None
    assert [UUID(one["grant_id"]).int for one in json.loads(files.read("grants.json"))] == [1, 2]
    assert json.loads(files.read("movements.json")) == []
    assert [one["window_opened"] for one in json.loads(files.read("choices.json"))] == [True]
    assert [one["mediator_name"] for one in json.loads(files.read("consents.json"))] == ["Malik"]
    assert [one["consumer_name"] for one in json.loads(files.read("people.json"))] == ["Jeanne Perrin"]
    assert json.loads(files.read("account.json"))[0]["email"] == "bob@example.org"
    assert "Adhésions aux marchés" in files.read("index.html").decode()


def test_a_service_that_is_away_spoils_the_whole_and_a_page_says_so(bob: FlaskClient, town: FakeLine) -> None:
    town.answers |= {MyPeople: Consents(consents=[])}
    town.answers |= {MyGrants: grants, MyMovements: raises(Unavailable("away", "Payments is away."))}
    answer = bob.get(ARCHIVE)
    assert answer.status_code == 503 and read(answer).headings[0] == "h1"
