"""Notifications' database, emptied before each test, an SMTP server of ours, and a way to tell events."""

import email
from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.policy import default
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import UUID, uuid4

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from sqlalchemy import text

from bus import clock, database, envelope, hearing, migrations
from contracts.books import BooksStillOpen
from contracts.cancelling import OrderCalledOff, SaleCancelled
from contracts.day import OrderShortened, ProducerDroppedOut, ShortReason
from contracts.expiring import ExpiredMarks, MarksExpired
from contracts.late import LateLinesAdded
from contracts.lists import ListOrder, ListTotal, PreparationList, PreparationListReady
from contracts.lots import LotRecalled
from contracts.members import GrantChanged, PersonChanged, Right
from contracts.messages import Event
from contracts.money import Unit
from contracts.orders import Order, OrderCancelled, OrderChanged, OrderLine, OrderPlaced, OrderState
from contracts.presence import Coming, PresenceConfirmed, ThresholdMissed
from contracts.producers import ProducerChanged
from deploy.database import Postgres
from deploy.ports import free_port
from services.notifications.mailer import Mailer, Sender
from services.notifications.sending import Sending
from services.notifications.service import Listeners
from tests.cast import ALICE, BOB, FARM, MARKET
from tests.emptying import empty

EXAMPLES = Path(__file__).resolve().parents[2] / "contracts" / "examples"
NAMES = {
    ALICE: ("Alice Roux", "alice@example.org"),
    BOB: ("Bob Étienne", "bob@example.org"),
}


class Letterbox:
    """An SMTP server that keeps what it takes and answers as it was told."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.to_recipient: dict[str, list[str]] = defaultdict(list)
        """Answers to RCPT TO, by address; when they are used up, everything is taken."""
        self.to_data: list[str] = []
        self.when_taken: Callable[[EmailMessage], None] = lambda mail: None

    async def handle_RCPT(  # noqa: N802  (aiosmtpd's name)
        self, server: SMTP, session: Session, mail: Envelope, address: str, options: list[str]
    ) -> str:
        if self.to_recipient[address]:
            return self.to_recipient[address].pop(0)
        mail.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802  (aiosmtpd's name)
        self, server: SMTP, session: Session, mail: Envelope
    ) -> str:
        if self.to_data:
            return self.to_data.pop(0)
        content = mail.original_content
        taken = email.message_from_bytes(content or b"", policy=default)
        assert isinstance(taken, EmailMessage)
        self.when_taken(taken)
        self.mails.append(taken)
        return "250 taken"

    @property
    def ids(self) -> list[str]:
        return [mail["Message-ID"] for mail in self.mails]

    @property
    def subjects(self) -> list[str]:
        return [mail["Subject"] for mail in self.mails]


class Instance:
    """One service of notifications, without its container."""

    def __init__(self, letterbox: Letterbox, smtp_url: str) -> None:
        self.letterbox = letterbox
        self.smtp_url = smtp_url

    def hear(self, event: Event, seq: int = 1, factid: UUID | None = None, at: datetime | None = None) -> None:
        """Deliver an event as the broker would; the same `factid` is the same fact again."""
        row = SimpleNamespace(
            message_id=uuid4(),
            factid=factid or uuid4(),
            type=event.type,
            subject=event.subject,
            seq=seq,
            body=event.model_dump_json(),
            traceparent="",
            said_at=at or datetime.now(UTC),
        )
        queue = next(name for name in event.queues() if name.startswith("notifications."))
        handler = getattr(Listeners, queue.rsplit(".", 1)[1]).handler
        body = envelope.write("test", event.speaker(), row)
        hearing.take(queue, body, partial(handler, Listeners()))

    def know(self, person_id: UUID, seq: int = 1, **changes: Any) -> None:
        """Tell of a person."""
        name, address = NAMES.get(person_id, ("Somebody", f"{person_id}@example.org"))
        given = {"name": name, "email": address, "phone": None, "language": "fr"} | changes
        self.hear(PersonChanged(person_id=person_id, **given), seq)

    def found_farm(self, founder_id: UUID) -> None:
        """Tell of Alice's farm."""
        changed = ProducerChanged(producer_id=FARM, name="Ferme", founder_id=founder_id)
        self.hear(changed)

    def sender(self) -> Sending:
        """A process that sends."""
        sender = Sender.named("Halle <halle@example.org>", "test")
        return Sending(Mailer(self.smtp_url, sender), "https://halle.example/")

    def send(self) -> list[EmailMessage]:
        """Send all that is due; the mails that arrived meanwhile."""
        before = len(self.letterbox.mails)
        sending = self.sender()
        while sending.send_batch():
            pass
        sending._mailer.close()
        return self.letterbox.mails[before:]

    def rows(self, columns: str = "kind, state") -> list[tuple[Any, ...]]:
        """Messages, oldest first."""
        with database.transaction() as tx:
            found = tx.execute(text(f"select {columns} from messages order by written_at"))
            return [tuple(row) for row in found]

    def pass_time(self, elapsed: timedelta) -> None:
        """Let the database's clock be ahead by `elapsed`."""
        with database.transaction() as tx:
            clock.move(tx, elapsed)

    def end_leases(self) -> None:
        """As if every lease had run out."""
        with database.transaction() as tx:
            tx.execute(text("update messages set claimed_until = clock_timestamp()"))


