"""What members of a market chose to be told of its sales, and how far the telling is; every statement on it."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, Select, and_, delete, func, literal, select, text, update
from sqlalchemy.dialects.postgresql import insert

from bus import rights
from contracts.members import Standing
from contracts.notifications import Wanted
from services.notifications.rules import UNSENT
from services.notifications.store.tables import announcements, choices, memberships, messages, people

_OF_MEMBERS = and_(
    memberships.c.market_id == choices.c.market_id,
    memberships.c.person_id == choices.c.person_id,
    memberships.c.standing == Standing.MEMBER,
)


def know_membership(tx: Connection, row: dict[str, Any]) -> bool:
    """Keep where somebody stands with a market; false when a later state is known."""
    return rights.keep_newest(tx, memberships, "membership_id", row)


def of_member(tx: Connection, person_id: UUID) -> Sequence[Row[Any]]:
    """What somebody chose for each market that has this person as a member."""
    chosen = [func.coalesce(choices.c[wanted], False).label(wanted) for wanted in Wanted]
    statement = select(memberships.c.market_id, *chosen).select_from(memberships.outerjoin(choices, _OF_MEMBERS))
    is_member = (memberships.c.person_id == person_id) & (memberships.c.standing == Standing.MEMBER)
    return tx.execute(statement.where(is_member).order_by(memberships.c.market_id)).all()


def choose(tx: Connection, person_id: UUID, market_id: UUID, chosen: dict[Wanted, bool]) -> bool:
    """Write down what a member chose; false for somebody who is none."""
    member = select(memberships.c.market_id, memberships.c.person_id, *(literal(chosen[one]) for one in Wanted))
    of_member = (memberships.c.person_id == person_id) & (memberships.c.market_id == market_id)
    member = member.where(of_member, memberships.c.standing == Standing.MEMBER)
    statement = insert(choices).from_select(["market_id", "person_id", *Wanted], member)
    written = statement.on_conflict_do_update(index_elements=["market_id", "person_id"], set_=chosen)
    return tx.execute(written).rowcount == 1


def by_secret(tx: Connection, secret: UUID) -> Row[Any] | None:
    """Whose choice a mail's link is about."""
    found: Row[Any] | None = tx.execute(select(choices).where(choices.c.secret == secret)).first()
    return found


def end(tx: Connection, person_id: UUID, market_id: UUID, ended: Iterable[Wanted]) -> None:
    """Choose something no more; what was written of it and is unsent is dropped."""
    kinds = list(ended)
    if not kinds:
        return
    of_choice = (choices.c.person_id == person_id) & (choices.c.market_id == market_id)
    tx.execute(update(choices).where(of_choice).values(dict.fromkeys(kinds, False)))
    table = messages.c
    theirs = (table.person_id == person_id) & (table.market_id == market_id)
    tx.execute(delete(messages).where(theirs, table.kind.in_(kinds), table.state.in_(UNSENT)))


def forget(tx: Connection, person_id: UUID) -> None:
    """Drop what somebody chose, and where."""
    tx.execute(delete(choices).where(choices.c.person_id == person_id))
    tx.execute(delete(memberships).where(memberships.c.person_id == person_id))


def enter(tx: Connection, distribution_id: UUID, wanted: Wanted, content: str) -> bool:
    """Note what is to be told of a sale; false when it was noted before, or the sale is cancelled."""
    row = {"distribution_id": distribution_id, "kind": wanted, "content": content}
    return tx.execute(insert(announcements).values(row).on_conflict_do_nothing()).rowcount == 1


def call_off(tx: Connection, distribution_id: UUID) -> None:
    """Tell nothing more of a sale, nor what is heard of it later; drop what is unsent."""
    rows = [{"distribution_id": distribution_id, "kind": wanted} for wanted in Wanted]
    statement = insert(announcements).values(rows)
    tx.execute(statement.on_conflict_do_update(index_elements=["distribution_id", "kind"], set_={"content": None}))
    table = messages.c
    of_sale = (table.about == distribution_id) & table.kind.in_(list(Wanted))
    tx.execute(delete(messages).where(of_sale, table.state.in_(UNSENT)))


def announcement(tx: Connection, distribution_id: UUID, wanted: Wanted) -> Row[Any]:
    """What is being told, held until commit; without content where the sale was cancelled."""
    of_sale = (announcements.c.distribution_id == distribution_id) & (announcements.c.kind == wanted)
    return tx.execute(select(announcements).where(of_sale).with_for_update()).one()


def reached(tx: Connection, distribution_id: UUID, wanted: Wanted, person_id: UUID) -> None:
    """Note who was the last to be written to."""
    of_sale = (announcements.c.distribution_id == distribution_id) & (announcements.c.kind == wanted)
    tx.execute(update(announcements).where(of_sale).values(reached=person_id))


def choosers(tx: Connection, market_id: UUID, wanted: Wanted, after: UUID | None, count: int) -> list[UUID]:
    """The next members, by id, who chose to be told something and have an address."""
    statement = _choosing(market_id, wanted)
    if after is not None:
        statement = statement.where(choices.c.person_id > after)
    return list(tx.execute(statement.order_by(choices.c.person_id).limit(count)).scalars())


def secrets_of(tx: Connection, market_id: UUID, wanted: Wanted, among: Iterable[UUID]) -> dict[UUID, UUID]:
    """Which of these people choose it now, and the secrets of their links."""
    rows = tx.execute(_choosing(market_id, wanted).where(choices.c.person_id.in_(list(among))))
    return {row.person_id: row.secret for row in rows}


def _choosing(market_id: UUID, wanted: Wanted) -> Select[Any]:
    found = choices.join(memberships, _OF_MEMBERS).join(people, people.c.person_id == choices.c.person_id)
    statement = select(choices.c.person_id, choices.c.secret).select_from(found)
    return statement.where(choices.c.market_id == market_id, choices.c[wanted], people.c.email.is_not(None))


_BUYERS = text("""
    select placed.person_id from messages placed
    where placed.person_id = any(:people) and placed.market_id = :market
      and placed.kind in ('order_placed', 'order_changed') and strpos(placed.content, :sale) > 0
      and not exists (
        select from messages gone
        where gone.person_id = placed.person_id and gone.about = placed.about and gone.kind = 'order_cancelled')
""")


def buyers(tx: Connection, market_id: UUID, distribution_id: UUID, among: Iterable[UUID]) -> set[UUID]:
    """Who has an order at a sale, by the order mails of the last weeks."""
    wanted = {"people": list(among), "market": market_id, "sale": f'"distribution_id":"{distribution_id}"'}
    return set(tx.execute(_BUYERS, wanted).scalars())


_HAS_ROOM = text("""
    select count(*) < :room from (
        select from messages where state = 'due' and due_at <= halle_now() limit :room) waiting
""")


def has_room(tx: Connection, room: int) -> bool:
    """Whether fewer messages than that wait to be sent."""
    return bool(tx.execute(_HAS_ROOM, {"room": room}).scalar_one())


def prune(tx: Connection, before: datetime) -> None:
    """Drop what was to be told before that instant."""
    tx.execute(delete(announcements).where(announcements.c.entered_at < before))
