"""Farms sign up; a market and a farm say yes to one another.

| it was     | the farm asks  | the market admits | either ends |
|------------|----------------|-------------------|-------------|
| nothing    | asked          | invited           | nothing     |
| asked      | asked          | admitted          | ended       |
| invited    | admitted       | invited           | ended       |
| admitted   | admitted       | admitted          | ended       |
| ended      | asked          | invited           | ended       |
"""

from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row

from bus.outbox import say
from contracts.errors import Conflict, NotAllowed, NotFound, malformed_field
from contracts.messages import Refused
from contracts.planning import AcceptTerms, Admission, AdmissionState, AdmitProducer, ChooseUsualPlaces
from contracts.producers import (
    ChangeProducer,
    Producer,
    ProducerChanged,
    ProducerDetails,
    RegisterProducer,
    SetProducerPlan,
)
from services.catalog import rules
from services.catalog.actions.agreements import settle
from services.catalog.actions.album import photo_is_kept
from services.catalog.actions.marks import rewrite_words
from services.catalog.actions.numbers import checked_siret
from services.catalog.actions.refusals import found, mine, moved
from services.catalog.store import markets, planning, products
from services.catalog.store import producers as store

ANSWERS = {
    AdmissionState.ASKED: {AdmissionState.INVITED, AdmissionState.ADMITTED},
    AdmissionState.INVITED: {AdmissionState.ASKED, AdmissionState.ADMITTED},
}
"""For the yes of one side, the states in which it makes both."""


def register_producer(tx: Connection, producer_id: UUID, wanted: RegisterProducer, asker: UUID) -> Producer:
    """Sign a farm up that `asker` sells for; members and notifications will hear of it."""
    photo_is_kept(tx, producer_id, wanted.photo)
    store.add(tx, _row(tx, wanted) | {"id": producer_id, "founder_id": asker})
    return _told(tx, producer_id, asker)


def change_producer(tx: Connection, wanted: ChangeProducer, asker: UUID) -> Producer:
    """Write a farm anew; its products are found by its new name."""
    seen = mine(store.load(tx, wanted.producer_id, asker), "producer")
    photo_is_kept(tx, wanted.producer_id, wanted.photo)
    if not store.change(tx, wanted.producer_id, wanted.version, _row(tx, wanted)):
        moved("producer", seen.version)
    if wanted.farm_name != seen.farm_name:
        rewrite_words(tx, wanted.producer_id, wanted.farm_name)
    return _told(tx, wanted.producer_id, asker)


def set_plan(tx: Connection, wanted: SetProducerPlan, asker: UUID) -> Producer:
    """Write which plan a farm is on, until training says so."""
    if not store.set_plan(tx, wanted.producer_id, wanted.plan, asker):
        raise NotFound("no-such-producer", "There is no such producer, or you do not operate this instance.")
    return _told(tx, wanted.producer_id, asker)


def read_producer(tx: Connection, producer_id: UUID, asker: UUID | None) -> Producer:
    """A farm; anybody may read it."""
    return Producer(**found(store.load(tx, producer_id, asker), "producer")._mapping)


def my_producers(tx: Connection, asker: UUID, after: UUID | None, limit: int) -> list[Producer]:
    """The farms that `asker` sells for."""
    return [Producer(**row._mapping) for row in store.sold_for_by(tx, asker, after, limit)]


def ask_to_sell(tx: Connection, market_id: UUID, producer_id: UUID, asker: UUID) -> Admission:
    """The farm's yes to a market."""
    return _agree(tx, market_id, producer_id, asker, AdmissionState.ASKED)


def admit_producer(tx: Connection, wanted: AdmitProducer, asker: UUID) -> Admission | Refused:
    """The market's yes to a farm; to one from too far away it is said with a reason."""
    ids, reason = (wanted.market_id, wanted.producer_id), wanted.far_reason.strip()
    pair = found(store.pair(tx, *ids, asker), "market")
    if pair.organises and pair.state != AdmissionState.ADMITTED and _is_too_far(pair) and not reason:
        about = {"km": _distance(pair), "max_km": pair.max_distance_km}
        return Refused(
            code="too-far", message="The farm is farther away than this market has it: say why.", details=about
        )
    return _agree(tx, *ids, asker, AdmissionState.INVITED, reason)


def accept_terms(tx: Connection, wanted: AcceptTerms, asker: UUID) -> Admission:
    """A farm's word that it accepts a market's charter and payment policy as they are."""
    ids = wanted.market_id, wanted.producer_id
    pair = _pair_of_seller(tx, *ids, asker)
    if wanted.terms_version != pair.terms_version:
        raise Conflict("terms-changed", "The market's terms changed.", {"terms_version": pair.terms_version})
    store.accept(tx, *ids, wanted.terms_version, wanted.name, asker)
    return _as_it_stands(tx, *ids, asker)


