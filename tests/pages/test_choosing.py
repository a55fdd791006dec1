"""Messages by choice: boxes for each market, and a mail's link that acts when it is posted, and only then."""

from uuid import UUID

from flask.testing import FlaskClient

from contracts.errors import NotFound
from contracts.members import Membership, Memberships, MyMemberships, Standing
from contracts.notifications import Choice, ChooseMessages, EndChoice, MyChoices, Wanted
from tests import cast
from tests.pages.conftest import FakeLine, raises
from tests.pages.conftest import app as app
from tests.pages.conftest import bob as bob
from tests.pages.conftest import line as line
from tests.pages.conftest import stranger as stranger
from tests.pages.reading import read
from tests.pages.test_pages import NOW, is_whole
from tests.pages.test_pages import town as town

LINK = f"/stop-messages/{UUID(int=96)}/closing_soon"


def test_a_member_ticks_what_a_market_may_write(bob: FlaskClient, town: FakeLine) -> None:
    mine = {"market_id": cast.MARKET, "market_name": "Marché de Caromb", "message": ""}
    member = Membership(membership_id=UUID(int=5), standing=Standing.MEMBER, since=NOW, **mine)
    town.answers[MyMemberships] = Memberships(memberships=[member])
    town.answers[MyChoices] = [Choice(market_id=cast.MARKET, window_opened=False, closing_soon=True)]
    town.answers[ChooseMessages] = lambda asked: Choice(**asked.model_dump())
    assert "/account/messages" in read(bob.get("/account")).links
    fields = is_whole(bob, "/account/messages", "en").form("").fields
    sent = bob.post("/account/messages", data=fields | {"window_opened": "on"})
    assert sent.location == "/account/messages?said=saved"
    assert town.acts() == [ChooseMessages(market_id=cast.MARKET, window_opened=True, closing_soon=True)]


def test_a_mail_s_link_shows_a_button_and_acts_when_a_mail_program_posts(stranger: FlaskClient, line: FakeLine) -> None:
    line.answers[EndChoice] = None
    assert "Ne plus le recevoir" in read(stranger.get(LINK)).text and line.acts() == []
    sent = stranger.post(LINK, data={"List-Unsubscribe": "One-Click"})
    assert sent.status_code == 200 and "C’est fait" in read(sent).text
    assert line.acts() == [EndChoice(secret=UUID(int=96), wanted=Wanted.CLOSING_SOON)]
    line.answers[EndChoice] = raises(NotFound("no-such-choice", "Nobody is told anything by this link any more."))
    assert stranger.post(LINK).status_code == 404
    assert stranger.get(LINK.replace("closing_soon", "anything")).status_code == 404
