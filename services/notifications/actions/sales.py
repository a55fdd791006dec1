"""What farms, organisers and consumers are told of a sale and of the day."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from bus import households
from contracts.books import BooksStillOpen
from contracts.cancelling import SaleCancelled
from contracts.day import ProducerDroppedOut
from contracts.expiring import MarksExpired
from contracts.late import LateLinesAdded
from contracts.lists import PreparationListReady
from contracts.lots import LotRecalled
from contracts.notifications import Wanted
from contracts.presence import PresenceConfirmed, ThresholdMissed
from contracts.replanning import PlanChanged
from contracts.shifting import FarmAskedAgain, LinesGivenUp, SaleShifted
from contracts.windows import Window
from contracts.withdrawing import OfferWithdrawn
from services.notifications import rules, store
from services.notifications.actions.writing_down import message, write_news, write_to
from services.notifications.rules import Kind


def write_drop_out(tx: Connection, event: ProducerDroppedOut) -> None:
    """Tell the organisers of a market, and those who sell for the farm, what its dropping out meant."""
    concerned = {*store.organisers(tx, event.market_id), *store.sellers(tx, event.producer_id)}
    ids = {person: rules.drop_out_mail_id(event.drop_out_id, person) for person in concerned}
    write_news(tx, Kind.DROP_OUT, event, event.drop_out_id, ids)


def write_sale_cancelled(tx: Connection, event: SaleCancelled) -> None:
    """Tell the organisers and everybody who sells there."""
    sellers = {person for producer_id in event.producers for person in store.sellers(tx, producer_id)}
    concerned = sellers | set(store.organisers(tx, event.market_id))
    ids = {person: rules.cancelled_sale_mail_id(event.distribution_id, person) for person in concerned}
    write_news(tx, Kind.SALE_CANCELLED, event, event.distribution_id, ids)


def write_plan_changed(tx: Connection, event: PlanChanged) -> None:
    """Tell everybody who sells for a farm that had said it comes; of each of their farms."""
    messages = []
    for producer_id in event.producers:
        content = event.model_copy(update={"producers": [producer_id]}).model_dump_json()
        for person_id in store.sellers(tx, producer_id):
            one = rules.plan_mail_id(event.distribution_id, event.version, producer_id, person_id)
            messages.append(message(one, Kind.PLAN_CHANGED, event.distribution_id, content) | {"person_id": person_id})
    write_to(tx, messages)


def write_farm_asked_again(tx: Connection, event: FarmAskedAgain) -> None:
    """Ask those who sell for a farm whether it comes at the new hour."""
    people = store.sellers(tx, event.producer_id)
    ids = {person: rules.shift_mail_id(event.presence_id, event.shift.number, person) for person in people}
    write_news(tx, Kind.FARM_ASKED_AGAIN, event, event.presence_id, ids)


def write_sale_shifted(tx: Connection, event: SaleShifted) -> None:
    """Tell the organisers of a market what a shift means."""
    people = store.organisers(tx, event.shift.market_id)
    ids = {person: rules.shift_mail_id(event.distribution_id, event.shift.number, person) for person in people}
    write_news(tx, Kind.SALE_SHIFTED, event, event.distribution_id, ids)


def write_given_up(tx: Connection, event: LinesGivenUp) -> None:
    """Tell those who sell for a farm what it need not bring after all."""
    ids = {person: rules.given_up_mail_id(event.given_up_id, person) for person in store.sellers(tx, event.producer_id)}
    write_news(tx, Kind.LINES_GIVEN_UP, event, event.given_up_id, ids)


def write_threshold_missed(tx: Connection, event: ThresholdMissed) -> None:
    """Ask those who sell for a farm what it will do."""
    people = store.sellers(tx, event.producer_id)
    ids = {person: rules.presence_mail_id(event.presence_id, 0, person) for person in people}
    write_news(tx, Kind.THRESHOLD_MISSED, event, event.presence_id, ids)


def write_presence(tx: Connection, event: PresenceConfirmed) -> None:
    """Tell the organisers of a market how a farm's goods come."""
    people = store.organisers(tx, event.market_id)
    ids = {person: rules.presence_mail_id(event.presence_id, event.version, person) for person in people}
    write_news(tx, Kind.PRESENCE_CONFIRMED, event, event.presence_id, ids)


def write_books_reminder(tx: Connection, event: BooksStillOpen) -> None:
    """Remind the organisers of a market that its books are open."""
    people = store.organisers(tx, event.market_id)
    ids = {person: rules.books_mail_id(event.reminder_id, person) for person in people}
    write_news(tx, Kind.BOOKS_STILL_OPEN, event, event.distribution_id, ids)


def write_marks_expired(tx: Connection, event: MarksExpired) -> None:
    """Tell the organisers of a market, and those who sell for the farm, what expired or was decided."""
    people = {*store.organisers(tx, event.market_id), *store.sellers(tx, event.expired.producer_id)}
    ids = {person: rules.expiry_mail_id(event.expiry_id, event.version, person) for person in people}
    write_news(tx, Kind.MARKS_EXPIRED, event, event.expiry_id, ids)


def write_withdrawal(tx: Connection, event: OfferWithdrawn) -> None:
    """Tell the organisers of a market, and those who sell for the farm, that a product left an open sale."""
    people = {*store.organisers(tx, event.market_id), *store.sellers(tx, event.withdrawal.producer_id)}
    ids = {person: rules.withdrawal_mail_id(event.withdrawal_id, event.version, person) for person in people}
    write_news(tx, Kind.OFFER_WITHDRAWN, event, event.withdrawal_id, ids)


def write_late_lines(tx: Connection, event: LateLinesAdded) -> None:
    """Tell those who sell for a farm what was added in its name; not who entered it."""
    people = set(store.sellers(tx, event.producer_id)) - {event.by_person}
    ids = {person: rules.late_mail_id(event.late_id, person) for person in people}
    write_news(tx, Kind.LATE_LINES, event, event.late_id, ids)


def write_recall(tx: Connection, event: LotRecalled) -> None:
    """Tell one person, and who else is of the household, of all the goods he has of a recalled lot."""
    first = rules.recall_mail_id(event.notice_id)
    adults = households.adults_of(tx, [event.person_id]).get(event.person_id, [])
    ids = {event.person_id: first} | {adult: rules.adult_mail_id(first, adult) for adult in adults}
    write_news(tx, Kind.RECALL, event, event.notice_id, ids)


def write_by_choice(tx: Connection, wanted: Wanted, window: Window, contents: Mapping[UUID, str]) -> None:
    """Tell people of a sale what they chose to be told; each has a content of one's own, by the link that ends it."""
    messages = []
    for person_id, content in contents.items():
        message_id = rules.choice_mail_id(wanted, window.distribution_id, person_id)
        written = message(message_id, Kind(wanted), window.distribution_id, content)
        messages.append(written | {"person_id": person_id, "market_id": window.market_id})
    write_to(tx, messages)


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
    write_to(tx, [of_list(event.list_id, content, person_id) for person_id in store.sellers(tx, producer_id)])


def of_list(list_id: UUID, content: str, person_id: UUID) -> dict[str, Any]:
    """The message of a preparation list to somebody."""
    message_id = rules.list_mail_id(list_id, person_id)
    return message(message_id, Kind.PREPARATION_LIST, list_id, content) | {"person_id": person_id}
