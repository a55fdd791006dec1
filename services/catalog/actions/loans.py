"""A market asks a town for a place, the town answers, either gives notice. Nothing that is planned moves by itself."""

from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Row

from bus.outbox import say
from contracts.errors import NotAllowed, malformed_field
from contracts.loans import (
    AnswerLoan,
    AskLoan,
    EndLoan,
    ListLoans,
    Loan,
    LoanChanged,
    LoanState,
    LoanTerms,
    LoanTimes,
    WithdrawLoan,
)
from contracts.messages import Refused
from contracts.wall import HOME_ZONE
from services.catalog.actions import approvals
from services.catalog.actions.refusals import found, mine, moved, no_fault, one_of
from services.catalog.rules import loans as rules
from services.catalog.rules.loans import Span
from services.catalog.store import loans as store
from services.catalog.store import markets, venues

ANSWERED = Refused(code="loan-answered", message="Somebody has answered already, or the market wants it no more.")
NOT_LENT = Refused(code="not-lent", message="This place is not lent: there is nothing to end.")


def ask(tx: Connection, loan_id: UUID, wanted: AskLoan, asker: UUID, now: datetime) -> Loan | Refused:
    """Ask a town for a place, for a market that `asker` organises."""
    market = mine(markets.load(tx, wanted.market_id, asker), "market")
    found(venues.load_town_venue(tx, wanted.venue_id, asker), "venue")
    today, span = _today(now, market.time_zone), rules.wanted_span(wanted)
    no_fault(rules.times_fault(span, today))
    if taken := _lent_at(tx, wanted.venue_id, span, today, asker):
        return taken
    row = wanted.model_dump(include={*LoanTimes.model_fields, "market_id", "venue_id", "purpose"})
    store.add(tx, row | {"id": loan_id, "asked_by": asker})
    return _told(tx, loan_id, asker)


def answer(tx: Connection, wanted: AnswerLoan, asker: UUID, now: datetime) -> Loan | Refused:
    """Say a town's yes or no; a second person does for a market of one's own, where there is one."""
    seen = _lender(tx, wanted.loan_id, asker)
    if seen.state != LoanState.ASKED:
        return ANSWERED
    is_own = seen.organises or seen.founder_id == asker
    if is_own and store.has_second_person(tx, seen, asker):
        raise NotAllowed("own-market", "A second person must decide about a market of one's own.")
    said = _said(tx, wanted, seen, asker)
    if isinstance(said, Refused):
        return said
    if not store.move(tx, seen, wanted.version, wanted.answer, said | {"answered_by": asker, "answered_at": now}):
        moved("loan", seen.version)
    if wanted.answer is LoanState.GRANTED and not is_own:
        approvals.by_owner(tx, seen.market_id, asker)
    return _told(tx, wanted.loan_id, asker)


def withdraw(tx: Connection, wanted: WithdrawLoan, asker: UUID) -> Loan | Refused:
    """Want a place no longer that nobody has answered for."""
    seen = found(store.load(tx, wanted.loan_id, asker), "loan")
    if not seen.organises:
        raise NotAllowed("not-yours", "Only those who organise the market withdraw its request.")
    if seen.state != LoanState.ASKED or not store.move(tx, seen, seen.version, LoanState.WITHDRAWN, {}):
        return ANSWERED
    return _told(tx, wanted.loan_id, asker)


def end(tx: Connection, wanted: EndLoan, asker: UUID, now: datetime) -> Loan | Refused:
    """Give notice of a loan, from either side; hand-overs after it need another place."""
    seen = found(store.load(tx, wanted.loan_id, asker), "loan")
    if seen.state != LoanState.GRANTED:
        return NOT_LENT
    no_fault(rules.notice_fault(wanted.last_on, seen.term_until, _today(now, seen.time_zone)))
    reason = wanted.reason.strip() if seen.organises else _reason(wanted.reason)
    row = {"term_until": wanted.last_on, "reason": reason, "ended_by": asker, "ended_at": now}
    if not store.move(tx, seen, wanted.version, LoanState.ENDED, row):
        moved("loan", seen.version)
    return _told(tx, wanted.loan_id, asker)


