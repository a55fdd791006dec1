"""What becomes a message, and to whom it goes. A message keeps what was said, as JSON."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import Connection, Row

from bus import forgetting, rights
from bus.envelope import Heard
from contracts.agreements import AdmissionChanged, ApprovalChanged, TermsChanged
from contracts.books import BooksStillOpen
from contracts.cancelling import OrderCalledOff, SaleCancelled
from contracts.catalog import MarketChanged
from contracts.consents import ConsentChanged, ConsentEnding
from contracts.day import OrderShortened, ProducerDroppedOut
from contracts.expiring import MarksExpired
from contracts.late import LateLinesAdded
from contracts.lists import PreparationListReady
from contracts.loans import LoanChanged
from contracts.lots import LotRecalled
from contracts.lowering import OrderRepriced
from contracts.members import GrantChanged, LetterAsked, PersonChanged, Right
from contracts.messages import Event
from contracts.notifications import MyMessages, OwnMessage, OwnMessages, Wanted
from contracts.orders import Order
from contracts.presence import PresenceConfirmed, ThresholdMissed
from contracts.producers import ProducerChanged
from contracts.raising import PriceConfirmationAsked, UnconfirmedLinesDropped
from contracts.reminding import HandoverNear
from contracts.shifting import FarmAskedAgain, LinesGivenUp, OrderShifted, SaleShifted
from contracts.towns import town_id
from contracts.windows import Window
from contracts.withdrawing import OfferWithdrawn
from services.notifications import rules, store
from services.notifications.rules import Kind, State
from services.notifications.store import choices

OrderNews = (
    OrderShortened
    | OrderRepriced
    | PriceConfirmationAsked
    | UnconfirmedLinesDropped
    | OrderCalledOff
    | OrderShifted
    | HandoverNear
)
ALWAYS = datetime.fromisoformat("0001-01-01T00:00:00+00:00")


def write_order_mails(tx: Connection, kind: Kind, orders: list[Order]) -> None:
    """Tell each consumer how the order stands at this version."""
    about = {rules.order_mail_id(order.order_id, order.version): order for order in orders}
    messages = [
        _message(message_id, kind, order.order_id, order.model_dump_json()) | _of(order)
        for message_id, order in about.items()
    ]
    _write_to(tx, messages)


def write_order_news(tx: Connection, kind: Kind, events: Sequence[OrderNews]) -> None:
    """Tell each consumer what became of an order, in the words of its event; one mail per version."""
    _write_of_orders(tx, kind, {rules.order_mail_id(event.order_id, event.order.version): event for event in events})


def write_reminders(tx: Connection, events: Sequence[HandoverNear]) -> None:
    """Remind each consumer of what is to be fetched."""
    about = {rules.reminder_mail_id(event.order_id, event.starts_at): event for event in events}
    _write_of_orders(tx, Kind.ORDER_REMINDER, about)


def write_drop_out(tx: Connection, event: ProducerDroppedOut) -> None:
    """Tell the organisers of a market, and those who sell for the farm, what its dropping out meant."""
    concerned = {*store.organisers(tx, event.market_id), *store.sellers(tx, event.producer_id)}
    ids = {person: rules.drop_out_mail_id(event.drop_out_id, person) for person in concerned}
    _write_news(tx, Kind.DROP_OUT, event, event.drop_out_id, ids)


def write_sale_cancelled(tx: Connection, event: SaleCancelled) -> None:
    """Tell the organisers and everybody who sells there."""
    sellers = {person for producer_id in event.producers for person in store.sellers(tx, producer_id)}
    concerned = sellers | set(store.organisers(tx, event.market_id))
    ids = {person: rules.cancelled_sale_mail_id(event.distribution_id, person) for person in concerned}
    _write_news(tx, Kind.SALE_CANCELLED, event, event.distribution_id, ids)


def write_order_shifted(tx: Connection, events: Sequence[OrderShifted]) -> None:
    """Tell each consumer that the sale of an order has another hour; the order stays at its version."""
    messages = []
    for event in events:
        person_id = event.order.consumer_id
        message_id = rules.shift_mail_id(event.order_id, event.shift.number, person_id)
        written = _message(message_id, Kind.ORDER_SHIFTED, event.order_id, event.model_dump_json())
        messages.append(written | {"person_id": person_id})
    _write_to(tx, messages)


def write_farm_asked_again(tx: Connection, event: FarmAskedAgain) -> None:
    """Ask those who sell for a farm whether it comes at the new hour."""
    people = store.sellers(tx, event.producer_id)
    ids = {person: rules.shift_mail_id(event.presence_id, event.shift.number, person) for person in people}
    _write_news(tx, Kind.FARM_ASKED_AGAIN, event, event.presence_id, ids)


def write_sale_shifted(tx: Connection, event: SaleShifted) -> None:
    """Tell the organisers of a market what a shift means."""
    people = store.organisers(tx, event.shift.market_id)
    ids = {person: rules.shift_mail_id(event.distribution_id, event.shift.number, person) for person in people}
    _write_news(tx, Kind.SALE_SHIFTED, event, event.distribution_id, ids)


def write_given_up(tx: Connection, event: LinesGivenUp) -> None:
    """Tell those who sell for a farm what it need not bring after all."""
    ids = {person: rules.given_up_mail_id(event.given_up_id, person) for person in store.sellers(tx, event.producer_id)}
    _write_news(tx, Kind.LINES_GIVEN_UP, event, event.given_up_id, ids)


def write_threshold_missed(tx: Connection, event: ThresholdMissed) -> None:
    """Ask those who sell for a farm what it will do."""
    people = store.sellers(tx, event.producer_id)
    ids = {person: rules.presence_mail_id(event.presence_id, 0, person) for person in people}
    _write_news(tx, Kind.THRESHOLD_MISSED, event, event.presence_id, ids)


def write_presence(tx: Connection, event: PresenceConfirmed) -> None:
    """Tell the organisers of a market how a farm's goods come."""
    people = store.organisers(tx, event.market_id)
    ids = {person: rules.presence_mail_id(event.presence_id, event.version, person) for person in people}
    _write_news(tx, Kind.PRESENCE_CONFIRMED, event, event.presence_id, ids)


