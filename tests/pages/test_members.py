"""An organiser's page of members: who waits is answered, who belongs may be banned, who does not may be admitted."""

from datetime import UTC, datetime
from uuid import uuid4

from flask.testing import FlaskClient

from contracts.members import DecideMembership, Decision, ListMembers, Member, Members, Standing
from tests import cast
from tests.pages.conftest import FakeLine
from tests.pages.conftest import app as app
from tests.pages.conftest import bob as bob
from tests.pages.conftest import line as line
from tests.pages.reading import read
from tests.pages.test_pages import is_whole
from tests.pages.test_pages import town as town

MEMBERS = f"/organise/{cast.MARKET}/members"


def member(standing: Standing) -> Member:
    return Member(
        membership_id=uuid4(),
        person_id=uuid4(),
        name=standing.title(),
        standing=standing,
        message="",
        since=datetime(2026, 11, 1, tzinfo=UTC),
    )


def test_a_member_is_banned_and_who_was_turned_away_admitted_after_all(bob: FlaskClient, town: FakeLine) -> None:
    everybody = {standing: member(standing) for standing in Standing}

    def listed(command: ListMembers) -> Members:
        return Members(members=[] if command.standing else list(everybody.values()))

    town.answers |= {ListMembers: listed, DecideMembership: everybody[Standing.MEMBER]}
    is_whole(bob, MEMBERS, "fr")
    offered = {}
    for standing, one in everybody.items():
        form = read(bob.get(MEMBERS)).form(str(one.membership_id))
        assert bob.post(form.action, data=form.fields).status_code == 303
        offered[standing] = town.acts()[-1].decision
    turned_away = {Standing.REFUSED: Decision.ADMIT, Standing.BANNED: Decision.ADMIT}
    assert offered == dict.fromkeys(Standing, Decision.BAN) | turned_away
