"""What notifications hears and is asked, and the loop that sends what it wrote."""

from datetime import timedelta
from typing import Any

from nameko.containers import WorkerContext
from nameko.extensions import DependencyProvider
from sqlalchemy import Connection

from bus import clock, env, households, rights, trail
from bus.doors import Call, answer
from bus.envelope import Heard
from bus.hearing import hear
from bus.housekeeping import Housekeeping
from bus.timers import Timer, due, schedule
from contracts.agreements import AdmissionChanged, ApprovalChanged, TermsChanged
from contracts.audit import Deeds, ListNotificationsDeeds
from contracts.books import BooksStillOpen
from contracts.buyers import BuyerWrittenTo
from contracts.cancelling import OrderCalledOff, SaleCancelled
from contracts.catalog import MarketChanged
from contracts.consents import ConsentChanged, ConsentEnding
from contracts.day import OrderShortened, ProducerDroppedOut
from contracts.expiring import MarksExpired
from contracts.households import AdultChanged
from contracts.late import LateLinesAdded
from contracts.lists import PreparationListReady
from contracts.loans import LoanChanged
from contracts.lots import LotRecalled
from contracts.lowering import OrderRepriced
from contracts.members import (
    GrantChanged,
    LetterAsked,
    MembershipChanged,
    PersonChanged,
    PersonErased,
    RightGiven,
)
from contracts.notifications import (
    Choice,
    ChooseMessages,
    EndChoice,
    ListMarketWords,
    MarketWord,
    MyChoices,
    MyMessages,
    OwnMessages,
    Wanted,
    WriteMarketWord,
)
from contracts.orders import OrderCancelled, OrderChanged, OrderPlaced
from contracts.presence import PresenceConfirmed, ThresholdMissed
from contracts.producers import ProducerChanged
from contracts.raising import PriceConfirmationAsked, UnconfirmedLinesDropped
from contracts.reminding import HandoverNear
from contracts.replanning import PlanChanged
from contracts.shifting import FarmAskedAgain, LinesGivenUp, OrderShifted, SaleShifted
from contracts.windows import WindowClosing, WindowOpened
from contracts.withdrawing import OfferWithdrawn
from services.notifications.actions import agreements, choosing, orders, people, sales, words
from services.notifications.mailer import Mailer, Sender
from services.notifications.rules import Kind
from services.notifications.rush import Rush
from services.notifications.sending import Sending

AT_ONCE = 200
"""Most order events heard in one transaction."""
TIDIED_EVERY = timedelta(hours=1)


class Post(DependencyProvider):
    """Sends what is due, beside the handlers, for as long as the container runs."""

    def __init__(self) -> None:
        super().__init__()
        self._rush = Rush()
        self._sending: Sending | None = None
        self._threads: list[Any] = []

    def setup(self) -> None:
        """Read the configuration; what is missing stops the process here."""
        sender = Sender.named(env.text("HALLE_MAIL_FROM"), env.instance())
        mailer = Mailer(env.url("HALLE_SMTP_URL", "smtp"), sender)
        self._sending = Sending(mailer, env.url("HALLE_PUBLIC_URL", "https?"), self._rush)

    def start(self) -> None:
        """Begin to send."""
        if self._sending is None:
            raise RuntimeError("setup comes before start")
        self._threads = [
            self.container.spawn_managed_thread(self._sending.run, identifier="sending"),
            self.container.spawn_managed_thread(self._sending.hold, identifier="holding"),
        ]

    def stop(self) -> None:
        """Finish the mail in hand."""
        if self._sending is not None:
            self._sending.stopping = True
        for thread in self._threads:
            thread.wait()

    def get_dependency(self, worker_ctx: WorkerContext) -> "Post":
        """What a handler finds as `self.post`."""
        return self

    def make_room(self, orders: int) -> None:
        """Let mails wait while many orders come in; so many did just now."""
        self._rush.note(orders)


