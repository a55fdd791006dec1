"""What the server says, and what a kill does: the same mail never twice but for one per kill."""

import threading
from collections import Counter
from datetime import timedelta
from email.message import EmailMessage
from uuid import UUID, uuid4

import pytest
from aiosmtpd.controller import Controller
from sqlalchemy import text

from bus import database
from contracts.members import LetterAsked
from deploy.database import Postgres
from services.notifications import rules, store, writing
from services.notifications.mailer import ServerAway
from services.notifications.sending import LEASE
from tests.cast import ALICE, BOB
from tests.notifications.changes import kept
from tests.notifications.conftest import Instance, changed, placed, ready

BOBS = "bob@example.org"


def test_a_sender_killed_between_sending_and_marking_sends_the_same_id_again(
    halle: Instance,
) -> None:
    halle.know(BOB)
    halle.hear(placed())
    killed = halle.sender()
    (message,) = killed._claim()
    killed._mailer.send(killed._mailer.seal(writing.write(message, "https://halle.example")), lambda: None)
    assert halle.send() == []  # its lease has not run out
    halle.end_leases()
    halle.send()
    assert halle.letterbox.ids == [f"<{rules.order_mail_id(UUID(int=77), 1)}@test>"] * 2
    assert halle.send() == []


def test_no_mail_is_given_before_the_one_before_it_is_marked(halle: Instance) -> None:
    halle.know(BOB)
    for version in range(1, 31):
        halle.hear(changed(version))
    unmarked: list[int] = []
    taken = halle.letterbox.mails
    count = "select count(*) from messages where state = 'sent'"

    def look(mail: EmailMessage) -> None:
        with database.transaction() as tx:
            unmarked.append(len(taken) - tx.execute(text(count)).scalar_one())

    halle.letterbox.when_taken = look
    halle.send()
    assert unmarked == [0] * 30


def test_several_senders_never_send_the_same_message(halle: Instance) -> None:
    halle.know(BOB)
    for version in range(1, 201):
        halle.hear(changed(version))
    senders = [threading.Thread(target=halle.send) for _ in range(3)]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()
    assert len(halle.letterbox.ids) == len(set(halle.letterbox.ids)) == 200
    assert Counter(halle.rows("state")) == {("sent",): 200}


def test_a_mail_that_is_refused_for_now_is_tried_again_by_the_ladder(halle: Instance) -> None:
    halle.know(BOB)
    halle.hear(placed())
    halle.letterbox.to_recipient[BOBS] = ["451 greylisted", "450 still", "452 full"]
    elapsed = 0.0
    for pause in (1, 5, 30):
        assert halle.send() == []
        halle.pass_time(timedelta(seconds=elapsed + pause - 0.9))
        assert halle.send() == []
        elapsed += pause
        halle.pass_time(timedelta(seconds=elapsed))
    assert halle.rows("failures, state") == [(3, "due")]
    assert len(halle.send()) == 1
    assert halle.rows("state") == [("sent",)]


def test_a_mail_that_is_refused_for_good_has_failed_and_says_why(halle: Instance) -> None:
    halle.know(BOB)
    halle.hear(placed())
    halle.letterbox.to_recipient[BOBS] = [f"550 5.1.1 <{BOBS}> unknown"]
    assert halle.send() == []
    assert halle.rows("state, trouble, failures") == [("failed", "550 5.1.1 <…> unknown", 0)]
    halle.pass_time(timedelta(days=1))
    assert halle.send() == []


@pytest.mark.parametrize(("answer", "ends"), [("554 spam", "failed"), ("451 later", "due")])
def test_the_answer_to_the_content_counts_like_the_one_to_the_address(halle: Instance, answer: str, ends: str) -> None:
    halle.know(BOB)
    halle.hear(placed())
    halle.letterbox.to_data = [answer]
    assert halle.send() == []
    assert halle.rows("state, trouble") == [(ends, answer)]


def test_a_mail_is_given_up_after_three_days(halle: Instance) -> None:
    halle.know(BOB)
    halle.hear(placed())
    halle.pass_time(timedelta(days=3))
    halle.letterbox.to_recipient[BOBS] = ["451 later"]
    assert halle.send() == []
    assert halle.rows("state, trouble") == [("failed", "451 later")]


def test_a_refusal_of_one_does_not_hold_up_the_others(halle: Instance) -> None:
    halle.know(BOB)
    halle.know(ALICE)
    halle.hear(placed())
    halle.hear(placed(order_id=uuid4(), consumer_id=ALICE))
    halle.letterbox.to_recipient[BOBS] = ["421 closing"]
    assert [mail["To"].addresses[0].addr_spec for mail in halle.send()] == ["alice@example.org"]


