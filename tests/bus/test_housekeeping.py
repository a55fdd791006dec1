"""What is forgotten in time, and in which order: what may be said again must be known again."""

from uuid import uuid4

from sqlalchemy import text

from bus import clock, database, outbox
from bus.housekeeping import Housekeeping
from bus.timers import Timer
from contracts.members import GrantChanged, Right
from tests.cast import ALICE, FARM


def say(said: str, sent: str | None) -> None:
    """Say something that many days ago, and send it, last, so many days ago."""
    event = GrantChanged(grant_id=uuid4(), person_id=ALICE, right=Right.SELL, object_id=FARM, holds=True)
    ages = text("""
        update outbox
        set said_at = halle_now() - cast(:said as interval), sent_at = halle_now() - cast(:sent as interval)
        where subject = :subject
    """)
    with database.transaction() as tx:
        outbox.say(tx, event, seq=1)
        tx.execute(ages, {"said": said, "sent": sent, "subject": event.subject})
        heard = "insert into inbox select factid, 'know_grant', said_at from outbox where subject = :subject"
        tx.execute(text(heard), {"subject": event.subject})


def prune() -> None:
    with database.transaction() as tx:
        Housekeeping().prune(tx, Timer("prune:0", "prune", "housekeeping", 1, clock.now(tx), 0))


def test_whatever_may_be_said_again_is_known_again_however_often_it_was_said(kernel: None) -> None:
    say("61 days", sent="2 days")  # the broker was emptied a month ago, and again the day before yesterday
    say("10 days", sent="10 days")
    say("61 days", sent=None)
    prune()
    with database.transaction() as tx:
        unknown = "select count(*) from outbox where sent_at is not null and factid not in (select factid from inbox)"
        assert tx.execute(text(unknown)).scalar_one() == 0
        assert tx.execute(text("select count(*) from outbox")).scalar_one() == 2