@pytest.fixture(scope="session")
def notifications_url(postgres: Postgres) -> str:
    """The address of a migrated database."""
    postgres.create("test_notifications")
    url = postgres.url("test_notifications")
    migrations.migrate("notifications", url)
    return url


@pytest.fixture
def letterbox() -> Letterbox:
    return Letterbox()


@pytest.fixture
def smtp(letterbox: Letterbox) -> Iterator[Controller]:
    """The server in front of the letterbox."""
    server = Controller(letterbox, hostname="127.0.0.1", port=free_port())
    server.start()
    yield server
    if server.server is not None:
        server.stop(no_assert=True)


@pytest.fixture
def halle(
    notifications_url: str,
    letterbox: Letterbox,
    smtp: Controller,
    pool: None,
    monkeypatch: pytest.MonkeyPatch,
) -> Instance:
    """An empty instance with a mail server."""
    monkeypatch.setenv("HALLE_INSTANCE", "test")
    monkeypatch.setenv("HALLE_MOVABLE_CLOCK", "1")
    monkeypatch.setenv("HALLE_DATABASE_URL_NOTIFICATIONS", notifications_url)
    database.serve("notifications")
    with database.transaction() as tx:
        empty(tx, "timers")
    return Instance(letterbox, f"smtp://127.0.0.1:{smtp.port}")


def order(version: int = 1, **changes: Any) -> Order:
    """Bob's order of eggs and carrots."""
    eggs = OrderLine(
        offer_id=UUID(int=1),
        producer_id=FARM,
        producer_name="Ferme des Alpilles",
        name="Œufs",
        unit=Unit.PIECE,
        quantity=12,
        price_cents=40,
        amount_cents=480,
        vat_basis_points=550,
    )
    carrots = {"offer_id": UUID(int=2), "name": "Carottes", "unit": Unit.KILOGRAM}
    carrots |= {"quantity": 1500, "price_cents": 513, "amount_cents": 770}
    given: dict[str, Any] = {
        "order_id": UUID(int=77),
        "distribution_id": UUID(int=78),
        "market_id": MARKET,
        "market_name": "Marché de Caromb",
        "consumer_id": BOB,
        "code": "QK7D",
        "version": version,
        "state": OrderState.PLACED,
        "lines": [eggs, eggs.model_copy(update=carrots)],
        "total_cents": 1250,
    }
    return Order.model_validate(given | changes)


def placed(**changes: Any) -> OrderPlaced:
    return OrderPlaced(order_id=UUID(int=77), order=order(**changes))