class Doors:
    """What may be asked of notifications."""

    name = "notifications"

    @answer(MyMessages)
    def my_messages(self, tx: Connection, command: MyMessages, call: Call) -> OwnMessages:
        """A page of what was written to the asker."""
        return people.own_messages(tx, command, call.asker.person_id)

    @answer(MyChoices)
    def my_choices(self, tx: Connection, command: MyChoices, call: Call) -> list[Choice]:
        """What the asker is told of each market's sales."""
        return choosing.mine(tx, call.asker.person_id)

    @answer(ChooseMessages)
    def choose_messages(self, tx: Connection, command: ChooseMessages, call: Call) -> Choice:
        """Be told that, and no more, of a market's sales."""
        return choosing.choose(tx, command, call.asker.person_id)

    @answer(EndChoice)
    def end_choice(self, tx: Connection, command: EndChoice, call: Call) -> None:
        """Be told something no more, by a mail's link."""
        choosing.end(tx, command)

    @answer(ListMarketWords)
    def list_market_words(self, tx: Connection, command: ListMarketWords, call: Call) -> list[MarketWord]:
        """What a market says in its mails."""
        return words.of_market(tx, command.market_id, call.asker.person_id)

    @answer(WriteMarketWord)
    def write_market_word(self, tx: Connection, command: WriteMarketWord, call: Call) -> MarketWord:
        """Say something else in one of them."""
        return words.write(tx, command, call.asker.person_id)

    @answer(ListNotificationsDeeds)
    def list_notifications_audit(self, tx: Connection, command: ListNotificationsDeeds, call: Call) -> Deeds:
        """A page of what was done by right."""
        return trail.read(tx, call.asker.person_id, command)


