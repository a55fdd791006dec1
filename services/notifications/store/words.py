"""What markets say of their own in their mails; every statement on it."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, Uuid, literal, select
from sqlalchemy.dialects.postgresql import insert

from bus import rights
from contracts.members import Right
from contracts.notifications import MarketWord
from services.notifications.store.tables import market_words


def of_market(tx: Connection, market_id: UUID, organiser_id: UUID) -> Sequence[Row[Any]]:
    """What a market says, for who organises it: one row without a mail where nobody wrote any, none for others."""
    organised = select(literal(market_id, Uuid).label("market_id"))
    organised = organised.where(rights.holds(organiser_id, Right.ORGANISE, market_id))
    market = organised.subquery()
    words = [column for column in market_words.c if column.name != "market_id"]
    found = market.outerjoin(market_words, market_words.c.market_id == market.c.market_id)
    return tx.execute(select(market.c.market_id, *words).select_from(found)).all()


def write(tx: Connection, word: MarketWord) -> bool:
    """Write what a market says in a mail, one version after the one that stands; false when it is another."""
    row = word.model_dump()
    statement = insert(market_words).values(row)
    follows = market_words.c.version == word.version - 1
    return tx.execute(statement.on_conflict_do_update(set_=row, where=follows, index_elements=_KEY)).rowcount == 1


_KEY = ["market_id", "mail"]
