"""Distributions, who takes part in them, and the sheet that an opening publishes."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, Select, case, desc, exists, func, insert, or_, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert as upsert

from contracts.catalog import Joining
from contracts.identity import Approval
from contracts.planning import AdmissionState, Presence, Stage
from services.catalog.store import products as product_store
from services.catalog.store.farm_tables import offers, producers, products
from services.catalog.store.guards import knows_market, organises, sells_for
from services.catalog.store.loans import place_lack
from services.catalog.store.planning_tables import admissions, distributions, participations, refused_offers
from services.catalog.store.tables import markets, venues
from services.catalog.store.venues import is_lent_to

_COMES_THERE = (func.cardinality(admissions.c.usual_venue_ids) == 0) | (
    distributions.c.venue_id == func.any(admissions.c.usual_venue_ids)
)
PRESENCE = func.coalesce(participations.c.presence, case((_COMES_THERE, Presence.ACCEPTED), else_=Presence.DECLINED))
"""What a farm said for the day, else whether it is a place where it comes."""
_OF_OFFER = (*("product_id", "producer_id", "price_cents", "minimum", "maximum", "step", "stock_mode"),)
_OF_PRODUCT = ("name", "category", "photo", "unit", "pricing", "estimated_grams", "tolerance_percent", "net_quantity")
_JOINING = case(
    ((markets.c.approval != Approval.APPROVED) & (markets.c.joining == Joining.OPEN), Joining.ON_REQUEST),
    else_=markets.c.joining,
).label("joining")
"""Before its approval a market is for those whom its organisers admit."""
LAST_CLOSE = func.least(participations.c.closes_at, distributions.c.closes_at)


def venue_of(tx: Connection, venue_id: UUID, market_id: UUID) -> Row[Any] | None:
    """A pick-up place that belongs to a market, or was ever lent to it."""
    its_own = or_(venues.c.market_id == market_id, is_lent_to(market_id))
    return tx.execute(select(venues.c.slot_capacity).where(venues.c.id == venue_id, its_own)).first()


def add(tx: Connection, rows: list[dict[str, Any]]) -> None:
    """Insert planned distributions."""
    tx.execute(insert(distributions).values(version=1, state=Stage.PLANNED), rows)


def load(tx: Connection, distribution_id: UUID, person: UUID | None) -> Row[Any] | None:
    """A distribution that `person` may know of, and whether it is `mine` to organise."""
    return tx.execute(_seen_by(person).where(distributions.c.id == distribution_id)).first()


def load_many(tx: Connection, ids: list[UUID], person: UUID) -> list[Row[Any]]:
    """The same for several, by their start."""
    statement = _seen_by(person).where(distributions.c.id.in_(ids))
    return list(tx.execute(statement.order_by(distributions.c.starts_at, distributions.c.id)))


def change(tx: Connection, distribution_id: UUID, version: int, row: dict[str, Any]) -> bool:
    """Plan a distribution anew, or cancel it, if it is still planned at `version`."""
    same = distributions.c.id == distribution_id, distributions.c.version == version
    planned = distributions.c.state == Stage.PLANNED
    changed = update(distributions).where(*same, planned).values(version=version + 1, **row)
    return tx.execute(changed).rowcount == 1


def of_market(
    tx: Connection,
    market_id: UUID,
    person: UUID | None,
    *,
    past: bool,
    newest_first: bool,
    after: UUID | None,
    limit: int,
) -> list[Row[Any]]:
    """The distributions of a market that `person` may know of, by their start."""
    place = tuple_(distributions.c.starts_at, distributions.c.id)
    statement = _seen_by(person).where(distributions.c.market_id == market_id)
    if not past:
        statement = statement.where(distributions.c.ends_at > func.halle_now())
    if after:
        seen = distributions.alias()
        last = select(seen.c.starts_at, seen.c.id).where(seen.c.id == after)
        seen_last = last.scalar_subquery()
        statement = statement.where(place < seen_last if newest_first else place > seen_last)
    ordered = statement.order_by(*(desc(one) if newest_first else one for one in place.clauses))
    return list(tx.execute(ordered.limit(limit)))


def participation(tx: Connection, distribution_id: UUID, producer_id: UUID, person: UUID) -> Row[Any] | None:
    """A distribution as a farm that `person` sells for sees it; locks it against its opening."""
    statement = (
        select(distributions, producers.c.farm_name, admissions.c.state.label("admission"))
        .select_from(distributions)
        .join(producers, producers.c.id == producer_id)
        .outerjoin(admissions, _admitted_at())
        .where(distributions.c.id == distribution_id, sells_for(person))
        .with_for_update(of=distributions, read=True)
    )
    return tx.execute(statement).first()


def take_part(tx: Connection, distribution_id: UUID, producer_id: UUID, row: dict[str, Any]) -> None:
    """Write whether and how a farm takes part."""
    keys = {"distribution_id": distribution_id, "producer_id": producer_id}
    statement = upsert(participations).values(**keys, **row)
    tx.execute(statement.on_conflict_do_update(index_elements=list(keys), set_=row))


def participations_seen(tx: Connection, distribution_id: UUID, person: UUID) -> list[Row[Any]]:
    """Every admitted farm of a distribution for its organisers, for others those they sell for."""
    statement = (
        select(
            distributions.c.id.label("distribution_id"),
            producers.c.id.label("producer_id"),
            producers.c.farm_name.label("producer_name"),
            PRESENCE.label("presence"),
            LAST_CLOSE.label("closes_at"),
            participations.c.threshold_cents,
        )
        .select_from(distributions)
        .join(markets, markets.c.id == distributions.c.market_id)
        .join(admissions, admissions.c.market_id == markets.c.id)
        .join(producers, producers.c.id == admissions.c.producer_id)
        .outerjoin(participations, _takes_part())
        .where(
            distributions.c.id == distribution_id,
            admissions.c.state == AdmissionState.ADMITTED,
            or_(organises(person), sells_for(person)),
        )
        .order_by(producers.c.farm_name, producers.c.id)
    )
    return list(tx.execute(statement))


def open_planned(tx: Connection, distribution_id: UUID, version: int) -> int | None:
    """Move a distribution from planned to open; its sheet's version, nothing if it moved before."""
    same = distributions.c.id == distribution_id, distributions.c.version == version
    statement = (
        update(distributions)
        .where(*same, distributions.c.state == Stage.PLANNED)
        .values(
            state=Stage.OPEN,
            version=distributions.c.version + 1,
            sheet_version=distributions.c.sheet_version + 1,
        )
        .returning(distributions.c.sheet_version)
    )
    opened: int | None = tx.execute(statement).scalar()
    return opened