def listed(tx: Connection, wanted: ListLoans, asker: UUID, now: datetime) -> list[Loan]:
    """The loans of a market, or those of a town, each with what is in its way."""
    one_of(market_id=wanted.market_id, insee=wanted.insee)
    if wanted.market_id is not None:
        rows = store.of_market(tx, wanted.market_id, asker, wanted.after, wanted.limit)
        return [_loan(row) for row in rows]
    rows = store.of_town(tx, wanted.insee or "", asker, wanted.after, wanted.limit)
    others = store.standing(tx, [row.venue_id for row in rows], _today(now, HOME_ZONE), asker)
    return [_loan(row, _in_the_way(row, others)) for row in rows]


def _lender(tx: Connection, loan_id: UUID, asker: UUID) -> Row[Any]:
    seen = found(store.load(tx, loan_id, asker), "loan")
    if not seen.lends:
        raise NotAllowed("not-yours", "Only those who lend in the town's name answer.")
    return seen


def _said(tx: Connection, wanted: AnswerLoan, seen: Row[Any], asker: UUID) -> dict[str, Any] | Refused:
    """The columns of a town's no, or of its yes if nobody else has the place then."""
    if wanted.answer is LoanState.REFUSED:
        return {"reason": _reason(wanted.reason)}
    term = _term(wanted, seen)
    venues.hold(tx, seen.venue_id)
    if taken := _lent_at(tx, seen.venue_id, term, term.from_on, asker):
        return taken
    terms = wanted.model_dump(include=set(LoanTerms.model_fields))
    return terms | {"term_from": term.from_on, "term_until": term.until_on}


def _lent_at(tx: Connection, venue_id: UUID, span: Span, since: date, asker: UUID) -> Refused | None:
    """The refusal of what somebody has already, with the markets whose names `asker` may know."""
    lent = [row for row in store.standing(tx, [venue_id], since, asker) if row.state != LoanState.ASKED]
    clashing = [row for row in lent if _span(row).clashes_with(span)]
    if not clashing:
        return None
    names = sorted({row.market_name for row in clashing} - {""})
    return Refused(code="lent-already", message="The place is lent at that time.", details={"markets": names})


def _term(wanted: AnswerLoan, seen: Row[Any]) -> Span:
    """The days that are granted: all that were asked for, where nothing else is said."""
    asked = _span(seen)
    first, last = wanted.term_from or asked.from_on, wanted.term_until or asked.until_on
    term = asked._replace(from_on=first, until_on=last)
    no_fault(rules.term_fault(term, asked))
    return term


def _in_the_way(row: Row[Any], others: list[Row[Any]]) -> list[str]:
    if row.state != LoanState.ASKED:
        return []
    same = [one for one in others if one.venue_id == row.venue_id and one.id != row.id]
    return sorted({one.market_name for one in same if _span(one).clashes_with(_span(row))})


def _span(row: Row[Any]) -> Span:
    """When a place is lent, or wanted as long as nobody has answered."""
    days = row.term_from or row.from_on, row.term_until or row.until_on
    return Span(*days, row.weekdays, row.from_hour, row.until_hour)


def _reason(typed: str) -> str:
    if not typed.strip():
        raise malformed_field("reason", "Say why, for the market's organisers.", "missing")
    return typed.strip()


def _today(now: datetime, zone: str) -> date:
    return now.astimezone(ZoneInfo(zone)).date()


def _told(tx: Connection, loan_id: UUID, asker: UUID) -> Loan:
    """A loan as it stands now, said to both sides."""
    row = found(store.load(tx, loan_id, asker), "loan")
    displaced = store.displaced(tx, row.venue_id, row.market_id) if row.state == LoanState.ENDED else []
    loan = _loan(row)
    about = {"loan_id": loan_id, "by_person": asker, "time_zone": row.time_zone}
    say(tx, LoanChanged(loan=loan, displaced=displaced, **about), seq=row.version)
    return loan


def _loan(row: Row[Any], clashes: list[str] | None = None) -> Loan:
    return Loan(**row._mapping, clashes=clashes or [])
