"""Who did what: one list out of four services, with a sentence for every command, as a page and as a table."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from flask.testing import FlaskClient

from contracts.audit import (
    Deed,
    Deeds,
    ListCatalogDeeds,
    ListMembersDeeds,
    ListNotificationsDeeds,
    ListOrdersDeeds,
    ListPaymentsDeeds,
    NameActors,
    PersonName,
)
from contracts.members import Right
from contracts.messages import COMMANDS
from gateway.pages.telling import SENTENCES
from tests import cast
from tests.pages.conftest import FakeLine
from tests.pages.conftest import app as app
from tests.pages.conftest import bob as bob
from tests.pages.conftest import line as line
from tests.pages.test_day import asked
from tests.pages.test_pages import is_whole
from tests.pages.test_pages import town as town

TRAIL = f"/organise/{cast.MARKET}/trail"
FOR_ONESELF = {
    "members.ask_confirmation", "members.ask_new_address", "members.ask_reset", "members.change_account",
    "members.change_password",
    "members.confirm_email", "members.end_other_sessions", "members.end_session", "members.erase_account",
    "members.end_adult", "members.join_household", "members.name_adult",
    "members.join_market", "members.leave_market", "members.reset_password", "members.sign_in", "members.sign_out",
    "members.sign_up", "notifications.choose_messages", "notifications.end_choice",
}  # fmt: skip
"""What people do with their own account, place and choices; nobody else sees a trail of it."""


def deed(number: int, door: str, person: UUID = cast.ODILE, **facts: Any) -> Deed:
    return Deed(
        deed_id=UUID(int=number), at=datetime(2026, 11, 20, 17, number, tzinfo=UTC), person_id=person,
        right=Right.ORGANISE, held_on=cast.MARKET, door=door, objects=[cast.MARKET], facts=facts, trace_id="ab" * 16,
    )  # fmt: skip


def answer(line: FakeLine) -> None:
    nothing = Deeds(deeds=[])
    line.answers |= {
        ListMembersDeeds: nothing,
        ListNotificationsDeeds: nothing,
        ListCatalogDeeds: Deeds(deeds=[deed(1, "catalog.plan_distribution")]),
        ListOrdersDeeds: Deeds(deeds=[deed(3, "orders.set_handover", state="absent"), deed(2, "orders.of_tomorrow")]),
        ListPaymentsDeeds: Deeds(deeds=[deed(4, "payments.take_payment", cast.MALIK, parts=[{"amount_cents": 520}])]),
        NameActors: [PersonName(person_id=cast.ODILE, name="=Odile")],
    }


def test_everything_that_is_done_by_right_is_told_in_a_sentence() -> None:
    acting = {door for door, command in COMMANDS.items() if command.acts}
    assert {door for door in acting if not COMMANDS[door].by} == FOR_ONESELF
    assert set(SENTENCES) == acting - FOR_ONESELF


def test_who_did_what_is_one_list_the_newest_first(bob: FlaskClient, town: FakeLine) -> None:
    answer(town)
    for language in ("en", "fr"):
        page = is_whole(bob, f"{TRAIL}?since=2026-11-01&until=2026-11-20", language)
    told = ["a encaissé un paiement (5,20 €)", "(non retirée)", "orders.of_tomorrow", "a prévu des distributions"]
    places = [page.text.index(one) for one in told]
    assert places == sorted(places) and "Une personne sans compte" in page.text
    wanted = asked(town, ListOrdersDeeds)
    assert (wanted.object_id, wanted.before) == (cast.MARKET, datetime(2026, 11, 20, 23, tzinfo=UTC))
    table = bob.get(f"{TRAIL}?csv=1&person={cast.ODILE}").get_data(as_text=True).splitlines()
    assert len(table) == 5 and "2026-11-20 18:03:00;'=Odile;" in table[2]
    assert asked(town, ListPaymentsDeeds).person_id == cast.ODILE
