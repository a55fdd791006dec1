"""What those are told who agree on something: farms and markets, towns, mediators and consumers."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import Connection

from contracts.agreements import AdmissionChanged, ApprovalChanged, TermsChanged
from contracts.consents import ConsentChanged, ConsentEnding
from contracts.loans import LoanChanged
from contracts.members import RightGiven
from contracts.messages import Event
from contracts.towns import town_id
from services.notifications import rules, store
from services.notifications.actions.writing_down import message, write_news, write_to
from services.notifications.rules import Kind


def write_loan(tx: Connection, event: LoanChanged) -> None:
    """Tell both sides of a loan what became of it, but for who did it: those of the market, and those of the town."""
    loan = event.loan
    of_market = set(store.organisers(tx, loan.market_id))
    of_town = set(store.lenders(tx, town_id(loan.insee))) - of_market
    for kind, people in ((Kind.LOAN, of_market), (Kind.TOWN_LOAN, of_town)):
        ids = {one: rules.loan_mail_id(loan.loan_id, loan.version, one) for one in people - {event.by_person}}
        write_news(tx, kind, event, loan.loan_id, ids)


def write_admission(tx: Connection, event: AdmissionChanged) -> None:
    """Tell the side that did not say it what the other said of a farm at a market."""
    told = store.sellers(tx, event.producer_id) if event.by_market else store.organisers(tx, event.market_id)
    _write_agreed(tx, Kind.ADMISSION, event, event.change_id, set(told) - {event.by_person})


def write_terms(tx: Connection, event: TermsChanged) -> None:
    """Ask those who sell for a farm to accept a market's terms again."""
    _write_agreed(tx, Kind.TERMS, event, event.change_id, store.sellers(tx, event.producer_id))


def write_approval(tx: Connection, event: ApprovalChanged) -> None:
    """Tell those who organise a market, and those who operate the instance, how its approval stands."""
    organisers = set(store.organisers(tx, event.market_id, event.founder_id))
    operators = set(store.operators(tx)) - organisers - {event.by_person}
    _write_agreed(tx, Kind.APPROVAL, event, event.market_id, organisers, event.version)
    _write_agreed(tx, Kind.APPROVAL_AS_OPERATOR, event, event.market_id, operators, event.version)


def write_consent(tx: Connection, event: ConsentChanged, version: int) -> None:
    """Tell both sides that a consent was given, renewed or withdrawn."""
    _write_to_both(tx, Kind.CONSENT, event, version)


def write_consent_ending(tx: Connection, event: ConsentEnding) -> None:
    """Tell both sides that a consent ends soon, or has ended by itself."""
    _write_to_both(tx, Kind.CONSENT_ENDING, event, f"{event.version}:{event.over}")


def write_right(tx: Connection, event: RightGiven) -> None:
    """Tell somebody who was named, and by whom."""
    message_id = rules.agreement_mail_id(Kind.RIGHT_GIVEN, event.grant_id, event.version, event.person_id)
    written = message(message_id, Kind.RIGHT_GIVEN, event.grant_id, event.model_dump_json())
    write_to(tx, [written | {"person_id": event.person_id, "named_id": event.giver_id}])


def _write_to_both(tx: Connection, kind: Kind, event: ConsentChanged | ConsentEnding, version: object) -> None:
    content = event.model_dump_json()
    both = [(event.consumer_id, event.mediator_id), (event.mediator_id, event.consumer_id)]
    messages = []
    for person_id, named_id in both:
        message_id = rules.agreement_mail_id(kind, event.consent_id, version, person_id)
        written = message(message_id, kind, event.consent_id, content)
        messages.append(written | {"person_id": person_id, "named_id": named_id})
    write_to(tx, messages)


def _write_agreed(
    tx: Connection, kind: Kind, event: Event, about: UUID, people: Iterable[UUID], version: int = 1
) -> None:
    ids = {person: rules.agreement_mail_id(kind, about, version, person) for person in people}
    write_news(tx, kind, event, about, ids)
