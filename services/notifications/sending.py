"""The loop that sends what is due: claim a batch, and for each mail write, send, mark.

1. A claim is a lease, in a transaction of its own; no transaction is open while SMTP is spoken.
2. A mail is marked right after the server took it, before the next one: a kill between the two sends
   that one mail again, with the same Message-ID, and the rest of the batch once its lease is over.
   (While one is on its way the next is written, and its address asked about, but it is not given.)
3. In a rush of orders a few are sent at a time, with a pause after them.
4. The lease is renewed by `hold` for as long as this process lives; one that lost it stops at once.
"""

import time
import traceback
from datetime import timedelta
from itertools import zip_longest
from uuid import UUID

import eventlet
from eventlet.greenthread import GreenThread
from prometheus_client import Counter, Gauge

from bus import clock, database, log
from bus.hearing import when_database_is_up
from contracts.errors import Unavailable
from services.notifications import rules, store, writing
from services.notifications.mailer import Mailer, PutOff, Refused, Sealed, ServerAway
from services.notifications.rules import State
from services.notifications.rush import Rush
from services.notifications.store import Claimed

BATCH = 50
RUSH_BATCH = 5
RUSH_PAUSE = 9
"""How many times as long as it takes to send a few mails nothing is sent after them, in a rush."""
LEASE = timedelta(seconds=15)
RENEWED_EVERY = 5.0
LOOK = 0.2
"""Seconds between two looks at what is due."""
AWAY = 30.0
"""Most seconds between two looks for an SMTP server that is away."""

UNSENT = Gauge("halle_mail_messages", "Messages by state, the sent ones left out", ["state"])
SENT = Counter("halle_mail_sent_total", "Mails that the SMTP server took")
TRIES_FAILED = Counter("halle_mail_tries_failed_total", "Tries after which a mail was put off")
FAILED = Counter("halle_mail_failed_total", "Mails given up")
SERVER_AWAY = Gauge("halle_mail_server_away", "1 while the SMTP server cannot be reached")