def write_books_reminder(tx: Connection, event: BooksStillOpen) -> None:
    """Remind the organisers of a market that its books are open."""
    people = store.organisers(tx, event.market_id)
    ids = {person: rules.books_mail_id(event.reminder_id, person) for person in people}
    _write_news(tx, Kind.BOOKS_STILL_OPEN, event, event.distribution_id, ids)


def write_marks_expired(tx: Connection, event: MarksExpired) -> None:
    """Tell the organisers of a market, and those who sell for the farm, what expired or was decided."""
    people = {*store.organisers(tx, event.market_id), *store.sellers(tx, event.expired.producer_id)}
    ids = {person: rules.expiry_mail_id(event.expiry_id, event.version, person) for person in people}
    _write_news(tx, Kind.MARKS_EXPIRED, event, event.expiry_id, ids)


def write_withdrawal(tx: Connection, event: OfferWithdrawn) -> None:
    """Tell the organisers of a market, and those who sell for the farm, that a product left an open sale."""
    people = {*store.organisers(tx, event.market_id), *store.sellers(tx, event.withdrawal.producer_id)}
    ids = {person: rules.withdrawal_mail_id(event.withdrawal_id, event.version, person) for person in people}
    _write_news(tx, Kind.OFFER_WITHDRAWN, event, event.withdrawal_id, ids)


def write_late_lines(tx: Connection, event: LateLinesAdded) -> None:
    """Tell those who sell for a farm what was added in its name; not who entered it."""
    people = set(store.sellers(tx, event.producer_id)) - {event.by_person}
    ids = {person: rules.late_mail_id(event.late_id, person) for person in people}
    _write_news(tx, Kind.LATE_LINES, event, event.late_id, ids)


def write_loan(tx: Connection, event: LoanChanged) -> None:
    """Tell both sides of a loan what became of it, but for who did it: those of the market, and those of the town."""
    loan = event.loan
    of_market = set(store.organisers(tx, loan.market_id))
    of_town = set(store.lenders(tx, town_id(loan.insee))) - of_market
    for kind, people in ((Kind.LOAN, of_market), (Kind.TOWN_LOAN, of_town)):
        ids = {one: rules.loan_mail_id(loan.loan_id, loan.version, one) for one in people - {event.by_person}}
        _write_news(tx, kind, event, loan.loan_id, ids)


def write_admission(tx: Connection, event: AdmissionChanged) -> None:
    """Tell the side that did not say it what the other said of a farm at a market."""
    told = store.sellers(tx, event.producer_id) if event.by_market else store.organisers(tx, event.market_id)
    _write_agreed(tx, Kind.ADMISSION, event, event.change_id, set(told) - {event.by_person})


def write_terms(tx: Connection, event: TermsChanged) -> None:
    """Ask those who sell for a farm to accept a market's terms again."""
    _write_agreed(tx, Kind.TERMS, event, event.change_id, store.sellers(tx, event.producer_id))