def choose_usual_places(tx: Connection, wanted: ChooseUsualPlaces, asker: UUID) -> Admission:
    """At which of a market's places a farm comes."""
    ids = wanted.market_id, wanted.producer_id
    _pair_of_seller(tx, *ids, asker)
    if not all(planning.venue_of(tx, venue_id, wanted.market_id) for venue_id in wanted.venue_ids):
        raise malformed_field("venue_ids", "Name places of this market.", "unknown")
    store.choose_places(tx, *ids, sorted(set(wanted.venue_ids)))
    return _as_it_stands(tx, *ids, asker)


def end_admission(tx: Connection, market_id: UUID, producer_id: UUID, asker: UUID) -> Admission:
    """Either side's no; where there was nothing there is nothing to end."""
    pair = found(store.pair(tx, market_id, producer_id, asker), "market")
    if not (pair.organises or pair.sells):
        raise NotAllowed("not-yours", "You neither organise this market nor sell for this farm.")
    found(pair.state, "admission")
    settle(tx, pair, AdmissionState.ENDED, asker, by_market=pair.organises)
    products.withdraw_all(tx, market_id, producer_id)
    return _as_it_stands(tx, market_id, producer_id, asker)


def admissions(
    tx: Connection,
    asker: UUID,
    *,
    market_id: UUID | None,
    producer_id: UUID | None,
    after: UUID | None,
    limit: int,
) -> list[Admission]:
    """A market's farms for its organisers, or a farm's markets for those who sell for it."""
    if market_id:
        mine(markets.load(tx, market_id, asker), "market")
        rows = store.admissions_of_market(tx, market_id, asker, after, limit)
    else:
        asked = producer_id or UUID(int=0)
        mine(store.load(tx, asked, asker), "producer")
        rows = store.admissions_of_producer(tx, asked, asker, after, limit)
    return [_admission(row) for row in rows]


def _agree(
    tx: Connection, market_id: UUID, producer_id: UUID, asker: UUID, said: AdmissionState, far_reason: str = ""
) -> Admission:
    pair = found(store.pair(tx, market_id, producer_id, asker), "market")
    may = pair.sells if said is AdmissionState.ASKED else pair.organises
    if not may:
        raise NotAllowed("not-yours", "You have no right to say this for them.")
    both = pair.state in ANSWERS[said]
    state = AdmissionState.ADMITTED if both else said
    settle(tx, pair, state, asker, by_market=said is AdmissionState.INVITED, far_reason=far_reason)
    return _as_it_stands(tx, market_id, producer_id, asker)


def _pair_of_seller(tx: Connection, market_id: UUID, producer_id: UUID, asker: UUID) -> Row[Any]:
    """A market and a farm that have to do with one another, for somebody who sells for the farm; locked."""
    pair = found(store.pair(tx, market_id, producer_id, asker), "market")
    if not pair.sells:
        raise NotAllowed("not-yours", "You do not sell for this farm.")
    found(pair.state, "admission")
    return pair


def _as_it_stands(tx: Connection, market_id: UUID, producer_id: UUID, asker: UUID) -> Admission:
    return _admission(found(store.pair(tx, market_id, producer_id, asker, lock=False), "market"))


def _admission(row: Row[Any]) -> Admission:
    accepted = row.accepted_version == row.terms_version
    return Admission(**row._mapping, terms_accepted=accepted, distance_km=_distance(row))


def _distance(row: Row[Any]) -> float | None:
    market = rules.Point(row.latitude, row.longitude)
    return rules.Point(row.farm_latitude, row.farm_longitude).kilometres_to(market)


def _is_too_far(row: Row[Any]) -> bool:
    distance = _distance(row)
    return row.max_distance_km is not None and distance is not None and distance > row.max_distance_km


def _told(tx: Connection, producer_id: UUID, asker: UUID) -> Producer:
    """The farm as it stands now, said to whom it concerns."""
    row = found(store.load(tx, producer_id, asker), "producer")
    producer = Producer(**row._mapping)
    about = {"name": producer.farm_name, "founder_id": row.founder_id, "plan": producer.plan}
    say(tx, ProducerChanged(producer_id=producer_id, **about), seq=producer.version)
    return producer


def _row(tx: Connection, wanted: ProducerDetails) -> dict[str, Any]:
    if markets.commune_of(tx, wanted.insee) is None:
        raise malformed_field("insee", "No commune of France has this INSEE code.", "unknown")
    row = wanted.model_dump(include=set(ProducerDetails.model_fields))
    return row | {"siret": checked_siret(wanted.siret) if wanted.siret else None}