def test_a_server_that_is_away_is_no_failure_of_any_mail(halle: Instance, smtp: Controller) -> None:
    halle.know(BOB)
    halle.hear(placed())
    smtp.stop()
    with pytest.raises(ServerAway):
        halle.send()
    assert halle.rows("state, failures, claimed_until") == [("due", 0, None)]
    again = Controller(halle.letterbox, hostname="127.0.0.1", port=smtp.port)
    again.start()
    assert len(halle.send()) == 1
    again.stop()


def test_a_message_with_a_bug_does_not_hold_up_the_others(halle: Instance) -> None:
    halle.know(BOB)
    halle.hear(placed())
    with database.transaction() as tx:
        tx.execute(text("update messages set content = '{}'"))
    halle.hear(changed(2))
    assert len(halle.send()) == 1
    assert halle.rows("state, failures, trouble") == [
        ("due", 1, "ValidationError"),
        ("sent", 0, None),
    ]


def test_a_sender_that_lost_its_lease_stops_and_lets_the_others_be(halle: Instance) -> None:
    halle.know(BOB)
    for version in (1, 2, 3):
        halle.hear(changed(version))
    stalled = halle.sender()
    halle.letterbox.when_taken = lambda mail: setattr(stalled, "_held_until", 0.0)
    stalled.send_batch()
    assert len(halle.letterbox.mails) == 1
    halle.letterbox.when_taken = lambda mail: None
    assert halle.send() == []  # nor may it let go of what may be another's by now
    halle.end_leases()
    assert len(halle.send()) == 2


def test_a_stopped_sender_finishes_the_mail_in_hand_and_frees_the_rest(halle: Instance) -> None:
    halle.know(BOB)
    for version in (1, 2, 3):
        halle.hear(changed(version))
    stopped = halle.sender()
    halle.letterbox.when_taken = lambda mail: setattr(stopped, "stopping", True)
    stopped.send_batch()
    halle.letterbox.when_taken = lambda mail: None
    assert len(halle.letterbox.mails) == 1
    assert len(halle.send()) == 2
    assert len(set(halle.letterbox.ids)) == 3


def test_a_held_lease_is_renewed_and_a_sent_one_is_not(halle: Instance) -> None:
    halle.know(BOB)
    halle.hear(placed())
    holder = halle.sender()
    (message,) = holder._claim()
    with database.transaction() as tx:
        store.hold(tx, [message.message_id], timedelta(seconds=-1))
    holder.renew()
    with database.transaction() as tx:
        assert store.claim(tx, 10, LEASE) == []


def test_a_letter_goes_before_mails_that_were_written_earlier(halle: Instance) -> None:
    halle.know(BOB)
    for version in (1, 2, 3):
        halle.hear(changed(version))
    halle.hear(kept(LetterAsked, kind="confirm_email", email="charlie@example.org"))
    sender = halle.sender()
    assert sender.send_batch(2)
    assert [mail["To"].addresses[0].addr_spec for mail in halle.letterbox.mails] == ["charlie@example.org"]
    assert len(halle.send()) == 3 and len(set(halle.letterbox.ids)) == 4


def test_no_transaction_is_open_while_smtp_is_spoken(halle: Instance, postgres: Postgres) -> None:
    seen: list[int] = []

    def look(mail: EmailMessage) -> None:
        with postgres.connect() as connection:
            row = connection.execute(
                "select count(*) from pg_stat_activity where xact_start is not null "
                "and application_name = 'halle-notifications'"
            ).fetchone()
        seen.append(row[0] if row else -1)

    halle.know(BOB)
    halle.know(ALICE)
    halle.found_farm(ALICE)
    halle.hear(placed())
    halle.hear(ready())
    halle.letterbox.when_taken = look
    halle.send()
    assert seen == [0, 0]


def test_an_address_the_server_cannot_write_is_a_refusal(halle: Instance) -> None:
    halle.know(BOB, email="bøb@example.org")
    halle.hear(placed())
    halle.hear(placed(order_id=uuid4(), consumer_id=ALICE))
    halle.know(ALICE)
    assert len(halle.send()) == 1
    assert set(halle.rows("state")) == {("failed",), ("sent",)}


def test_an_address_at_a_domain_with_accents_is_written_as_every_server_takes_it(halle: Instance) -> None:
    halle.know(BOB, email="bob@ferme-émile.fr")
    halle.hear(placed())
    (mail,) = halle.send()
    assert mail["To"].addresses[0].addr_spec == "bob@xn--ferme-mile-g7a.fr"


def test_what_a_message_tells_is_made_of_ids_that_stay() -> None:
    """A mail sent before an upgrade and its copy after it must have the same Message-ID."""
    one, two = UUID(int=1), UUID(int=2)
    assert rules.order_mail_id(one, 1) == UUID("0421dd84-dc93-546c-ab89-925b252a8081")
    assert rules.list_mail_id(one, two) == UUID("ff58cede-e87f-5329-854c-5cf1dfe32afb")
    assert rules.letter_mail_id(one) == UUID("1266054a-34c7-5404-ace9-077aa0f462df")