class Listeners(rights.Listener, Housekeeping):
    """Each handler writes messages in its transaction and sends nothing."""

    name = "notifications"
    post = Post()

    @hear(OrderPlaced, at_once=AT_ONCE)
    def confirm_order(self, tx: Connection, events: list[OrderPlaced]) -> None:
        """Mail the order to its consumer."""
        self.post.make_room(len(events))
        orders.write_order_mails(tx, Kind.ORDER_PLACED, [event.order for event in events])

    @hear(OrderChanged, at_once=AT_ONCE)
    def tell_change(self, tx: Connection, events: list[OrderChanged]) -> None:
        """Mail the order as it stands now."""
        self.post.make_room(len(events))
        orders.write_order_mails(tx, Kind.ORDER_CHANGED, [event.order for event in events])

    @hear(OrderCancelled, at_once=AT_ONCE)
    def tell_cancellation(self, tx: Connection, events: list[OrderCancelled]) -> None:
        """Mail that the order will not be prepared."""
        self.post.make_room(len(events))
        orders.write_order_mails(tx, Kind.ORDER_CANCELLED, [event.order for event in events])

    @hear(OrderShortened, at_once=AT_ONCE)
    def tell_shortage(self, tx: Connection, events: list[OrderShortened]) -> None:
        """Mail what does not come."""
        orders.write_order_news(tx, Kind.ORDER_SHORTENED, events)

    @hear(OrderRepriced, at_once=AT_ONCE)
    def tell_lower_price(self, tx: Connection, events: list[OrderRepriced]) -> None:
        """Mail that an order costs less."""
        orders.write_order_news(tx, Kind.ORDER_REPRICED, events)

    @hear(PriceConfirmationAsked, at_once=AT_ONCE)
    def ask_to_confirm_price(self, tx: Connection, events: list[PriceConfirmationAsked]) -> None:
        """Mail that a price was raised, and until when one may confirm it."""
        orders.write_order_news(tx, Kind.PRICE_ASKED, events)

    @hear(UnconfirmedLinesDropped, at_once=AT_ONCE)
    def tell_dropped_lines(self, tx: Connection, events: list[UnconfirmedLinesDropped]) -> None:
        """Mail what left an order because nobody confirmed its price."""
        orders.write_order_news(tx, Kind.LINES_DROPPED, events)

    @hear(ProducerDroppedOut)
    def tell_drop_out(self, tx: Connection, event: ProducerDroppedOut, heard: Heard) -> None:
        """Mail the organisers and the farm what was done."""
        sales.write_drop_out(tx, event)

    @hear(OrderCalledOff, at_once=AT_ONCE)
    def tell_called_off(self, tx: Connection, events: list[OrderCalledOff]) -> None:
        """Mail that the sale is cancelled."""
        orders.write_order_news(tx, Kind.CALLED_OFF, events)

    @hear(HandoverNear, at_once=AT_ONCE)
    def remind_of_handover(self, tx: Connection, events: list[HandoverNear]) -> None:
        """Mail what is to be fetched tomorrow."""
        orders.write_reminders(tx, events)

    @hear(SaleCancelled)
    def tell_farms_of_cancelled_sale(self, tx: Connection, event: SaleCancelled, heard: Heard) -> None:
        """Mail the organisers and the farms; who only chose to hear of the sale hears no more of it."""
        choosing.call_off(tx, event.distribution_id)
        sales.write_sale_cancelled(tx, event)

    @hear(PlanChanged)
    def tell_farms_of_plan(self, tx: Connection, event: PlanChanged, heard: Heard) -> None:
        """Mail the farms that had said they come what became of a plan."""
        sales.write_plan_changed(tx, event)

    @hear(WindowOpened)
    def tell_opening(self, tx: Connection, event: WindowOpened, heard: Heard) -> None:
        """Mail those who chose it that one may order."""
        choosing.announce(tx, Wanted.WINDOW_OPENED, event)

    @hear(WindowClosing)
    def tell_closing(self, tx: Connection, event: WindowClosing, heard: Heard) -> None:
        """Mail those who chose it, and have not ordered, that they can still."""
        choosing.announce(tx, Wanted.CLOSING_SOON, event)

    @due("tell_choosers")
    def tell_choosers(self, tx: Connection, timer: Timer) -> None:
        """Write the next of these mails."""
        choosing.tell_choosers(tx, timer)

    @hear(OrderShifted, at_once=AT_ONCE)
    def tell_shift(self, tx: Connection, events: list[OrderShifted]) -> None:
        """Mail that the sale has another hour."""
        orders.write_order_shifted(tx, events)

    @hear(FarmAskedAgain)
    def ask_farm_again(self, tx: Connection, event: FarmAskedAgain, heard: Heard) -> None:
        """Mail the farm that the sale has another hour, and ask whether it comes."""
        sales.write_farm_asked_again(tx, event)

    @hear(SaleShifted)
    def tell_organisers_of_shift(self, tx: Connection, event: SaleShifted, heard: Heard) -> None:
        """Mail the organisers what a shift means."""
        sales.write_sale_shifted(tx, event)

    @hear(LinesGivenUp)
    def tell_given_up(self, tx: Connection, event: LinesGivenUp, heard: Heard) -> None:
        """Mail the farm what it need not bring after all."""
        sales.write_given_up(tx, event)

    @hear(ThresholdMissed)
    def ask_farm(self, tx: Connection, event: ThresholdMissed, heard: Heard) -> None:
        """Mail the farm that too little was ordered of it."""
        sales.write_threshold_missed(tx, event)

    @hear(PresenceConfirmed)
    def tell_presence(self, tx: Connection, event: PresenceConfirmed, heard: Heard) -> None:
        """Mail the organisers how the farm's goods come."""
        sales.write_presence(tx, event)

    @hear(BooksStillOpen)
    def remind_of_books(self, tx: Connection, event: BooksStillOpen, heard: Heard) -> None:
        """Mail the organisers that the books of a hand-over are open."""
        sales.write_books_reminder(tx, event)

    @hear(MarksExpired)
    def tell_expired_marks(self, tx: Connection, event: MarksExpired, heard: Heard) -> None:
        """Mail the organisers and the farm what expired, and each decision about it."""
        sales.write_marks_expired(tx, event)

    @hear(OfferWithdrawn)
    def tell_withdrawal(self, tx: Connection, event: OfferWithdrawn, heard: Heard) -> None:
        """Mail the organisers and the farm that a product left an open sale."""
        sales.write_withdrawal(tx, event)

    @hear(LateLinesAdded)
    def tell_late_lines(self, tx: Connection, event: LateLinesAdded, heard: Heard) -> None:
        """Mail the farm what was added after the close."""
        sales.write_late_lines(tx, event)

    @hear(LoanChanged)
    def tell_loan(self, tx: Connection, event: LoanChanged, heard: Heard) -> None:
        """Mail both sides that a town's place was asked for, lent, refused or given notice of."""
        agreements.write_loan(tx, event)

    @hear(LotRecalled)
    def tell_recall(self, tx: Connection, event: LotRecalled, heard: Heard) -> None:
        """Mail who got some of it that a lot is recalled."""
        sales.write_recall(tx, event)

    @hear(BuyerWrittenTo, at_once=AT_ONCE)
    def tell_buyer(self, tx: Connection, events: list[BuyerWrittenTo]) -> None:
        """Mail what a market or a farm wrote to everybody who ordered."""
        orders.write_group_messages(tx, events)

    @hear(AdmissionChanged)
    def tell_admission(self, tx: Connection, event: AdmissionChanged, heard: Heard) -> None:
        """Mail what a farm or a market said to the other."""
        agreements.write_admission(tx, event)

    @hear(TermsChanged)
    def ask_to_accept_terms(self, tx: Connection, event: TermsChanged, heard: Heard) -> None:
        """Mail the farm that a market's terms are others."""
        agreements.write_terms(tx, event)

    @hear(ApprovalChanged)
    def tell_approval(self, tx: Connection, event: ApprovalChanged, heard: Heard) -> None:
        """Mail organisers and operators how a market's approval stands."""
        agreements.write_approval(tx, event)

    @hear(ConsentChanged)
    def tell_consent(self, tx: Connection, event: ConsentChanged, heard: Heard) -> None:
        """Mail consumer and mediator that a consent was given, renewed or withdrawn."""
        agreements.write_consent(tx, event, heard.seq)

    @hear(ConsentEnding)
    def tell_consent_ending(self, tx: Connection, event: ConsentEnding, heard: Heard) -> None:
        """Mail consumer and mediator that a consent ends by itself."""
        agreements.write_consent_ending(tx, event)

    @hear(RightGiven)
    def tell_right(self, tx: Connection, event: RightGiven, heard: Heard) -> None:
        """Mail somebody who was named."""
        agreements.write_right(tx, event)

    @hear(PreparationListReady)
    def send_preparation_list(self, tx: Connection, event: PreparationListReady, heard: Heard) -> None:
        """Mail the list to everybody who sells for the producer."""
        sales.write_lists(tx, event, heard.time)

    @hear(LetterAsked)
    def write_letter(self, tx: Connection, event: LetterAsked, heard: Heard) -> None:
        """Mail a secret link to the address that the event carries."""
        people.write_letter(tx, event)

    @hear(PersonChanged)
    def know_person(self, tx: Connection, event: PersonChanged, heard: Heard) -> None:
        """Keep a name and an address."""
        people.know_person(tx, event, heard.seq)

    @hear(PersonErased)
    def forget_person(self, tx: Connection, event: PersonErased, heard: Heard) -> None:
        """Drop a name, an address and what was still to be sent."""
        people.forget_person(tx, event.person_id, heard.seq)

    @hear(AdultChanged)
    def know_adult(self, tx: Connection, event: AdultChanged, heard: Heard) -> None:
        """Keep who is told of a household's orders."""
        households.know_adult(tx, event, heard)

    @hear(GrantChanged)
    def know_grant(self, tx: Connection, event: GrantChanged, heard: Heard) -> None:
        """Keep who may sell for whom."""
        people.know_grant(tx, event, heard)

    @hear(MarketChanged)
    def know_market(self, tx: Connection, event: MarketChanged, heard: Heard) -> None:
        """Keep how a market speaks to its consumers, and how it looks."""
        people.know_market(tx, event, heard.seq)

    @hear(MembershipChanged)
    def know_membership(self, tx: Connection, event: MembershipChanged, heard: Heard) -> None:
        """Keep who is a member of a market."""
        choosing.know_membership(tx, event, heard.seq)

    @hear(ProducerChanged)
    def know_producer(self, tx: Connection, event: ProducerChanged, heard: Heard) -> None:
        """Keep who founded a farm."""
        people.know_producer(tx, event, heard.seq)

    @due("tidy")
    def tidy(self, tx: Connection, timer: Timer) -> None:
        """Every hour; the first was planted by the first migration."""
        now = clock.now(tx)
        people.tidy(tx, now)
        schedule(
            tx,
            "tidy",
            key="tidy",
            subject="tidy",
            due_at=now + TIDIED_EVERY,
            version=timer.version + 1,
        )
