"""Every event twice and out of order: what becomes of it is one mail to one person."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from functools import partial
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from bus import clock, database
from bus.timers import do_next
from contracts.expiring import Decision
from contracts.members import LetterAsked, PersonErased
from contracts.messages import Event
from contracts.presence import Coming
from services.notifications.service import Listeners
from tests.cast import ALICE, BOB, CHARLIE, MALIK, ODILE
from tests.notifications.changes import asked, dropped, repriced, withdrawn
from tests.notifications.conftest import (
    Instance,
    added_late,
    called_off,
    cancelled,
    changed,
    confirmed,
    dropped_out,
    expired,
    grant,
    missed,
    organises,
    placed,
    ready,
    recalled,
    sale_cancelled,
    shortened,
    still_open,
)

EARLIER = datetime.now(UTC) - timedelta(hours=2)
LETTER = LetterAsked(
    letter_id=UUID(int=80),
    kind="reset_password",
    email="bob@example.org",
    name="Bob",
    language="fr",
    secret="s3cret/+",
)


@pytest.mark.parametrize(
    "event",
    [placed(), changed(2), cancelled(3), shortened(4), called_off(5), repriced(6), asked(7), dropped(8)],
    ids=lambda e: e.type,
)
def test_an_order_event_that_comes_twice_is_one_mail(halle: Instance, event: Event) -> None:
    halle.know(BOB)
    factid = uuid4()
    halle.hear(event, factid=factid)
    halle.hear(event, factid=factid)
    halle.hear(event)
    assert len(halle.send()) == 1
    assert halle.send() == []


def test_versions_that_come_in_reverse_are_all_sent_once(halle: Instance) -> None:
    halle.know(BOB)
    for event in (repriced(4), shortened(3), changed(2), placed(), changed(2), shortened(3), repriced(4)):
        halle.hear(event)
    halle.send()
    assert len(halle.letterbox.ids) == len(set(halle.letterbox.ids)) == 4
    assert sorted(mail["X-Halle-About"] for mail in halle.letterbox.mails) == [
        f"order {UUID(int=77)} version {version}" for version in (1, 2, 3, 4)
    ]


def test_an_order_of_somebody_unknown_waits_for_the_address(halle: Instance) -> None:
    halle.hear(placed())
    assert halle.send() == []
    assert halle.rows() == [("order_placed", "waiting_for_address")]
    halle.know(BOB)
    assert [mail["To"] for mail in halle.send()] == ["Bob Étienne <bob@example.org>"]


def test_the_address_is_the_one_of_the_moment_of_sending(halle: Instance) -> None:
    halle.know(BOB)
    halle.hear(placed())
    halle.know(BOB, seq=2, email="bob@elsewhere.example", language="en")
    (mail,) = halle.send()
    assert mail["To"].addresses[0].addr_spec == "bob@elsewhere.example"
    assert mail["Subject"] == "Order QK7D is placed – Marché de Caromb"


def test_an_older_state_of_a_person_changes_nothing(halle: Instance) -> None:
    halle.know(BOB, seq=2, email="new@example.org")
    halle.know(BOB, seq=1, email="old@example.org")
    halle.know(BOB, seq=2, email="new@example.org")
    halle.hear(placed())
    assert [mail["To"].addresses[0].addr_spec for mail in halle.send()] == ["new@example.org"]


def test_who_takes_the_address_back_gets_nothing_until_there_is_one(halle: Instance) -> None:
    halle.know(BOB)
    halle.hear(placed())
    halle.know(BOB, seq=2, email=None)
    assert halle.send() == []
    halle.know(BOB, seq=3)
    assert len(halle.send()) == 1


def test_whoever_has_no_address_for_three_days_is_no_failure(halle: Instance) -> None:
    halle.know(BOB, email=None)
    halle.hear(placed())
    halle.pass_time(timedelta(days=3, minutes=1))
    tidy(halle)
    assert halle.rows("state, content") == [("unaddressed", None)]
    halle.know(BOB, seq=2)
    assert halle.send() == []


def test_address_and_order_heard_at_the_same_time_never_miss_each_other(halle: Instance) -> None:
    with ThreadPoolExecutor(2) as threads:
        for number in range(1000, 1040):
            person = UUID(int=number)
            mail = placed(order_id=person, consumer_id=person)
            both = [threads.submit(halle.hear, mail), threads.submit(halle.know, person)]
            for one in both:
                one.result()
    assert set(halle.rows("state")) == {("due",)}


def test_an_erased_person_leaves_no_name_no_address_and_no_unsent_mail(halle: Instance) -> None:
    halle.know(BOB)
    halle.hear(placed())
    halle.send()
    halle.hear(changed(2))
    erased = PersonErased(person_id=BOB)
    halle.hear(erased, seq=9)
    halle.hear(erased, seq=9)
    assert halle.rows("kind, state, content") == [("order_placed", "sent", None)]
    with database.transaction() as tx:
        kept = tx.execute(text("select name, email from people")).all()
    assert kept == [("", None)]


def test_what_is_heard_after_an_erasure_is_not_sent(halle: Instance) -> None:
    halle.hear(placed())
    halle.hear(PersonErased(person_id=BOB), seq=9)
    halle.know(BOB, seq=8)
    halle.hear(cancelled(2))
    assert halle.rows() == []
    assert halle.send() == []


def test_a_list_goes_once_to_everybody_who_sells_for_the_farm(halle: Instance) -> None:
    for person in (ALICE, MALIK, CHARLIE):
        halle.know(person)
    halle.found_farm(ALICE)
    halle.hear(grant(MALIK))
    factid = uuid4()
    halle.hear(ready(), factid=factid)
    halle.hear(ready(), factid=factid)
    halle.hear(ready())
    assert addresses(halle) == {"alice@example.org", f"{MALIK}@example.org"}
    assert len(halle.letterbox.mails) == 2


def test_a_drop_out_is_told_once_to_the_organisers_and_to_the_farm(halle: Instance) -> None:
    for person in (ALICE, ODILE, CHARLIE):
        halle.know(person)
    halle.hear(organises(ODILE))
    halle.found_farm(ALICE)
    for _ in range(2):
        halle.hear(dropped_out())
    mails = halle.send()
    assert addresses(halle) == {"alice@example.org", f"{ODILE}@example.org"}
    assert "812,40" in body(mails[0]) and "/distributions/" in body(mails[0])
    halle.hear(dropped_out())
    assert halle.send() == []


def test_a_cancelled_sale_is_told_once_to_organisers_and_farms(halle: Instance) -> None:
    for person in (ALICE, ODILE, CHARLIE):
        halle.know(person)
    halle.hear(organises(ODILE))
    halle.found_farm(ALICE)
    for _ in range(2):
        halle.hear(sale_cancelled())
    assert addresses(halle) == {"alice@example.org", f"{ODILE}@example.org"}
    assert len(halle.letterbox.mails) == 2 and "Trop de neige" in body(halle.letterbox.mails[0])


def test_each_reminder_of_open_books_is_told_once_to_organisers(halle: Instance) -> None:
    for person in (ALICE, ODILE):
        halle.know(person)
    halle.hear(organises(ODILE))
    for event in (still_open(3), still_open(1), still_open(3)):
        halle.hear(event)
    mails = halle.send()
    assert addresses(halle) == {f"{ODILE}@example.org"} and len(mails) == 2
    text = body(mails[0]).replace("\xa0", " ")
    assert "novembre 2026 : 3." in text and f"/distributions/{UUID(int=78)}/books" in text


def test_a_farm_is_asked_once_and_each_of_its_answers_told_once(halle: Instance) -> None:
    halle.know(ALICE)
    halle.know(ODILE)
    halle.found_farm(ALICE)
    halle.hear(organises(ODILE))
    for event in (confirmed(2, Coming.IN_PERSON), missed(), confirmed(1), missed(), confirmed(1)):
        halle.hear(event)
    mails = halle.send()
    to_alice = [body(mail).replace("\xa0", " ") for mail in mails if "alice" in mail["To"]]
    assert len(to_alice) == 1 and "64,30 €" in to_alice[0] and "80,00 €" in to_alice[0]
    to_odile = [body(mail) for mail in mails if "alice" not in mail["To"]]
    assert len(to_odile) == 2 and sum("Jean Bleu" in text for text in to_odile) == 1


def test_expired_marks_and_each_decision_are_told_once_to_organisers_and_the_farm(halle: Instance) -> None:
    for person in (ALICE, ODILE, CHARLIE):
        halle.know(person)
    halle.hear(organises(ODILE))
    halle.found_farm(ALICE)
    for event in (expired(2, decision=Decision.KEPT), expired(), expired(), expired(2, decision=Decision.KEPT)):
        halle.hear(event)
    assert addresses(halle) == {"alice@example.org", f"{ODILE}@example.org"}
    assert len(halle.letterbox.mails) == 4


def test_a_withdrawal_is_told_once_per_decision_to_organisers_and_the_farm(halle: Instance) -> None:
    for person in (ALICE, ODILE, CHARLIE):
        halle.know(person)
    halle.hear(organises(ODILE))
    halle.found_farm(ALICE)
    kept = withdrawn(decision=Decision.KEPT)
    for event in (withdrawn().model_copy(update={"version": 2}), kept, kept):
        halle.hear(event)
    assert addresses(halle) == {"alice@example.org", f"{ODILE}@example.org"}
    assert len(halle.letterbox.mails) == 4


def test_what_is_added_late_is_told_once_to_the_farm_and_not_to_who_entered_it(halle: Instance) -> None:
    for person in (ALICE, MALIK, ODILE):
        halle.know(person)
    halle.hear(organises(ODILE))
    halle.found_farm(ALICE)
    halle.hear(grant(MALIK))
    for _ in range(2):
        halle.hear(added_late(by=MALIK))
    assert addresses(halle) == {"alice@example.org"} and len(halle.letterbox.mails) == 1


def test_a_recall_goes_once_to_who_has_the_goods_and_waits_for_an_address(halle: Instance) -> None:
    halle.know(BOB, email=None)
    for _ in range(2):
        halle.hear(recalled(BOB))
    assert addresses(halle) == set()
    halle.know(BOB, seq=2)
    assert addresses(halle) == {"bob@example.org"} and len(halle.letterbox.mails) == 1


def test_a_list_waits_for_a_farm_that_is_heard_of_later(halle: Instance) -> None:
    halle.hear(ready())
    assert halle.rows() == []
    halle.found_farm(ALICE)
    halle.found_farm(ALICE)
    halle.know(ALICE)
    assert addresses(halle) == {"alice@example.org"}
    assert len(halle.letterbox.mails) == 1


def test_a_right_that_is_heard_late_brings_the_list_that_it_was_true_for(halle: Instance) -> None:
    halle.know(MALIK)
    halle.hear(ready())
    halle.hear(grant(MALIK), at=EARLIER)
    halle.hear(grant(MALIK), at=EARLIER)
    assert addresses(halle) == {f"{MALIK}@example.org"}
    assert len(halle.letterbox.mails) == 1


def test_a_right_that_began_after_the_list_does_not_bring_it(halle: Instance) -> None:
    halle.know(CHARLIE)
    halle.hear(ready())
    halle.hear(grant(CHARLIE), at=datetime.now(UTC) + timedelta(seconds=1))
    assert addresses(halle) == set()


def test_who_leaves_the_farm_gets_no_list_that_was_still_to_be_sent(halle: Instance) -> None:
    halle.know(MALIK)
    halle.hear(grant(MALIK), seq=1)
    halle.hear(ready())
    halle.hear(grant(MALIK, holds=False), seq=2)
    halle.hear(grant(MALIK), seq=1, at=EARLIER)
    assert addresses(halle) == set()


def test_a_founder_whose_right_ended_gets_no_list(halle: Instance) -> None:
    halle.know(ALICE)
    halle.hear(grant(ALICE, holds=False))
    halle.found_farm(ALICE)
    halle.hear(ready())
    assert addresses(halle) == set()


def test_a_letter_is_sent_once_and_its_secret_forgotten(halle: Instance) -> None:
    factid = uuid4()
    halle.hear(LETTER, factid=factid)
    halle.hear(LETTER, factid=factid)
    halle.hear(LETTER)
    (mail,) = halle.send()
    assert "https://halle.example/reset-password?secret=s3cret%2F%2B" in body(mail)
    assert halle.rows("state, content, to_address, to_name") == [("sent", None, None, None)]


def test_the_secret_of_a_letter_that_was_refused_is_forgotten_too(halle: Instance) -> None:
    halle.letterbox.to_recipient["bob@example.org"] = ["550 no such user"]
    halle.hear(LETTER)
    halle.send()
    assert halle.rows("state, content, to_address") == [("failed", None, None)]


def test_a_letter_needs_no_account_and_greets_nobody_with_a_link(halle: Instance) -> None:
    halle.hear(LETTER.model_copy(update={"kind": "confirm_email", "name": "Win! http://x.example"}))
    (mail,) = halle.send()
    assert "http://x.example" not in body(mail)
    assert body(mail).startswith("Bonjour,")


def test_a_letter_of_an_unknown_kind_is_not_sent(halle: Instance) -> None:
    with pytest.raises(ValueError, match="order_placed is not a letter"):
        halle.hear(LETTER.model_copy(update={"kind": "order_placed"}))
    assert halle.rows() == []


def test_after_thirty_days_the_content_of_a_mail_is_dropped(halle: Instance) -> None:
    halle.know(BOB)
    halle.hear(placed())
    halle.send()
    halle.pass_time(timedelta(days=29))
    tidy(halle)
    assert halle.rows("content is null") == [(False,)]
    halle.pass_time(timedelta(days=30, minutes=1))
    tidy(halle)
    assert halle.rows("state, content is null") == [("sent", True)]
    halle.hear(placed())
    assert halle.send() == []


def test_lists_are_not_kept_for_latecomers_for_ever(halle: Instance) -> None:
    halle.hear(ready())
    halle.pass_time(timedelta(days=4))
    tidy(halle)
    with database.transaction() as tx:
        assert tx.execute(text("select count(*) from preparation_lists")).scalar() == 0


def test_tidying_wants_itself_again_in_an_hour(halle: Instance) -> None:
    with database.transaction() as tx:
        tx.execute(text("update timers set due_at = halle_now(), retry_at = halle_now()"))
    assert do_next({"tidy": partial(vars(Listeners.tidy)["handler"], Listeners())})
    with database.transaction() as tx:
        (timer,) = tx.execute(text("select due_at, done_at from timers")).all()
        wait = timer.due_at - clock.now(tx)
    assert timer.done_at is None
    assert timedelta(minutes=59) < wait <= timedelta(hours=1)


def tidy(halle: Instance) -> None:
    """What the timer does."""
    from services.notifications.actions import people

    with database.transaction() as tx:
        people.tidy(tx, clock.now(tx))


def addresses(halle: Instance) -> set[str]:
    halle.send()
    return {mail["To"].addresses[0].addr_spec for mail in halle.letterbox.mails}


def body(mail: object) -> str:
    return str(mail.get_body(("plain",)).get_content())  # type: ignore[attr-defined]


def test_an_erased_consumer_goes_from_a_list_that_is_still_to_be_sent(halle: Instance) -> None:
    halle.know(BOB)
    halle.hear(ready())
    halle.found_farm(ALICE)
    assert "Bob Étienne" in str(halle.rows("content"))
    halle.hear(PersonErased(person_id=BOB), seq=9)
    (content,) = halle.rows("content")
    assert "Bob Étienne" not in str(content) and "quantities" in str(content)