def changed(version: int) -> OrderChanged:
    return OrderChanged(order_id=UUID(int=77), order=order(version))


def cancelled(version: int) -> OrderCancelled:
    return OrderCancelled(order_id=UUID(int=77), order=order(version, state=OrderState.CANCELLED))


def shortened(version: int = 2, **changes: Any) -> OrderShortened:
    """Alice's carrots do not come to Bob; `changes` are of the order."""
    eggs, carrots = order().lines
    gone = carrots.model_copy(update={"quantity": 0, "short": 1500, "amount_cents": 0})
    after = order(version, **{"number": 12, "lines": [eggs, gone], "total_cents": 480} | changes)
    return OrderShortened(
        order_id=after.order_id,
        order=after,
        because=ShortReason.DROP_OUT,
        producer_name="Ferme des Alpilles",
        note="Le tracteur est en panne.",
    )


def dropped_out() -> ProducerDroppedOut:
    return ProducerDroppedOut(
        drop_out_id=UUID(int=80),
        distribution_id=UUID(int=78),
        market_id=MARKET,
        market_name="Marché de Caromb",
        venue_name="Halle",
        time_zone="Europe/Paris",
        starts_at=datetime(2026, 11, 24, 16, 30, tzinfo=UTC),
        producer_id=FARM,
        producer_name="Ferme des Alpilles",
        reason="Le tracteur est en panne.",
        shortened=41,
        cancelled=5,
        amount_cents=81_240,
        currency="EUR",
        by_telephone=7,
    )


_CANCELLED: dict[str, Any] = {
    "venue_name": "Halle", "time_zone": "Europe/Paris", "starts_at": datetime(2026, 11, 24, 16, 30, tzinfo=UTC),
    "reason": "Trop de neige.",
}  # fmt: skip


def called_off(version: int) -> OrderCalledOff:
    gone = order(version, state=OrderState.CANCELLED)
    return OrderCalledOff(order_id=gone.order_id, order=gone, **_CANCELLED)


def sale_cancelled() -> SaleCancelled:
    """The sale of Bob's order, to which Alice would have come."""
    figures = {"orders": 46, "amount_cents": 81_240, "currency": "EUR", "by_telephone": 7}
    about = {"distribution_id": UUID(int=78), "market_id": MARKET, "market_name": "Marché de Caromb"}
    return SaleCancelled(**about, **figures, producers=[FARM], **_CANCELLED)


def still_open(days: int = 1) -> BooksStillOpen:
    """The books of the sale of Bob's order, of which three orders wait."""
    about = {"distribution_id": UUID(int=78), "market_id": MARKET, "market_name": "Marché de Caromb"}
    when = {"time_zone": "Europe/Paris", "starts_at": datetime(2026, 11, 24, 16, 30, tzinfo=UTC)}
    return BooksStillOpen(
        reminder_id=UUID(int=90 + days), **about, **when, venue_name="Halle", days=days, open_orders=3
    )


_FARM_THAT_DAY: dict[str, Any] = {
    "presence_id": UUID(int=81), "distribution_id": UUID(int=78), "market_name": "Marché de Caromb",
    "time_zone": "Europe/Paris", "starts_at": datetime(2026, 11, 24, 16, 30, tzinfo=UTC),
    "producer_id": FARM, "producer_name": "Ferme des Alpilles",
}  # fmt: skip


def missed() -> ThresholdMissed:
    amounts = {"threshold_cents": 8000, "ordered_cents": 6430, "people": 9, "currency": "EUR"}
    return ThresholdMissed(**_FARM_THAT_DAY, venue_name="Halle", **amounts)


def confirmed(version: int, coming: Coming = Coming.CARRIED) -> PresenceConfirmed:
    carrier = "Jean Bleu" if coming is Coming.CARRIED else ""
    return PresenceConfirmed(**_FARM_THAT_DAY, market_id=MARKET, version=version, coming=coming, carrier=carrier)