def write_approval(tx: Connection, event: ApprovalChanged) -> None:
    """Tell those who organise a market, and those who operate the instance, how its approval stands."""
    organisers = {event.founder_id, *store.organisers(tx, event.market_id)}
    operators = set(store.operators(tx)) - organisers - {event.by_person}
    _write_agreed(tx, Kind.APPROVAL, event, event.market_id, organisers, event.version)
    _write_agreed(tx, Kind.APPROVAL_AS_OPERATOR, event, event.market_id, operators, event.version)


def write_consent(tx: Connection, event: ConsentChanged, version: int) -> None:
    """Tell both sides that a consent was given, renewed or withdrawn."""
    _write_to_both(tx, Kind.CONSENT, event, version)


def write_consent_ending(tx: Connection, event: ConsentEnding) -> None:
    """Tell both sides that a consent ends soon, or has ended by itself."""
    _write_to_both(tx, Kind.CONSENT_ENDING, event, f"{event.version}:{event.over}")


def _write_to_both(tx: Connection, kind: Kind, event: ConsentChanged | ConsentEnding, version: object) -> None:
    content = event.model_dump_json()
    both = [(event.consumer_id, event.mediator_id), (event.mediator_id, event.consumer_id)]
    messages = []
    for person_id, named_id in both:
        message_id = rules.agreement_mail_id(kind, event.consent_id, version, person_id)
        message = _message(message_id, kind, event.consent_id, content)
        messages.append(message | {"person_id": person_id, "named_id": named_id})
    _write_to(tx, messages)


def _write_agreed(
    tx: Connection, kind: Kind, event: Event, about: UUID, people: Iterable[UUID], version: int = 1
) -> None:
    ids = {person: rules.agreement_mail_id(kind, about, version, person) for person in people}
    _write_news(tx, kind, event, about, ids)


def write_recall(tx: Connection, event: LotRecalled) -> None:
    """Tell one person of all the goods he has of a recalled lot."""
    ids = {event.person_id: rules.recall_mail_id(event.notice_id)}
    _write_news(tx, Kind.RECALL, event, event.notice_id, ids)


def write_by_choice(tx: Connection, wanted: Wanted, window: Window, contents: Mapping[UUID, str]) -> None:
    """Tell people of a sale what they chose to be told; each has a content of one's own, by the link that ends it."""
    messages = []
    for person_id, content in contents.items():
        message_id = rules.choice_mail_id(wanted, window.distribution_id, person_id)
        message = _message(message_id, Kind(wanted), window.distribution_id, content)
        messages.append(message | {"person_id": person_id, "market_id": window.market_id})
    _write_to(tx, messages)


def _write_of_orders(tx: Connection, kind: Kind, about: Mapping[UUID, OrderNews]) -> None:
    messages = [
        _message(message_id, kind, event.order_id, event.model_dump_json()) | _of(event.order)
        for message_id, event in about.items()
    ]
    _write_to(tx, messages)


def _of(order: Order) -> dict[str, UUID]:
    return {"person_id": order.consumer_id, "market_id": order.market_id}


def _write_news(tx: Connection, kind: Kind, event: Event, about: UUID, ids: dict[UUID, UUID]) -> None:
    """Write the same event to several people; `ids` are the messages' by person."""
    content = event.model_dump_json()
    messages = [
        _message(message_id, kind, about, content) | {"person_id": person_id}
        for person_id, message_id in sorted(ids.items())
    ]
    _write_to(tx, messages)


def write_lists(tx: Connection, event: PreparationListReady, said_at: datetime) -> None:
    """Send a list to all who sell for its producer; keep it for those heard of later."""
    producer_id = event.preparation_list.producer_id
    content = event.preparation_list.model_dump_json()
    store.take_turns(tx, [producer_id])
    store.keep_list(
        tx,
        {
            "list_id": event.list_id,
            "producer_id": producer_id,
            "content": content,
            "said_at": said_at,
        },
    )
    _write_to(tx, [_list(event.list_id, content, person_id) for person_id in store.sellers(tx, producer_id)])


def write_letter(tx: Connection, letter: LetterAsked) -> None:
    """Send a letter to the address it names, whether or not anybody is known there."""
    kind = Kind(letter.kind)
    if kind not in rules.LETTERS:
        raise ValueError(f"{kind} is not a letter")
    message_id = rules.letter_mail_id(letter.letter_id)
    content = letter.model_dump_json(include={"secret"})
    addressed = {
        "to_name": rules.greeted_name(letter.name),
        "to_address": letter.email,
        "language": letter.language,
        "state": State.DUE,
    }
    store.write(tx, [_message(message_id, kind, letter.letter_id, content) | addressed])


