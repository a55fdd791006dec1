"""A market or a farm writes to everybody who ordered: who is meant, each once, whatever dies in between."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import orjson
import pytest
from sqlalchemy import text

from bus import clock, database, timers
from bus.doors import Call
from contracts.buyers import Buyers, GroupMessage, ReadBuyers, WriteToBuyers
from contracts.catalog import SaleSheetPublished
from contracts.errors import NotFound
from contracts.households import AdultChanged
from contracts.messages import Refused
from contracts.orders import CancelOrder, Order, PlaceOrder, Wish
from services.orders.actions import amending, buyers, placing
from services.orders.rules import buyers as rules
from services.orders.service import Listeners
from tests.cast import ALICE, BAKERY, BOB, CHARLIE, FARM, MALIK, ODILE, line, sheet
from tests.orders.test_cancelling import cancel, figures
from tests.orders.test_day import known, settle
from tests.orders.test_forgetting import erase, tables_with
from tests.orders.test_placing import act, opened, place, said
from tests.orders.test_twins import until_blocked
from tests.orders.test_windows import EFFECTS, do_what_is_due, grant, later

Caller = Callable[..., Call]
TOLD = "orders.buyer_written_to.v1"
NOW = datetime(2026, 12, 4, 18, tzinfo=UTC)


@pytest.mark.parametrize(
    ("people", "written", "days", "code"),
    [
        (1, 0, 0, None),
        (1, 2, 6.9, None),
        (1, 3, 0, "too-many-messages"),
        (0, 0, 0, "nobody-ordered"),
        (0, 3, 0, "nobody-ordered"),
        (1, 0, 7, "orders-over"),
        (0, 3, 8, "orders-over"),
        (1, 0, -30, None),
    ],
)
def test_three_a_day_until_a_week_after_and_never_to_nobody(
    people: int, written: int, days: float, code: str | None
) -> None:
    ends_at = NOW - timedelta(days=days)
    refused = rules.refusal(people=people, written=written, ends_at=ends_at, now=NOW)
    assert (refused.code if refused else None) == code


def write(call: Caller, person: UUID, published: SaleSheetPublished, side: UUID | None = None, **said_: str) -> Any:
    words = {"subject": "Autre lieu", "text": "On se retrouve à l’école."} | said_
    command = WriteToBuyers(distribution_id=published.distribution_id, producer_id=side, **words)
    return act(buyers.write, call, person, command)


def read(call: Caller, person: UUID, published: SaleSheetPublished, side: UUID | None = None) -> Buyers:
    command = ReadBuyers(distribution_id=published.distribution_id, producer_id=side)
    found: Buyers = act(buyers.read, call, person, command)
    return found


def told() -> list[str]:
    return [one["person_id"] for one in said(TOLD)]


@pytest.fixture
def published() -> SaleSheetPublished:
    """A sale of Alice's carrots and of the baker's bread, which Odile organises; people who may order."""
    sale = opened(sheet(line("Carrots", stock=90), line("Bread", producer_id=BAKERY)))
    grant(ODILE, "organise", sale.market_id)
    grant(ALICE, "sell", FARM)
    known(BOB, "Bob", email="bob@example.org", phone="+33490620001")
    known(CHARLIE, "Charlie", email=None, phone="+33490620002")
    known(MALIK, "Malik", email="malik@example.org", phone=None)
    return sale


def test_everybody_with_an_order_is_told_once_and_who_has_no_mail_is_to_be_called(
    call: Caller, published: SaleSheetPublished
) -> None:
    place(call, BOB, published, 1, 1)
    wish = [Wish(offer_id=published.lines[0].offer_id, quantity=1)]
    aunt = PlaceOrder(distribution_id=published.distribution_id, recipient="Tante Jeanne", lines=wish)
    placing.place(aunt, call(BOB, aunt))
    charlies = place(call, CHARLIE, published, 2)
    gone = place(call, MALIK, published, 1)
    act(amending.cancel, call, MALIK, CancelOrder(order_id=gone.order_id, version=1))
    answer: GroupMessage = write(call, ODILE, published)
    assert (answer.by_mail, answer.by_telephone) == (1, 1)
    do_what_is_due()
    do_what_is_due()
    assert sorted(told()) == sorted(map(str, (BOB, CHARLIE))), "twice no, cancelled no"
    found = read(call, ODILE, published)
    assert [(one.name, one.phone, one.orders) for one in found.to_call] == [
        ("Charlie", "+33490620002", [charlies.code])
    ]  # fmt: skip
    (kept,) = found.messages
    assert (kept.subject, kept.written_by, found.left) == ("Autre lieu", ODILE, 2) and kept.done_at is not None
    (event,) = (one for one in said(TOLD) if one["person_id"] == str(BOB))
    assert event["message"]["text"] == "On se retrouve à l’école." and event["market_name"] == published.market_name


def test_a_farm_writes_to_those_who_have_something_of_it(call: Caller, published: SaleSheetPublished) -> None:
    carrots, _, both = place(call, BOB, published, 1), place(call, MALIK, published, 0, 1), place(
        call, CHARLIE, published, 1, 1
    )  # fmt: skip
    answer = write(call, ALICE, published, FARM)
    assert (answer.by_mail, answer.by_telephone, answer.producer_name) == (1, 1, "Ferme des Alpilles")
    do_what_is_due()
    assert sorted(told()) == sorted(map(str, (BOB, CHARLIE)))
    later(days=1)
    do_what_is_due()
    settle(call, ALICE, published, (carrots, 0, {"short": 1}), (both, 0, {"short": 1}))
    assert read(call, ALICE, published, FARM).to_call == [], "nothing of it comes"
    assert write(call, ALICE, published, FARM).code == "nobody-ordered"


def test_nobody_else_writes_or_reads_not_even_one_side_for_the_other(
    call: Caller, published: SaleSheetPublished
) -> None:
    place(call, BOB, published, 1)
    grant(MALIK, "handover", published.distribution_id)
    refused: list[tuple[UUID, UUID | None]] = [
        (CHARLIE, None), (CHARLIE, FARM), (BOB, None), (MALIK, None), (ALICE, None), (ODILE, FARM), (ALICE, BAKERY),
    ]  # fmt: skip
    for person, side in refused:
        for deed in (write, read):
            with pytest.raises(NotFound, match="no-such-sale"):
                deed(call, person, published, side)
    write(call, ODILE, published)
    write(call, ALICE, published, FARM)
    do_what_is_due()
    assert [one.producer_id for one in read(call, ODILE, published).messages] == [FARM, None], "all of the market"
    assert [one.producer_id for one in read(call, ALICE, published, FARM).messages] == [FARM], "the farm's own"


def test_a_worker_that_dies_between_two_batches_tells_nobody_twice(
    call: Caller, published: SaleSheetPublished, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(buyers, "BATCH", 2)
    people = [UUID(int=7000 + n) for n in range(5)]
    orders: list[Order] = [place(call, person, published, 1) for person in people]
    write(call, ODILE, published)
    assert timers.do_next(EFFECTS) and len(told()) == 2

    def dies(tx: Any, timer: Any) -> None:
        buyers.tell_buyers(tx, timer)
        raise RuntimeError("the power went off")

    assert timers.do_next(EFFECTS | {"tell_buyers": dies}) and len(told()) == 2
    act(amending.cancel, call, people[4], CancelOrder(order_id=orders[4].order_id, version=1))
    place(call, UUID(int=7010), published, 1)
    later(minutes=1)
    do_what_is_due()
    assert told() == [str(person) for person in people[:4]], "who cancelled meanwhile is not told, nor who came after"
    assert len({one["notice_id"] for one in said(TOLD)}) == 4


def test_the_fourth_of_a_day_is_refused_and_each_side_has_its_own_three(
    call: Caller, published: SaleSheetPublished
) -> None:
    place(call, BOB, published, 1)
    for _ in range(rules.MOST):
        assert isinstance(write(call, ODILE, published), GroupMessage)
    refused = write(call, ODILE, published)
    assert isinstance(refused, Refused) and refused.code == "too-many-messages"
    assert isinstance(write(call, ALICE, published, FARM), GroupMessage)
    later(days=1, minutes=1)
    assert read(call, ODILE, published).left == rules.MOST
    assert isinstance(write(call, ODILE, published), GroupMessage)
    later(days=12)
    assert write(call, ODILE, published).code == "orders-over" and read(call, ODILE, published).is_over


def test_two_who_write_at_once_share_the_three_of_a_day(call: Caller, published: SaleSheetPublished) -> None:
    grant(MALIK, "organise", published.market_id)
    place(call, BOB, published, 1)
    for _ in range(rules.MOST - 1):
        write(call, ODILE, published)
    last = WriteToBuyers(distribution_id=published.distribution_id, subject="Un", text="Dernier")
    with ThreadPoolExecutor(1) as pool:
        with database.transaction() as tx:
            buyers.write(tx, last, call(ODILE, last))
            other = pool.submit(write, call, MALIK, published)
            until_blocked(1)
        assert other.result(20).code == "too-many-messages"


def test_nobody_is_written_to_where_nobody_ordered_or_all_is_cancelled(
    call: Caller, published: SaleSheetPublished
) -> None:
    assert write(call, ODILE, published).code == "nobody-ordered"
    assert (read(call, ODILE, published).by_mail, read(call, ODILE, published).to_call) == (0, [])
    place(call, BOB, published, 1)
    write(call, ODILE, published)
    cancel(call, ODILE, published, figures(call, ODILE, published))
    assert write(call, ODILE, published).code == "nobody-ordered", "they hear of that instead"
    do_what_is_due()
    assert told() == []


def test_the_other_adults_of_a_household_are_counted_once(call: Caller, published: SaleSheetPublished) -> None:
    shares = AdultChanged(adult_id=UUID(int=4100), consumer_id=BOB, person_id=MALIK, holds=True)
    with database.transaction() as tx:
        vars(Listeners.know_adult)["handler"](Listeners(), tx, shares, type("Heard", (), {"seq": 1}))
    place(call, BOB, published, 1)
    assert write(call, ODILE, published).by_mail == 2
    place(call, MALIK, published, 1)
    assert write(call, ODILE, published).by_mail == 2


def test_who_was_erased_is_nobodys_buyer(call: Caller, published: SaleSheetPublished) -> None:
    place(call, BOB, published, 1)
    later(days=1)
    do_what_is_due()
    erase(seq=9)
    do_what_is_due()
    assert write(call, ODILE, published).code == "nobody-ordered"
    assert read(call, ODILE, published).to_call == []


def test_the_name_of_a_writer_who_leaves_goes_with_what_he_signed(call: Caller, published: SaleSheetPublished) -> None:
    known(BOB, "Bob Étienne", email="bob@example.org", phone=None)
    grant(BOB, "organise", published.market_id)
    place(call, MALIK, published, 1)
    write(call, BOB, published, text="À vendredi,\nBob Étienne")
    write(call, BOB, published, text="Prenez vos cabas.")
    write(call, ODILE, published, text="Demandez Bob Étienne.")
    do_what_is_due()
    erase(seq=99)
    assert [one.text for one in read(call, ODILE, published).messages] == [
        "Demandez Bob Étienne.", "Prenez vos cabas.", ""
    ]  # fmt: skip
    assert sorted(one["message"]["text"] for one in said(TOLD)) == ["", "Demandez Bob Étienne.", "Prenez vos cabas."]
    with database.transaction() as tx:
        tx.execute(text("delete from group_messages where written_by = :odile"), {"odile": ODILE})
        tx.execute(text("delete from outbox where body like '%Demandez%'"))
    assert tables_with("Étienne") == []


def test_what_was_written_is_dropped_a_year_after_the_hand_over(call: Caller, published: SaleSheetPublished) -> None:
    place(call, BOB, published, 1)
    write(call, ODILE, published)
    do_what_is_due()
    later(days=369)
    with database.transaction() as tx:
        timers.schedule(tx, "forget_names", key="n", subject="n", due_at=clock.now(tx), version=1)
    assert timers.do_next({"forget_names": EFFECTS["forget_names"]})
    (kept,) = read(call, ODILE, published).messages
    assert (kept.subject, kept.text, kept.by_mail) == ("", "", 1)


def test_a_subject_is_one_line(published: SaleSheetPublished) -> None:
    about = {"distribution_id": published.distribution_id, "text": "x"}
    assert WriteToBuyers(subject=" Autre\r\nBcc: lieu ", **about).subject == "Autre Bcc: lieu"
    assert orjson.loads(WriteToBuyers(subject="x", **about).model_dump_json())["producer_id"] is None