def expired(version: int = 1, **changes: Any) -> MarksExpired:
    """The AB of Alice's carrots ended while 14 people had ordered some."""
    figures = {"orders": 14, "emptied": 2, "amount_cents": 8_640, "currency": "EUR", "by_telephone": 3}
    about = {name: _FARM_THAT_DAY[name] for name in ("distribution_id", "producer_id", "producer_name")}
    what = {"expiry_id": UUID(int=83), "marks": ["ab"], "offers": [], "names": ["Carottes", "Fenouil"]}
    ended = {"expired_at": datetime(2026, 11, 20, 23, tzinfo=UTC), "required": True}
    sale = {name: _FARM_THAT_DAY[name] for name in ("market_name", "time_zone", "starts_at")}
    marks = ExpiredMarks.model_validate(about | figures | what | ended | changes)
    return MarksExpired(expiry_id=marks.expiry_id, version=version, market_id=MARKET, expired=marks, **sale)


def added_late(by: UUID) -> LateLinesAdded:
    """The kept example, of Alice's farm: a kilogram and a half of carrots more for order 17, with Jeanne's yes."""
    kept = LateLinesAdded.model_validate_json((EXAMPLES / "orders.late_lines_added.v1.json").read_bytes())
    return kept.model_copy(update={"producer_id": FARM, "by_person": by})


def recalled(person_id: UUID) -> LotRecalled:
    """The kept example: a tomme that somebody has at home."""
    kept = LotRecalled.model_validate_json((EXAMPLES / "orders.lot_recalled.v1.json").read_bytes())
    return kept.model_copy(update={"person_id": person_id})


def prepared(**changes: Any) -> PreparationList:
    """What Alice brings: eggs and carrots, and cheese that is kept cold."""
    given: dict[str, Any] = {
        "distribution_id": UUID(int=78),
        "producer_id": FARM,
        "producer_name": "Ferme des Alpilles",
        "market_name": "Marché de Caromb",
        "venue_name": "Halle",
        "venue_address": "Place du Cabaret, Caromb",
        "time_zone": "Europe/Paris",
        "starts_at": datetime(2026, 11, 24, 16, 30, tzinfo=UTC),
        "totals": [
            _total(1, "Tomme", Unit.KILOGRAM, "chilled", 750, 1800),
            _total(2, "Œufs", Unit.PIECE, "ambient", 18, 720),
            _total(3, "Carottes", Unit.KILOGRAM, "ambient", 3500, 1796),
        ],
        "orders": [
            ListOrder(number=1, code="QK7D", name="Bob Étienne", quantities=[250, 12, 1500]),
            ListOrder(number=2, code="ZZ3A", name="=Charlie", quantities=[500, 6, 2000]),
        ],
        "amount_cents": 4316,
    }
    return PreparationList.model_validate(given | changes)


def _total(number: int, name: str, unit: Unit, storage: str, quantity: int, cents: int) -> ListTotal:
    return ListTotal(
        offer_id=UUID(int=number),
        name=name,
        unit=unit,
        storage=storage,
        quantity=quantity,
        amount_cents=cents,
    )


LIST_ID = UUID(int=79)


def ready(**changes: Any) -> PreparationListReady:
    return PreparationListReady(list_id=LIST_ID, preparation_list=prepared(**changes))


def organises(person_id: UUID) -> GrantChanged:
    """That somebody runs the market."""
    wanted = {"right": Right.ORGANISE, "object_id": MARKET, "holds": True}
    return GrantChanged(grant_id=UUID(int=95), person_id=person_id, **wanted)


def grant(person_id: UUID, *, holds: bool = True, number: int = 90) -> GrantChanged:
    """That somebody may, or may no longer, sell for Alice's farm."""
    return GrantChanged(
        grant_id=UUID(int=number),
        person_id=person_id,
        right=Right.SELL,
        object_id=FARM,
        holds=holds,
    )
