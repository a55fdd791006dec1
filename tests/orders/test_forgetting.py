"""An account ends: what is open is taken back, what farms have prepared stands without a name."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import text

from bus import database
from bus.doors import Call
from contracts.members import PersonErased
from contracts.orders import Order, OrderState, PlaceOrder, Wish
from services.orders.actions import knowing, placing
from tests.cast import BAKERY, BOB, CHARLIE, line, sheet
from tests.orders.test_day import known, read
from tests.orders.test_placing import left, opened, place, said
from tests.orders.test_windows import do_what_is_due, later, preparation_lists

Caller = Callable[..., Call]
NAME = "Bob Étienne"


def erase(seq: int = 9) -> None:
    heard: Any = type("Heard", (), {"seq": seq})
    with database.transaction() as tx:
        knowing.forget_person(tx, PersonErased(person_id=BOB), heard)


def tables_with(words: str) -> list[str]:
    """The tables in which something stands that matches."""
    with database.transaction() as tx:
        names = tx.execute(text("select tablename from pg_tables where schemaname = 'public'")).scalars().all()
        question = 'select 1 from "{}" t where t::text ~ :words limit 1'
        return [name for name in names if tx.execute(text(question.format(name)), {"words": words}).first()]


def test_what_is_open_goes_back_on_sale_and_what_is_closed_stands_under_its_number(call: Caller) -> None:
    soon = datetime.now(UTC) + timedelta(hours=1)
    published = opened(sheet(line("Bread", producer_id=BAKERY, closes_at=soon), line("Leeks")))
    known(BOB, NAME, email=None, phone="+33490620002")
    known(CHARLIE, NAME, email=None, phone=None)
    mixed, charlies = place(call, BOB, published, 3, 4), place(call, CHARLIE, published, 1)
    later(hours=2)
    do_what_is_due()
    aunt = PlaceOrder(
        distribution_id=published.distribution_id,
        recipient="Tante Jeanne",
        lines=[Wish(offer_id=published.lines[1].offer_id, quantity=2)],
    )
    hers = placing.place(aunt, call(BOB, aunt))
    assert isinstance(hers, bytes)
    erase()
    erase()
    do_what_is_due()
    assert left(published) == [6, 10], "the leeks are back, the bread is baked"
    assert [one.quantity for one in read(mixed).lines] == [3] and read(mixed).state is OrderState.PLACED
    gone = read(Order.model_validate_json(hers))
    assert (gone.state, gone.recipient) == (OrderState.CANCELLED, gone.code)
    (listed,) = preparation_lists().values()
    assert {one.code: one.name for one in listed.orders} == {mixed.code: "", charlies.code: NAME}, "namesakes stay"
    known(BOB, NAME, email=None, phone=None, seq=8)
    with database.transaction() as tx:
        tx.execute(text("delete from people where person_id = :charlie"), {"charlie": CHARLIE})
        tx.execute(text("update preparation_lists set body = '{}'"))
        tx.execute(text("delete from outbox where type = 'orders.preparation_list_ready.v1'"))
    assert tables_with("Étienne|Jeanne") == []
    assert len(said("orders.order_cancelled.v1")) == 1


def test_whoever_is_called_like_a_word_of_ours_spoils_no_kept_answer(call: Caller) -> None:
    published = opened(sheet(line()))
    known(BOB, "placed", email=None, phone="piece")
    charlies = place(call, CHARLIE, published, 1, key="charlies-key")
    erase()
    assert place(call, CHARLIE, published, 1, key="charlies-key") == charlies
