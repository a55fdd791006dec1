"""What markets say of their own in their mails to consumers: read and written by who organises them."""

from uuid import UUID

from sqlalchemy import Connection

from contracts.errors import Conflict, NotFound
from contracts.notifications import ConsumerMail, MarketWord, WriteMarketWord
from services.notifications.store import words as store


def of_market(tx: Connection, market_id: UUID, asker: UUID) -> list[MarketWord]:
    """What a market that `asker` organises says in each of its mails."""
    rows = store.of_market(tx, market_id, asker)
    if not rows:
        raise NotFound("no-such-market", "There is no market here that you organise.")
    written = {row.mail: MarketWord.model_validate(row._mapping) for row in rows if row.mail}
    return [written.get(mail, MarketWord(market_id=market_id, mail=mail)) for mail in ConsumerMail]


def write(tx: Connection, wanted: WriteMarketWord, asker: UUID) -> MarketWord:
    """Say something else in a mail of a market that `asker` organises."""
    seen = next(one for one in of_market(tx, wanted.market_id, asker) if one.mail is wanted.mail)
    word = MarketWord(**wanted.model_dump() | {"version": wanted.version + 1})
    if seen.version != wanted.version or not store.write(tx, word):
        message = "Somebody wrote this word while you were looking at it."
        raise Conflict("market-word-changed", message, {"version": seen.version})
    return word
