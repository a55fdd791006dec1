"""Messages by choice: to members who chose them, once, until they choose otherwise; a mail's link ends one of them."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import TypeVar
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from bus import database, timers
from contracts.errors import NotFound
from contracts.members import MembershipChanged, PersonErased, Standing
from contracts.notifications import Choice, ChooseMessages, EndChoice, Wanted
from contracts.windows import WindowClosing, WindowOpened
from services.notifications.actions import choosing
from tests.cast import ALICE, BOB, CHARLIE, MALIK, MARKET, ODILE
from tests.notifications.changes import kept
from tests.notifications.conftest import Instance, cancelled, placed, sale_cancelled

W = TypeVar("W", WindowOpened, WindowClosing)
ELSEWHERE = UUID(int=202)


def window(kind: type[W], market_id: UUID = MARKET) -> W:
    """Of the sale of Bob's order: it closes in three hours."""
    closes_at = datetime.now(UTC) + timedelta(hours=3)
    return kept(kind, distribution_id=UUID(int=78), market_id=market_id, closes_at=closes_at)


def stands(halle: Instance, person_id: UUID, standing: Standing = Standing.MEMBER, seq: int = 1) -> None:
    changed = {"market_id": MARKET, "person_id": person_id, "standing": standing}
    halle.hear(MembershipChanged(membership_id=UUID(int=1000 + person_id.int), **changed), seq)


def choose(person_id: UUID, *, opened: bool = True, closing: bool = True, market_id: UUID = MARKET) -> Choice:
    command = ChooseMessages(market_id=market_id, window_opened=opened, closing_soon=closing)
    with database.transaction() as tx:
        return choosing.choose(tx, command, person_id)


def mine(person_id: UUID) -> list[tuple[bool, bool]]:
    with database.transaction() as tx:
        return [(one.window_opened, one.closing_soon) for one in choosing.mine(tx, person_id)]


def end(secret: UUID, wanted: Wanted) -> None:
    with database.transaction() as tx:
        choosing.end(tx, EndChoice(secret=secret, wanted=wanted))


def tell() -> None:
    """Do what is due."""
    while timers.do_next({"tell_choosers": choosing.tell_choosers}):
        pass


def told(halle: Instance) -> list[str]:
    """To whom mails went, in the order of their addresses."""
    tell()
    return sorted(mail["To"].addresses[0].addr_spec.split("@")[0] for mail in halle.send())


@pytest.fixture
def members(halle: Instance) -> Iterator[Instance]:
    """Alice, Bob and Charlie are members, Malik waits to be one; nobody has chosen anything."""
    for person in (ALICE, BOB, CHARLIE, MALIK):
        halle.know(person, email=f"{person.int}@example.org")
        stands(halle, person, Standing.WAITING if person == MALIK else Standing.MEMBER)
    yield halle
    with database.transaction() as tx:
        tx.execute(text("delete from timers where name = 'tell_choosers'"))


def test_nothing_is_told_by_default_and_what_is_chosen_once(members: Instance, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(choosing, "BATCH", 1)
    assert mine(BOB) == [(False, False)] and mine(MALIK) == mine(ODILE) == []
    choose(ALICE)
    choose(BOB, closing=False)
    for event in (window(WindowOpened, ELSEWHERE), *[window(WindowClosing), window(WindowOpened)] * 2):
        members.hear(event.model_copy(update={"distribution_id": uuid4()}) if event.market_id == ELSEWHERE else event)
    assert told(members) == ["1", "1", "2"] and mine(BOB) == [(True, False)]
    tell()
    assert told(members) == []


def test_only_members_choose_and_who_leaves_chooses_anew(members: Instance) -> None:
    for person, market in ((MALIK, MARKET), (ODILE, MARKET), (BOB, ELSEWHERE)):
        with pytest.raises(NotFound):
            choose(person, market_id=market)
    choose(BOB)
    stands(members, BOB, Standing.LEFT, seq=3)
    stands(members, BOB, Standing.MEMBER, seq=2)
    assert mine(BOB) == []
    stands(members, BOB, Standing.MEMBER, seq=4)
    members.hear(window(WindowOpened))
    assert told(members) == [] and mine(BOB) == [(False, False)]


def test_who_has_ordered_needs_not_know_that_orders_close_soon(members: Instance) -> None:
    for person in (ALICE, BOB, CHARLIE):
        choose(person)
    members.hear(placed(order_id=UUID(int=91), market_id=MARKET, consumer_id=ALICE))
    members.hear(placed(order_id=UUID(int=90), distribution_id=uuid4(), market_id=MARKET, consumer_id=CHARLIE))
    members.hear(placed())
    members.hear(cancelled(2))
    assert len(members.send()) == 4
    members.hear(window(WindowClosing))
    assert told(members) == ["2", "5"]


def test_nothing_is_told_of_a_cancelled_sale_whichever_is_heard_first(members: Instance) -> None:
    choose(BOB)
    members.hear(window(WindowOpened))
    tell()
    members.hear(sale_cancelled())
    members.hear(window(WindowClosing))
    members.hear(sale_cancelled())
    assert told(members) == []


def test_what_could_not_be_told_before_the_close_is_not_told_after(members: Instance) -> None:
    choose(BOB)
    members.hear(window(WindowOpened))
    members.pass_time(timedelta(hours=4))
    assert told(members) == []


def test_by_choice_waits_while_enough_is_to_be_sent(members: Instance, monkeypatch: pytest.MonkeyPatch) -> None:
    choose(ALICE)
    members.hear(placed())
    monkeypatch.setattr(choosing, "ROOM", 1)
    members.hear(window(WindowOpened))
    assert told(members) == ["2"], "the confirmation alone"
    members.pass_time(2 * choosing.PAUSE)
    assert told(members) == ["1"]


def test_a_mail_s_link_ends_what_it_names_there_alone(members: Instance) -> None:
    choose(ALICE)
    choose(BOB)
    members.hear(window(WindowOpened))
    tell()
    by_mail = {mail["To"].addresses[0].addr_spec: mail for mail in members.send()}
    mail = by_mail["2@example.org"]
    address = mail["List-Unsubscribe"].strip("<>")
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert address in mail.get_body(("plain",)).get_content() and address.startswith("https://halle.example/stop-")
    *_, secret, wanted = address.split("/")
    members.hear(window(WindowClosing))
    tell()
    for _ in range(2):
        end(UUID(secret), Wanted(wanted))
    assert mine(BOB) == [(False, True)] and mine(ALICE) == [(True, True)]
    end(UUID(secret), Wanted.CLOSING_SOON)
    assert told(members) == ["1"], "what was written and unsent is dropped with the choice"
    with pytest.raises(NotFound):
        end(uuid4(), Wanted.CLOSING_SOON)


def test_an_erased_person_s_choices_go_and_the_links_with_them(members: Instance) -> None:
    choose(BOB)
    with database.transaction() as tx:
        secret = tx.execute(text("select secret from choices")).scalar_one()
    members.hear(PersonErased(person_id=BOB), seq=9)
    members.hear(window(WindowOpened))
    assert told(members) == []
    with database.transaction() as tx:
        left = "select count(*) from (select person_id from choices union all select person_id from memberships) one"
        assert tx.execute(text(f"{left} where person_id = :bob"), {"bob": BOB}).scalar_one() == 0
    with pytest.raises(NotFound):
        end(secret, Wanted.WINDOW_OPENED)