class Sending:
    """One loop of one process; several may run, here or elsewhere."""

    def __init__(self, mailer: Mailer, public_url: str, rush: Rush | None = None) -> None:
        self.stopping = False
        self._rush = rush or Rush()
        self._mailer = mailer
        self._public_url = public_url.rstrip("/")
        self._in_hand: set[UUID] = set()
        self._held_until = 0.0

    def run(self) -> None:
        """Send until `stopping`; the mail in hand is finished."""
        pause = LOOK
        while not self.stopping:
            try:
                pause = self._send_some()
                SERVER_AWAY.set(0)
            except ServerAway as error:
                SERVER_AWAY.set(1)
                pause = min(max(1.0, pause * 2), AWAY)
                log.trouble("mail-server-away", error=str(error), next_look=pause)
            except Unavailable as error:
                log.line("database-away", error=error.message)
                pause = LOOK
            except Exception as bug:  # noqa: BLE001  (whoever else has mail must not wait for a repair)
                log.trouble("sending-failed", exc_info=bug)
                pause = AWAY
            self._wait(pause)
        self._mailer.close()

    def _send_some(self) -> float:
        """Send what may be sent now; the seconds to wait before more is."""
        began, rush = time.monotonic(), self._rush.is_on()
        if not self.send_batch(RUSH_BATCH if rush else BATCH):
            return LOOK
        return RUSH_PAUSE * (time.monotonic() - began) if rush else 0.0

    def send_batch(self, count: int = BATCH) -> bool:
        """Send up to `count` of what is due; false when nothing is. Raises ServerAway."""
        claimed = self._claim(count)
        if not claimed:
            self._mailer.rest()
            return False
        try:
            self._mailer.connect()
            self._send_all(claimed)
        finally:
            self._let_go()
        return True

    def _send_all(self, claimed: list[Claimed]) -> None:
        """Send one after the other. While one is under way the next is written, and announced while it is marked."""
        ahead = eventlet.spawn(self._write, claimed[0])
        marking = eventlet.spawn(_nothing)
        try:
            for message, following in zip_longest(claimed, claimed[1:]):
                if self.stopping or not self._holds():
                    break
                written = ahead
                if following:
                    ahead = eventlet.spawn(self._write, following)
                if self._send(message, written, marking):
                    marking = eventlet.spawn(self._mark_sent, message)
        finally:
            ahead.cancel()
            marking.wait()

    def _write(self, message: Claimed) -> Sealed:
        return self._mailer.seal(writing.write(message, self._public_url))

    def hold(self) -> None:
        """Beside `run`: renew the lease of what is in hand, and count what is unsent."""
        while not self.stopping:
            try:
                self.renew()
                with database.transaction() as tx:
                    counted = store.count_unsent(tx)
                for state in set(State) - {State.SENT}:
                    UNSENT.labels(state).set(counted.get(state, 0))
            except Unavailable as error:
                log.line("database-away", error=error.message)
            self._wait(RENEWED_EVERY)

    def renew(self) -> None:
        """Hold what is in hand for another lease; what was let slip is not ours to renew."""
        if self._in_hand and self._holds():
            until = time.monotonic() + LEASE.total_seconds()
            with database.transaction() as tx:
                store.hold(tx, self._in_hand, LEASE)
            self._held_until = until

    def _claim(self, count: int = BATCH) -> list[Claimed]:
        until = time.monotonic() + LEASE.total_seconds()
        with database.transaction() as tx:
            claimed = store.claim(tx, count, LEASE)
        self._in_hand = {message.message_id for message in claimed}
        self._held_until = until
        return claimed

    def _holds(self) -> bool:
        return time.monotonic() < self._held_until

    def _send(self, message: Claimed, written: GreenThread, marking: GreenThread) -> bool:
        """Send one mail, given to the server once the one before is marked; false for what was not taken."""
        try:
            self._mailer.send(written.wait(), marking.wait)
            return True
        except Refused as refusal:
            self._fail(message, str(refusal))
        except PutOff as trouble:
            self._put_off(message, str(trouble))
        except ServerAway:
            raise
        except Exception as error:  # noqa: BLE001  (one mail with a bug must not stop the others)
            marking.wait()  # a mail that could not be marked is no fault of this one's
            # Where, but not the error's own words: they may quote a name, an address or a secret.
            where = traceback.format_tb(error.__traceback__)
            log.trouble("mail-not-written", message_id=message.message_id, where=where)
            self._put_off(message, type(error).__name__)
        return False

    def _mark_sent(self, message: Claimed) -> None:
        self._settle(message, State.SENT, None)
        SENT.inc()
        log.line("mail-sent", kind=message.kind, message_id=message.message_id)

    def _put_off(self, message: Claimed, trouble: str) -> None:
        with database.transaction() as tx:
            age = clock.now(tx) - message.written_at
        if rules.is_given_up(age):
            self._fail(message, trouble)
            return
        pause = rules.pause(message.failures + 1)
        with database.transaction() as tx:
            store.put_off(tx, message.message_id, pause, trouble)
        self._in_hand.discard(message.message_id)
        TRIES_FAILED.inc()
        log.line(
            "mail-put-off",
            message_id=message.message_id,
            trouble=trouble,
            again_in=pause.total_seconds(),
        )

    def _fail(self, message: Claimed, trouble: str) -> None:
        self._settle(message, State.FAILED, trouble)
        FAILED.inc()
        log.trouble("mail-failed", kind=message.kind, message_id=message.message_id, trouble=trouble)

    def _settle(self, message: Claimed, to: State, trouble: str | None) -> None:
        """Mark before anything else is sent, however long the database is away."""

        def mark() -> None:
            with database.statement() as tx:
                kept = rules.is_kept(message.kind)
                store.settle(tx, message.message_id, to, trouble, keeps_content=kept)

        when_database_is_up(mark)
        self._in_hand.discard(message.message_id)

    def _let_go(self) -> None:
        """What was claimed and not tried is anybody's again."""
        left, self._in_hand = self._in_hand, set()
        if left and self._holds():
            with database.transaction() as tx:
                store.hold(tx, left, None)

    def _wait(self, seconds: float) -> None:
        """Wait, but not beyond a stop."""
        until = time.monotonic() + seconds
        while not self.stopping and time.monotonic() < until:
            time.sleep(min(LOOK, max(0.0, until - time.monotonic())))


def _nothing() -> None:
    """The mail before the first one."""