def know_person(tx: Connection, event: PersonChanged, seq: int) -> None:
    """Keep a name and an address; messages without an address wait until there is one."""
    store.take_turns(tx, [event.person_id])
    row = event.model_dump(include={"person_id", "name", "email", "language"})
    if not store.know_person(tx, row | {"erased": False, "seq": seq}):
        return
    if event.email:
        store.move_all(tx, event.person_id, State.WAITING_FOR_ADDRESS, State.DUE)
    else:
        store.move_all(tx, event.person_id, State.DUE, State.WAITING_FOR_ADDRESS)


def own_messages(tx: Connection, command: MyMessages, person_id: UUID) -> OwnMessages:
    """A page of what was written to somebody; content only where it is that person's own order."""
    messages = [_own_message(row) for row in store.messages_of(tx, person_id, command.limit, command.after)]
    return OwnMessages(messages=messages, following=messages[-1].message_id if len(messages) == command.limit else None)


def forget_person(tx: Connection, person_id: UUID, seq: int) -> None:
    """Drop somebody's name, address and unsent messages, and the name from others' lists; nothing is written again."""
    store.take_turns(tx, [person_id])
    known = store.people_among(tx, [person_id]).get(person_id)
    words = {known.name if known else "", *store.recipients(tx, person_id)}
    forgetting.forget(tx, person_id, words)
    store.forget_words(tx, words - {""})
    store.forget_acts(tx, person_id)
    erased = {"name": "", "email": None, "language": "fr", "erased": True}
    store.know_person(tx, erased | {"person_id": person_id, "seq": seq})
    store.forget_messages(tx, person_id)
    choices.forget(tx, person_id)


def know_grant(tx: Connection, event: GrantChanged, heard: Heard) -> None:
    """Keep a right; one to sell that is heard late brings the lists said since it began."""
    if event.right is not Right.SELL or event.object_id is None:
        rights.know_grant(tx, event, heard)
        return
    store.take_turns(tx, [event.object_id])
    rights.know_grant(tx, event, heard)
    if event.person_id in store.sellers(tx, event.object_id):
        _catch_up(tx, event.object_id, event.person_id, heard.time)
    else:
        store.withdraw_lists(tx, event.person_id, event.object_id)


def know_market(tx: Connection, event: MarketChanged, seq: int) -> None:
    """Keep how a market speaks to its consumers."""
    store.know_market(tx, event.model_dump(include={"market_id", "says_tu"}) | {"seq": seq})


def know_producer(tx: Connection, event: ProducerChanged, seq: int) -> None:
    """Keep who founded a farm; heard of after its first list, the founder gets that list now."""
    store.take_turns(tx, [event.producer_id])
    row = event.model_dump(include={"producer_id", "founder_id"})
    store.know_producer(tx, row | {"seq": seq})
    if event.founder_id in store.sellers(tx, event.producer_id):
        _catch_up(tx, event.producer_id, event.founder_id, ALWAYS)


def tidy(tx: Connection, now: datetime) -> None:
    """Give up what nobody can be sent, and drop what need not be kept."""
    store.give_up(tx, before=now - rules.TRIED_FOR)
    store.prune(tx, before=now - rules.KEPT_FOR, lists_before=now - rules.TRIED_FOR)
    choices.prune(tx, before=now - rules.KEPT_FOR)


def _catch_up(tx: Connection, producer_id: UUID, person_id: UUID, since: datetime) -> None:
    rows = store.lists_since(tx, producer_id, since)
    _write_to(tx, [_list(row.list_id, row.content, person_id) for row in rows])


def _write_to(tx: Connection, messages: list[dict[str, Any]]) -> None:
    """Write to people: due where there is an address, nothing where the account was erased."""
    wanted = {message["person_id"] for message in messages}
    store.take_turns(tx, wanted)
    people = store.people_among(tx, wanted)
    rows = []
    for message in messages:
        person = people.get(message["person_id"])
        if person is not None and person.erased:
            continue
        has_address = person is not None and person.email is not None
        rows.append(message | {"state": State.DUE if has_address else State.WAITING_FOR_ADDRESS})
    store.write(tx, rows)


def _own_message(row: Row[Any]) -> OwnMessage:
    content = orjson.loads(row.content) if row.content is not None and rules.is_kept(row.kind) else None
    return OwnMessage.model_validate(dict(row._mapping) | {"content": content})


def _list(list_id: UUID, content: str, person_id: UUID) -> dict[str, Any]:
    message_id = rules.list_mail_id(list_id, person_id)
    return _message(message_id, Kind.PREPARATION_LIST, list_id, content) | {"person_id": person_id}


def _message(message_id: UUID, kind: Kind, about: UUID, content: str) -> dict[str, Any]:
    return {"message_id": message_id, "kind": kind, "about": about, "content": content}
