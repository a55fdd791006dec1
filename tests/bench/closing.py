"""The close of a big sale: 5 000 orders of 8 lines, 40 producers; from the close to all lists, their CSV and PDF."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus
from itertools import count
from uuid import UUID, uuid4

from contracts.catalog import SaleSheetPublished
from tests.bench.figures import Figure, at_most, found, quantile
from tests.bench.ground import Ground, sale
from tests.bench.town import Person, Town
from tests.cast import ODILE

ORDERS, LINES, PRODUCERS, OFFERS = 5000, 8, 40, 200


def closing(ground: Ground) -> Iterator[Figure]:
    """Orders are copied in, the timer is brought forward, all else is as every week."""
    town = ground.town
    producers = [uuid4() for _ in range(PRODUCERS)]
    big = sale("Big market", producers, OFFERS)
    seller, organiser = Person("Alice"), Person("Odile", person_id=ODILE)
    town.sign_in([seller, organiser])
    town.let_sell(seller, producers)
    town.open([big])
    _fill(town, big)
    town.settle(120)
    closed, made = _close(town, big.distribution_id)
    csv = _csv_seconds(ground, seller, big)
    yield Figure("closing 5 000 orders, rows of all lists", round(made - closed, 3), "s")
    yield Figure("closing 5 000 orders, CSV of all lists", round(csv, 3), "s")
    yield at_most("closing 5 000 orders, rows and CSV", made - closed + csv, "s", 2)
    yield at_most("closing, a producer's PDF", _paper_seconds(ground, seller, big), "s", 1)
    yield from _papers_meanwhile(ground, organiser, big)
    yield found("closing, lists made", PRODUCERS, _lists(town, big.distribution_id))
    yield found("closing, quantity on the lists", ORDERS * LINES * 2, _quantity(town, big.distribution_id))
    yield Figure("closing, lists mailed after", round(town.settle(120), 2), "s")


def _fill(town: Town, big: SaleSheetPublished) -> None:
    """5 000 orders as placing writes them."""
    snapshots = dict(town.rows("orders", _SNAPSHOTS, big.distribution_id))
    offers = [line.offer_id for line in big.lines]
    orders = [uuid4() for _ in range(ORDERS)]
    with town.connect("orders") as connection, connection.transaction(), connection.cursor() as cursor:
        with cursor.copy(
            "copy orders (id, distribution_id, consumer_id, recipient, code, version, state, total_cents) from stdin"
        ) as copy:
            for number, order in enumerate(orders):
                copy.write_row((order, big.distribution_id, uuid4(), "", f"C{number:05}", 1, "placed", LINES * 520))
        with cursor.copy(
            "copy order_lines (order_id, offer_id, snapshot_id, quantity, amount_cents) from stdin"
        ) as copy:
            steps = count()
            for order in orders:
                for step in (next(steps) for _ in range(LINES)):
                    offer = offers[step * 7 % OFFERS]
                    copy.write_row((order, offer, snapshots[offer], 2, 520))
    town.rows("orders", "analyze orders, order_lines")


_SNAPSHOTS = "select offer_id, snapshot_id from sheet_lines where distribution_id = %s"


def _close(town: Town, distribution_id: UUID) -> tuple[float, float]:
    """Bring the close forward; when it came, and when the sale was closed with all its lists."""
    key = f"{distribution_id}:close"
    town.rows("orders", "update distributions set closes_at = halle_now() where id = %s", distribution_id)
    town.rows("orders", "update timers set due_at = halle_now(), retry_at = halle_now() where key = %s", key)
    state = "select state from distributions where id = %s"
    town.wait(lambda: town.rows("orders", state, distribution_id)[0][0] == "closed", "the close", 60)
    done = "select extract(epoch from done_at)::float from timers where key = %s"
    closed: float = town.rows("orders", done, key)[0][0]
    made: float = town.rows("orders", done, f"{key}:lists")[0][0]
    return closed, max(made, closed)


def _csv_seconds(ground: Ground, seller: Person, big: SaleSheetPublished) -> float:
    """The time to fetch every list as a spreadsheet, one after the other, through the gateway."""
    return sum(_seconds(ground, seller, f"{_list(big, producer)}.csv") for producer in _producers(big))


def _paper_seconds(ground: Ground, seller: Person, big: SaleSheetPublished) -> float:
    """The time to fetch one list as PDF, in the middle of ten; the first starts the press."""
    took = [_seconds(ground, seller, f"{_list(big, producer)}.pdf") for producer in _producers(big)[:10]]
    return quantile(took, 0.5)


def _papers_meanwhile(ground: Ground, organiser: Person, big: SaleSheetPublished) -> Iterator[Figure]:
    """All papers of the sale in one file, while others order elsewhere."""
    ground.introduce()
    with ThreadPoolExecutor(1) as pool:
        ordered = pool.submit(ground.orders.steady, 50, ground.shrunk(60))
        took = _seconds(ground, organiser, f"{_sale(big)}/papers.zip")
        done = ordered.result()
    yield at_most("closing, all PDFs of 5 000 orders", took, "s", 60)
    yield at_most("closing, 50 orders a second meanwhile, p99", done.p99, "ms", 100)


def _producers(big: SaleSheetPublished) -> list[UUID]:
    return list(dict.fromkeys(line.producer_id for line in big.lines))


def _sale(big: SaleSheetPublished) -> str:
    return f"/api/v1/distributions/{big.distribution_id}"


def _list(big: SaleSheetPublished, producer: UUID) -> str:
    return f"{_sale(big)}/preparation-lists/{producer}"


def _seconds(ground: Ground, person: Person, path: str) -> float:
    """The time to fetch a file."""
    began = time.monotonic()
    status, _ = ground.status(path, secret=person.secret, within=240)
    if status != HTTPStatus.OK:
        raise RuntimeError(f"{path}: {status}")
    return time.monotonic() - began


def _lists(town: Town, distribution_id: UUID) -> int:
    statement = "select count(*) from preparation_lists where distribution_id = %s"
    return int(town.rows("orders", statement, distribution_id)[0][0])


def _quantity(town: Town, distribution_id: UUID) -> int:
    statement = """
        select sum((total->>'quantity')::int) from preparation_lists, jsonb_array_elements(body->'totals') total
        where distribution_id = %s
    """
    return int(town.rows("orders", statement, distribution_id)[0][0])
