"""More people than goods: what is sold is what there was, and everybody is answered, none of them by an error."""

import asyncio
import random
import sys
import time
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from typing import NamedTuple
from urllib.parse import urlsplit
from uuid import UUID, uuid4

import orjson
import pytest

from contracts.catalog import SaleSheetPublished, SheetLine, StockMode
from tests import cast
from tests.bench.load import introduce
from tests.bench.town import Person, Town
from tests.journeys.town import Town as JourneysTown

BUYERS = 400


class Answer(NamedTuple):
    """What one buyer was told."""

    status: int
    body: dict[str, object]


@pytest.fixture(scope="module")
def here(town: JourneysTown) -> Town:
    """The journeys' instance: two order workers, and a clock that another journey may have moved."""
    return Town(town.instance)


@pytest.fixture(scope="module")
def buyers(here: Town) -> list[Person]:
    """Buyers whose sessions are open, and have been used."""
    people = [Person(f"Buyer {number}") for number in range(BUYERS)]
    here.sign_in(people)
    introduce(here.instance.gateway_url, people)
    return people


def sale_of(here: Town, *lines: SheetLine) -> SaleSheetPublished:
    """An open sale, of a market of its own."""
    now = here.now()
    closes_at = now + timedelta(days=1)
    dated = [one.model_copy(update={"closes_at": closes_at}) for one in lines]
    return cast.sheet(*dated, market_id=uuid4(), opens_at=now, closes_at=closes_at)


Wishes = list[tuple[UUID, UUID]]
"""For one buyer: sale and offer of each line; all of one sale."""


def all_at_once(here: Town, buyers: list[Person], wishes: list[Wishes]) -> list[Answer]:
    """Every buyer orders one of each wish over a connection of his own, which is open before the first one asks."""
    return asyncio.run(_all_at_once(here.instance.gateway_url, buyers, wishes))


async def _all_at_once(url: str, buyers: list[Person], wishes: list[Wishes]) -> list[Answer]:
    address = urlsplit(url)
    connections = [await asyncio.open_connection(address.hostname, address.port) for _ in buyers]
    began = time.perf_counter()
    asked = zip(connections, buyers, wishes, strict=True)
    answers = await asyncio.gather(*(_order(*connection, buyer, wish) for connection, buyer, wish in asked))
    print(f"all answered after {time.perf_counter() - began:.2f} s", file=sys.stderr)
    for _, writer in connections:
        writer.close()
    return answers


async def _order(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, buyer: Person, wishes: Wishes) -> Answer:
    lines = [{"offer_id": str(offer), "quantity": 1} for _, offer in wishes]
    body = orjson.dumps({"distribution_id": str(wishes[0][0]), "lines": lines})
    head = (
        f"POST /api/v1/orders HTTP/1.1\r\nHost: town\r\nAuthorization: Bearer {buyer.secret}\r\n"
        f"Idempotency-Key: {uuid4()}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    writer.write(head.encode() + body)
    answered = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
    length = int(answered.partition("content-length:")[2].partition("\r\n")[0])
    return Answer(int(answered.split(" ", 2)[1]), orjson.loads(await reader.readexactly(length)))


def sold(here: Town, sales: list[SaleSheetPublished]) -> Counter[str]:
    """By offer, how much stands in orders."""
    statement = """
        select l.offer_id::text, sum(l.quantity)::int from order_lines l join orders o on o.id = l.order_id
        where o.distribution_id = any(%s) and o.state = 'placed' group by l.offer_id
    """
    return Counter(dict(here.rows("orders", statement, [sale.distribution_id for sale in sales])))


def left(here: Town, sales: list[SaleSheetPublished]) -> dict[str, int]:
    """By offer, what its stock row holds."""
    statement = """
        select l.offer_id::text, s.left_ from sheet_lines l join stocks s on s.id = l.stock_id
        where l.distribution_id = any(%s)
    """
    return dict(here.rows("orders", statement, [sale.distribution_id for sale in sales]))


@pytest.fixture(autouse=True)
def no_deadlock(here: Town) -> Iterator[None]:
    """Nobody met one; others had the same server before, and theirs are in its log."""
    before = deadlocks(here)
    yield
    assert deadlocks(here) == before


def deadlocks(here: Town) -> int:
    return here.instance.postgres.log.read_text(errors="replace").count("deadlock detected")


def test_four_hundred_who_want_one_of_a_hundred_get_exactly_a_hundred(here: Town, buyers: list[Person]) -> None:
    sale = sale_of(here, cast.line("Asparagus", stock=100))
    here.open([sale])
    wish = [(sale.distribution_id, sale.lines[0].offer_id)]
    answers = all_at_once(here, buyers, [wish] * BUYERS)
    assert Counter(answer.status for answer in answers) == {201: 100, 409: 300}
    refusals = [answer.body for answer in answers if answer.status == 409]
    assert {str(body["code"]) for body in refusals} == {"sold-out"}
    assert all(body["details"]["lines"][0]["left"] == 0 for body in refusals)  # type: ignore[index]
    assert left(here, [sale]) == {str(sale.lines[0].offer_id): 0}


def test_orders_of_many_lines_in_any_order_sell_what_there_was(here: Town, buyers: list[Person]) -> None:
    chance = random.Random(1)
    sale = sale_of(here, *(cast.line(f"Product {n}", stock=100) for n in range(10)))
    here.open([sale])
    offers = [(sale.distribution_id, line.offer_id) for line in sale.lines]
    answers = all_at_once(here, buyers, [chance.sample(offers, 4) for _ in buyers])
    assert {answer.status for answer in answers} == {201, 409}
    found = sold(here, [sale])
    assert left(here, [sale]) == {str(line.offer_id): 100 - found[str(line.offer_id)] for line in sale.lines}
    assert sum(found.values()) == 4 * sum(answer.status == 201 for answer in answers)


def test_one_stock_of_five_markets_is_sold_once(here: Town, buyers: list[Person]) -> None:
    honeys = [cast.line(f"Honey {n}", stock_mode=StockMode.SHARED, stock=100) for n in range(3)]
    chance = random.Random(2)
    sales = [sale_of(here, *chance.sample(honeys, 3)) for _ in range(5)]
    here.open(sales)
    wishes = [
        [(sale.distribution_id, line.offer_id) for line in chance.sample(sale.lines, 2)]
        for sale in (sales[number % 5] for number in range(BUYERS))
    ]
    answers = all_at_once(here, buyers, wishes)
    assert {answer.status for answer in answers} == {201, 409}
    found = sold(here, sales)
    assert left(here, sales) == {str(line.offer_id): 100 - found[str(line.offer_id)] for line in honeys}
    assert sum(found.values()) == 2 * sum(answer.status == 201 for answer in answers)
