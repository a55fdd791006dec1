"""Farms, and where they stand with markets."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Row, Select, func, insert, or_, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from contracts.planning import AdmissionState
from services.catalog.store.farm_tables import producers
from services.catalog.store.guards import knows_market, operates, organises, sells_for
from services.catalog.store.planning_tables import admissions
from services.catalog.store.tables import communes, markets


def add(tx: Connection, row: dict[str, Any]) -> None:
    """Insert a farm."""
    tx.execute(insert(producers).values(version=1, **row))


def load(tx: Connection, producer_id: UUID, person: UUID | None) -> Row[Any] | None:
    """A farm (anybody may read it), and whether it is `mine` to sell for."""
    return tx.execute(_seen_by(person).where(producers.c.id == producer_id)).first()


def change(tx: Connection, producer_id: UUID, version: int, row: dict[str, Any]) -> bool:
    """Write a farm anew if it is still at `version`."""
    same = producers.c.id == producer_id, producers.c.version == version
    changed = update(producers).where(*same).values(version=version + 1, **row)
    return tx.execute(changed).rowcount == 1


def set_plan(tx: Connection, producer_id: UUID, plan: str, person: UUID) -> bool:
    """Write which plan a farm is on, for somebody who operates the instance."""
    values = {"plan": plan, "version": producers.c.version + 1}
    changed = update(producers).where(producers.c.id == producer_id, operates(person)).values(values)
    return tx.execute(changed).rowcount == 1


def sold_for_by(tx: Connection, person: UUID, after: UUID | None, limit: int) -> list[Row[Any]]:
    """The farms that `person` sells for, oldest first."""
    statement = _seen_by(person).where(sells_for(person)).order_by(producers.c.id).limit(limit)
    if after:
        statement = statement.where(producers.c.id > after)
    return list(tx.execute(statement))


def _seen_by(person: UUID | None) -> Select[Any]:
    seen = select(
        producers,
        producers.c.id.label("producer_id"),
        communes.c.name.label("town"),
        sells_for(person).label("mine"),
    )
    return seen.join(communes, communes.c.insee == producers.c.insee)


def pair(tx: Connection, market_id: UUID, producer_id: UUID, person: UUID, *, lock: bool = True) -> Row[Any] | None:
    """A market that `person` may know of and a farm: the state between them, who of both they are.

    Locks the farm's row, so that two answers of one pair follow one another.
    """
    statement: Select[Any] = (
        select(*_both(), organises(person).label("organises"), sells_for(person).label("sells"))
        .select_from(markets)
        .join(producers, producers.c.id == producer_id)
        .join(communes, communes.c.insee == producers.c.insee)
        .outerjoin(admissions, _between(market_id, producer_id))
        .where(markets.c.id == market_id, or_(knows_market(person), sells_for(person)))
    )
    if lock:
        statement = statement.with_for_update(of=producers, key_share=True)
    return tx.execute(statement).first()


def settle(
    tx: Connection, market_id: UUID, producer_id: UUID, state: AdmissionState, person: UUID, far_reason: str = ""
) -> datetime:
    """Write where a farm stands with a market, who said so and when; a reason stays until another is given."""
    row = {"state": state, "decided_by": person, "decided_at": func.halle_now()}
    row |= {"far_reason": far_reason} if far_reason else {}
    statement = upsert(admissions).values(market_id=market_id, producer_id=producer_id, **row)
    keys = ["market_id", "producer_id"]
    settled = statement.on_conflict_do_update(index_elements=keys, set_=row).returning(admissions.c.decided_at)
    decided_at: datetime = tx.execute(settled).scalar_one()
    return decided_at


def accept(tx: Connection, market_id: UUID, producer_id: UUID, version: int, name: str, person: UUID) -> None:
    """Write which terms of a market a farm accepts, by whose word."""
    row = {"accepted_version": version, "accepted_name": name, "accepted_by": person, "accepted_at": func.halle_now()}
    tx.execute(update(admissions).where(_between(market_id, producer_id)).values(row))


def choose_places(tx: Connection, market_id: UUID, producer_id: UUID, venue_ids: list[UUID]) -> None:
    """Write at which places of a market a farm comes."""
    tx.execute(update(admissions).where(_between(market_id, producer_id)).values(usual_venue_ids=venue_ids))


def farms_of_market(tx: Connection, market_id: UUID) -> list[Row[Any]]:
    """The farms that stand with a market, for its own word to all of them; its organiser was looked at."""
    stand = admissions.c.market_id == market_id, admissions.c.state != AdmissionState.ENDED
    return list(tx.execute(_admissions().where(*stand).order_by(producers.c.id)))


def admissions_of_market(
    tx: Connection, market_id: UUID, person: UUID, after: UUID | None, limit: int
) -> list[Row[Any]]:
    """The farms of a market that `person` organises."""
    statement = _admissions().where(markets.c.id == market_id, organises(person))
    if after:
        statement = statement.where(producers.c.id > after)
    return list(tx.execute(statement.order_by(producers.c.id).limit(limit)))


def admissions_of_producer(
    tx: Connection, producer_id: UUID, person: UUID, after: UUID | None, limit: int
) -> list[Row[Any]]:
    """The markets of a farm that `person` sells for."""
    statement = _admissions().where(producers.c.id == producer_id, sells_for(person))
    if after:
        statement = statement.where(markets.c.id > after)
    return list(tx.execute(statement.order_by(markets.c.id).limit(limit)))


def _admissions() -> Select[Any]:
    return (
        select(*_both())
        .select_from(admissions)
        .join(markets, markets.c.id == admissions.c.market_id)
        .join(producers, producers.c.id == admissions.c.producer_id)
        .join(communes, communes.c.insee == producers.c.insee)
    )


def _both() -> list[ColumnElement[Any]]:
    """A market and a farm, and what is between them; `communes` is where the farm is."""
    between = ("state", "far_reason", "accepted_version", "accepted_name", "accepted_at", "usual_venue_ids")
    return [
        markets.c.id.label("market_id"),
        markets.c.name.label("market_name"),
        producers.c.id.label("producer_id"),
        producers.c.farm_name.label("producer_name"),
        *(markets.c[name] for name in ("quality_floor", "terms_version", "max_distance_km", "latitude", "longitude")),
        *(markets.c[name] for name in ("payment_policy", "charter_title")),
        communes.c.latitude.label("farm_latitude"),
        communes.c.longitude.label("farm_longitude"),
        *(admissions.c[name] for name in between),
    ]


def _between(market_id: UUID, producer_id: UUID) -> Any:
    return (admissions.c.market_id == market_id) & (admissions.c.producer_id == producer_id)
