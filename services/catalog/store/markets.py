"""Markets."""

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Row, Select, delete, exists, func, insert, or_, select, text, update
from sqlalchemy.dialects.postgresql import aggregate_order_by

from bus import rights
from contracts.identity import Approval
from contracts.members import Right
from contracts.producers import ProducerPlan
from services.catalog.store.farm_tables import producers
from services.catalog.store.guards import knows_market, operates, organises
from services.catalog.store.tables import communes, logos, markets, served_towns


def commune_of(tx: Connection, insee: str) -> Row[Any] | None:
    """A commune: name, latitude, longitude."""
    return tx.execute(select(communes).where(communes.c.insee == insee)).first()


def add(tx: Connection, row: dict[str, Any]) -> None:
    """Insert a market."""
    tx.execute(insert(markets).values(version=1, **_indexed(row)))


def load(tx: Connection, market_id: UUID, person: UUID | None) -> Row[Any] | None:
    """A market that `person` may know of, and whether it is `mine` to organise."""
    return tx.execute(_seen_by(person).where(markets.c.id == market_id)).first()


def change(tx: Connection, market_id: UUID, version: int, row: dict[str, Any]) -> bool:
    """Write a market anew if it is still at `version`."""
    same = markets.c.id == market_id, markets.c.version == version
    changed = update(markets).where(*same).values(version=version + 1, **_indexed(row))
    return tx.execute(changed).rowcount == 1


def touch(tx: Connection, market_id: UUID) -> None:
    """Count what is shown of a market beside its own row as another version of it."""
    tx.execute(update(markets).where(markets.c.id == market_id).values(version=markets.c.version + 1))


def serve(tx: Connection, market_id: UUID, rows: list[dict[str, Any]]) -> None:
    """Write anew which towns a market serves beside its own."""
    tx.execute(delete(served_towns).where(served_towns.c.market_id == market_id))
    if rows:
        tx.execute(insert(served_towns), [row | {"market_id": market_id} for row in rows])


def communes_of(tx: Connection, codes: list[str]) -> list[Row[Any]]:
    """Communes by their codes, in their order."""
    return list(tx.execute(select(communes).where(communes.c.insee.in_(codes)).order_by(communes.c.insee)))


def host_is_taken(tx: Connection, host: str, but: UUID) -> bool:
    """Whether another market is shown at this host name; those who want one wait in line."""
    tx.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"host {host}", 0))))
    same = markets.c.host == host, markets.c.id != but
    return tx.execute(select(markets.c.id).where(*same)).first() is not None


def shown_at(tx: Connection, host: str) -> Row[Any] | None:
    """The listed market of a host name, which anybody may know."""
    name = func.coalesce(func.nullif(markets.c.brand_name, ""), markets.c.name).label("name")
    colour = markets.c.brand_colour.label("colour")
    seen: Select[Any] = select(markets.c.id.label("market_id"), name, colour, logo_of_market().label("logo"))
    return tx.execute(seen.where(markets.c.host == host, markets.c.listed)).first()


def for_operator(tx: Connection, market_id: UUID, person: UUID) -> Row[Any] | None:
    """Any market, for somebody who operates the instance."""
    return tx.execute(_shown(person).where(markets.c.id == market_id, operates(person))).first()


def of_approval(tx: Connection, approval: str, person: UUID, after: UUID | None, limit: int) -> list[Row[Any]]:
    """The markets of one approval, oldest first, for somebody who operates the instance."""
    statement = _shown(person).where(markets.c.approval == approval, operates(person))
    if after:
        statement = statement.where(markets.c.id > after)
    return list(tx.execute(statement.order_by(markets.c.id).limit(limit)))


def decide(tx: Connection, market_id: UUID, version: int, approval: str, reason: str, person: UUID) -> bool:
    """Write what an operator said of a market, and who it was, if it is still at `version`. Declined, no host."""
    same = markets.c.id == market_id, markets.c.version == version
    said: dict[str, Any] = {"approval": approval, "approval_reason": reason, "approval_by": person}
    if approval == Approval.DECLINED:
        said["host"] = None
    values = said | {"approval_at": func.halle_now(), "version": version + 1}
    return tx.execute(update(markets).where(*same).values(values)).rowcount == 1


def is_open(tx: Connection, market_id: UUID) -> bool:
    """Whether sales may be planned: it is approved, or was founded by somebody who sells for an engaged producer."""
    open_ = or_(markets.c.approval == Approval.APPROVED, _is_engaged())
    return tx.execute(select(markets.c.id).where(markets.c.id == market_id, open_)).first() is not None


def approve_engaged(tx: Connection, market_id: UUID, person: UUID) -> bool:
    """Approve a market that waits, if an engaged producer opened it and says who is behind it."""
    waits = markets.c.approval == Approval.PENDING, markets.c.entity_kind.is_not(None), _is_engaged()
    by = {"approval_by": person, "approval_at": func.halle_now(), "version": markets.c.version + 1}
    approved = update(markets).where(markets.c.id == market_id, *waits)
    return tx.execute(approved.values(approval=Approval.APPROVED, approval_reason="", **by)).rowcount == 1


def whole(tx: Connection, market_id: UUID) -> Row[Any]:
    """A market as it is said to other services: for an event, which nobody asks for."""
    return tx.execute(_shown(None).where(markets.c.id == market_id)).one()


def organised_by(tx: Connection, person: UUID, after: UUID | None, limit: int) -> list[Row[Any]]:
    """The markets that `person` organises, oldest first."""
    statement = _seen_by(person).where(organises(person)).order_by(markets.c.id).limit(limit)
    if after:
        statement = statement.where(markets.c.id > after)
    return list(tx.execute(statement))


def logo_of_market() -> ColumnElement[str | None]:
    """The id of a market's logo, within a statement about markets."""
    statement = select(logos.c.logo).where(logos.c.market_id == markets.c.id)
    return statement.correlate(markets).scalar_subquery()


def _is_engaged() -> ColumnElement[bool]:
    """Whether a market was founded by somebody who sells for an engaged producer."""
    founders = or_(
        producers.c.founder_id == markets.c.founder_id,
        rights.holds(markets.c.founder_id, Right.SELL, producers.c.id),
    )
    return exists().where(producers.c.plan == ProducerPlan.ENGAGED, founders)


def _seen_by(person: UUID | None) -> Select[Any]:
    return _shown(person).where(knows_market(person))


def _shown(person: UUID | None) -> Select[Any]:
    seen = select(
        markets,
        markets.c.id.label("market_id"),
        communes.c.name.label("town"),
        organises(person).label("mine"),
        _served().label("served_towns"),
        logo_of_market().label("logo"),
    )
    return seen.join(communes, communes.c.insee == markets.c.insee)


def _served() -> ColumnElement[Any]:
    town = communes.alias()
    one = func.jsonb_build_object("insee", town.c.insee, "name", town.c.name, "post_codes", town.c.post_codes)
    towns = func.coalesce(func.jsonb_agg(aggregate_order_by(one, town.c.name)), text("'[]'::jsonb"))
    statement = select(towns).select_from(served_towns.join(town, town.c.insee == served_towns.c.insee))
    return statement.where(served_towns.c.market_id == markets.c.id).correlate(markets).scalar_subquery()


def _indexed(row: dict[str, Any]) -> dict[str, Any]:
    return row | {"words": func.array_to_tsvector(row["words"])}