def sheet_heading(tx: Connection, distribution_id: UUID) -> Row[Any]:
    """What stands above a sale sheet: for the opening, which nobody asks for."""
    statement = (
        select(
            distributions,
            markets.c.name.label("market_name"),
            _JOINING,
            markets.c.currency,
            *markets.c["quality_floor", "kept_minutes", "by_proxy", "in_fridge", "uncollected"],
            *markets.c["entity_name", "fee_cents", "fee_vat_basis_points"],
            venues.c.name.label("venue_name"),
            venues.c.address.label("venue_address"),
        )
        .join(markets, markets.c.id == distributions.c.market_id)
        .join(venues, venues.c.id == distributions.c.venue_id)
        .where(distributions.c.id == distribution_id)
    )
    return tx.execute(statement).one()


def sheet_lines(tx: Connection, distribution_id: UUID) -> list[Row[Any]]:
    """Every offer whole: of admitted farms that did not decline, in season at the hand-over."""
    month = func.extract("month", distributions.c.wall_starts_at)
    in_season = or_(products.c.months == [], month == func.any(products.c.months))
    statement = (
        select(
            offers.c.id.label("offer_id"),
            *(offers.c[name] for name in _OF_OFFER),
            *(products.c[name] for name in _OF_PRODUCT),
            *product_store.facts(),
            product_store.stock().label("stock"),
            producers.c.farm_name.label("producer_name"),
            *producers.c["legal_name", "share_rule"],
            LAST_CLOSE.label("closes_at"),
        )
        .select_from(distributions)
        .join(offers, offers.c.market_id == distributions.c.market_id)
        .join(products, products.c.id == offers.c.product_id)
        .join(producers, producers.c.id == offers.c.producer_id)
        .join(admissions, _admitted_at())
        .outerjoin(participations, _takes_part())
        .where(
            distributions.c.id == distribution_id,
            offers.c.withdrawn_at.is_(None),
            products.c.archived_at.is_(None),
            admissions.c.state == AdmissionState.ADMITTED,
            PRESENCE == Presence.ACCEPTED,
            in_season,
        )
        .order_by(producers.c.farm_name, products.c.category, products.c.name, offers.c.id)
    )
    return list(tx.execute(statement))


def sheet_thresholds(tx: Connection, distribution_id: UUID) -> list[Row[Any]]:
    """From which total farms come to a distribution, where they said so."""
    statement = select(participations.c.producer_id, participations.c.threshold_cents).where(
        participations.c.distribution_id == distribution_id, participations.c.threshold_cents.is_not(None)
    )
    return list(tx.execute(statement.order_by(participations.c.producer_id)))


def keep_refused(tx: Connection, rows: list[dict[str, Any]]) -> None:
    """Enter what the market's quality policy kept off a sheet."""
    if rows:
        tx.execute(insert(refused_offers), rows)


def kept_refused(tx: Connection, distribution_id: UUID, farms: Iterable[UUID]) -> list[Row[Any]]:
    """What was kept off a sheet, of some farms; `participations_seen` says of which."""
    same = refused_offers.c.distribution_id == distribution_id, refused_offers.c.producer_id.in_(list(farms))
    statement = select(refused_offers).where(*same)
    return list(tx.execute(statement.order_by(refused_offers.c.producer_name, refused_offers.c.name)))


def mirror(tx: Connection, distribution_id: UUID, state: str, seq: int) -> bool:
    """Take over what orders says, unless something later was heard."""
    newer = distributions.c.id == distribution_id, distributions.c.heard_seq < seq
    return tx.execute(update(distributions).where(*newer).values(state=state, heard_seq=seq)).rowcount == 1


def mirror_shift(tx: Connection, distribution_id: UUID, times: dict[str, Any], seq: int) -> bool:
    """Take over the times of a shift, unless a later one was heard."""
    newer = distributions.c.id == distribution_id, distributions.c.shifted_seq < seq
    return tx.execute(update(distributions).where(*newer).values(times | {"shifted_seq": seq})).rowcount == 1


def own_closes(tx: Connection, distribution_id: UUID) -> list[Row[Any]]:
    """The farms that close earlier than a distribution does, with the wall time of each."""
    own = participations.c.distribution_id == distribution_id, participations.c.wall_closes_at.is_not(None)
    statement = select(participations.c.producer_id, participations.c.wall_closes_at).where(*own)
    return list(tx.execute(statement.order_by(participations.c.producer_id)))


def accepted_by(tx: Connection, distribution_id: UUID) -> list[UUID]:
    """The farms that said they come, and are still admitted; not those that take part without a word."""
    said = participations.c.distribution_id == distribution_id, participations.c.presence == Presence.ACCEPTED
    admitted = admissions.c.state == AdmissionState.ADMITTED, admissions.c.producer_id == participations.c.producer_id
    here = distributions.c.id == distribution_id, distributions.c.market_id == admissions.c.market_id
    statement = select(participations.c.producer_id).where(*said, exists().where(*admitted, *here))
    return list(tx.execute(statement.order_by(participations.c.producer_id)).scalars())


def move_close(tx: Connection, distribution_id: UUID, producer_id: UUID, times: dict[str, Any]) -> None:
    """Let a farm's own close be another, if it has one."""
    same = participations.c.distribution_id == distribution_id, participations.c.producer_id == producer_id
    own = participations.c.closes_at.is_not(None)
    tx.execute(update(participations).where(*same, own).values(times))


def _seen_by(person: UUID | None) -> Select[Any]:
    statement = select(
        distributions,
        distributions.c.id.label("distribution_id"),
        markets.c.name.label("market_name"),
        markets.c.time_zone.label("market_zone"),
        venues.c.name.label("venue_name"),
        venues.c.address.label("venue_address"),
        venues.c.access.label("venue_access"),
        venues.c.hours.label("venue_hours"),
        venues.c.fridge_shelves,
        place_lack().label("place_lack"),
        organises(person).label("mine"),
    )
    return (
        statement.join(markets, markets.c.id == distributions.c.market_id)
        .join(venues, venues.c.id == distributions.c.venue_id)
        .where(knows_market(person))
    )


def _admitted_at() -> Any:
    same_market = admissions.c.market_id == distributions.c.market_id
    return same_market & (admissions.c.producer_id == producers.c.id)


def _takes_part() -> Any:
    same = participations.c.distribution_id == distributions.c.id
    return same & (participations.c.producer_id == producers.c.id)
