"""Sale sheets in memory: asked for once, never an older one, forgotten when they must be."""

import gzip
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import orjson
import pytest
from werkzeug.test import Client

from contracts.errors import NotFound, Unavailable
from contracts.orders import DistributionState, SaleSheet
from gateway.reception import Reception
from gateway.sheets import LOOK_AGAIN, TOO_OLD, Sheets
from tests.cast import line as offer
from tests.cast import sheet as published
from tests.gateway.conftest import FakeLine

SALE = "7d0a4b9e-0000-4000-8000-000000000001"


class Orders:
    """Where sheets come from in these tests."""

    def __init__(self) -> None:
        self.version, self.left = 1, 10
        self.asked = 0
        self.error: Exception | None = None
        self.now = 1000.0

    def __call__(self, distribution_id: str) -> tuple[bytes, bytes]:
        self.asked += 1
        if self.error:
            raise self.error
        return b'{"version":%d,"lines":[]}' % self.version, left(self.left)


def left(number: int) -> bytes:
    return orjson.dumps({"left": [{"offer_id": "carrots", "left": number}]})


def hint(number: int) -> bytes:
    return orjson.dumps([{"offer_id": "carrots", "left": number}])


@pytest.fixture
def orders() -> Orders:
    return Orders()


@pytest.fixture
def sheets(orders: Orders) -> Sheets:
    return Sheets(orders, now=lambda: orders.now)


def shown_left(sheets: Sheets) -> Any:
    return sheets.of(SALE).left_of["carrots"]


def test_a_sheet_is_asked_for_once(sheets: Sheets, orders: Orders) -> None:
    assert sheets.of(SALE).body == b'{"version":1,"lines":[],"left":[{"offer_id":"carrots","left":10}]}'
    assert sheets.of(SALE) is sheets.kept(SALE)
    assert orders.asked == 1


def test_a_crowd_at_the_opening_asks_once() -> None:
    go, asked = threading.Event(), []

    def source(distribution_id: str) -> tuple[bytes, bytes]:
        asked.append(distribution_id)
        go.wait(5)
        return b'{"version":1,"lines":[]}', left(10)

    sheets = Sheets(source)
    with ThreadPoolExecutor(16) as pool:
        wanted = [pool.submit(sheets.of, SALE) for _ in range(16)]
        go.set()
        assert len({one.result(5).body for one in wanted}) == 1
    assert asked == [SALE]


def test_an_older_version_never_replaces_a_newer_one(sheets: Sheets, orders: Orders) -> None:
    orders.version = 3
    sheets.of(SALE)
    orders.version = 2
    orders.now += TOO_OLD + 1
    assert sheets.of(SALE).version == 3
    orders.version = 4
    orders.now += TOO_OLD + 1
    assert sheets.of(SALE).version == 4


def test_hints_make_it_fresher_and_old_ones_are_passed_over(sheets: Sheets) -> None:
    before = sheets.of(SALE).etag
    sheets.hint(SALE, hint(7), 200)
    assert shown_left(sheets) == 7
    assert sheets.of(SALE).etag != before
    for old in (200, 150):
        sheets.hint(SALE, hint(9), old)
        assert shown_left(sheets) == 7
    sheets.hint("never-asked-for", hint(1), 300)
    assert sheets.kept("never-asked-for") is None


def test_it_is_looked_at_again_behind_the_readers_back(sheets: Sheets, orders: Orders) -> None:
    sheets.of(SALE)
    orders.left = 4
    orders.now += LOOK_AGAIN + 1
    sheets.of(SALE)
    sheets._background.shutdown()
    assert (shown_left(sheets), orders.asked) == (4, 2)


def test_a_sale_that_moved_and_a_new_connection_forget_it(sheets: Sheets, orders: Orders) -> None:
    sheets.of(SALE)
    sheets.drop(SALE)
    sheets.of(SALE)
    sheets.clear()
    sheets.of(SALE)
    assert orders.asked == 3


def test_what_was_on_its_way_when_the_sale_moved_is_not_kept(orders: Orders) -> None:
    def source(distribution_id: str) -> tuple[bytes, bytes]:
        if orders.asked == 0:
            kept.drop(distribution_id)
        elif orders.asked == 1:
            kept.clear()
        return orders(distribution_id)

    kept = Sheets(source)
    for _ in range(4):
        kept.of(SALE)
    assert orders.asked == 3


def test_while_orders_cannot_be_asked_the_last_known_sheet_is_shown(sheets: Sheets, orders: Orders) -> None:
    sheets.of(SALE)
    orders.now += TOO_OLD + 1
    orders.error = Unavailable("no-answer", "Unknown.")
    assert sheets.of(SALE).version == 1
    sheets.clear()
    with pytest.raises(Unavailable):
        sheets.of(SALE)


def test_the_least_used_go_when_there_are_too_many_bytes(orders: Orders) -> None:
    sheets = Sheets(orders, limit=1000)
    for number in range(30):
        sheets.of(str(number))
    assert sheets.kept("29") is not None
    assert sheets.kept("0") is None
    assert sum(shown.size for shown in sheets._kept.values()) <= 1000


@pytest.fixture
def sale(line: FakeLine) -> UUID:
    """A sale of two products, as orders sells it."""
    event = published(offer(), offer("Leeks"))
    found = SaleSheet.model_validate(event.model_dump() | {"version": 1, "state": DistributionState.OPEN})
    line.outcomes["orders.read_sale_sheet"] = found.model_dump(mode="json")
    line.outcomes["orders.read_availability"] = {
        "distribution_id": str(event.distribution_id),
        "left": [{"offer_id": str(one.offer_id), "left": 10} for one in event.lines],
    }
    return event.distribution_id


def test_the_sheet_is_served_with_what_is_left_and_from_memory(client: Client, line: FakeLine, sale: UUID) -> None:
    path = f"/api/v1/distributions/{sale}/sheet"
    first, second = client.get(path), client.get(path)
    assert first.status_code == second.status_code == 200
    assert first.data == second.data
    assert len(first.get_json()["left"]) == 2
    assert line.doors() == ["orders.read_sale_sheet", "orders.read_availability"]
    for answer in (first, second):
        assert answer.headers["Cache-Control"] == "public, no-cache"
        assert answer.headers["Vary"] == "Accept-Encoding"
        assert "Content-Security-Policy" in answer.headers


def test_who_has_it_already_is_sent_nothing(client: Client, sale: UUID, reception: Reception) -> None:
    path = f"/api/v1/distributions/{sale}/sheet"
    etag = client.get(path).headers["ETag"]
    again = client.get(path, headers={"If-None-Match": f'"other", {etag}'})
    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["ETag"] == etag
    reception.sheets.hint(str(sale), b"[]", 1)
    assert client.get(path, headers={"If-None-Match": etag}).status_code == 200


def test_it_is_compressed_for_whoever_takes_that(client: Client, sale: UUID) -> None:
    path = f"/api/v1/distributions/{sale}/sheet"
    plain = client.get(path)
    for _ in range(2):
        packed = client.get(path, headers={"Accept-Encoding": "br, gzip"})
        assert packed.headers["Content-Encoding"] == "gzip"
        assert gzip.decompress(packed.data) == plain.data
    refused = client.get(path, headers={"Accept-Encoding": "gzip;q=0"})
    assert "Content-Encoding" not in refused.headers


def test_a_sale_that_is_not_there_is_not_found(client: Client, line: FakeLine) -> None:
    line.outcomes["orders.read_sale_sheet"] = NotFound("no-such-distribution", "None.")
    answer = client.get(f"/api/v1/distributions/{uuid4()}/sheet")
    assert (answer.status_code, answer.get_json(force=True)["code"]) == (404, "no-such-distribution")


ENDS_AT = datetime(2026, 11, 24, 23, tzinfo=UTC)


class Organic(Orders):
    """The same with a sheet of carrots whose AB ends at an hour, and whose AOP does not."""

    def __init__(self) -> None:
        super().__init__()
        self.hour = ENDS_AT.timestamp() - 1
        certificates = [{"kind": "ab", "ends_at": ENDS_AT}, {"kind": "aop"}]
        carrots = offer(marks=["ab", "aop"], certificates=certificates, qualifies_until=ENDS_AT)
        known = published(carrots).model_dump(exclude={"thresholds"})
        self.sale = SaleSheet.model_validate(known | {"version": 1, "state": "open"})

    def __call__(self, distribution_id: str) -> tuple[bytes, bytes]:
        super().__call__(distribution_id)
        return self.sale.model_dump_json().encode(), left(self.left)


def marks(body: bytes) -> tuple[list[str], list[str]]:
    [carrots] = orjson.loads(body)["lines"]
    return carrots["marks"], [one["kind"] for one in carrots["certificates"]]


def test_a_mark_leaves_memory_at_its_hour_without_any_news() -> None:
    orders = Organic()
    sheets = Sheets(orders, now=lambda: orders.now, hour=lambda: orders.hour)
    first = sheets.of(SALE)
    assert marks(first.body) == (["ab", "aop"], ["ab", "aop"])
    sheets.hint(SALE, hint(7), 1)
    orders.hour += 1
    orders.error = Unavailable("away", "Orders is away.")
    after = sheets.kept(SALE)
    assert after is not None and after is sheets.kept(SALE)
    assert marks(after.body) == (["aop"], ["aop"])
    assert after.etag != first.etag and after.left_of == {"carrots": 7} and orders.asked == 1
    orders.now += TOO_OLD + 1
    assert marks(sheets.of(SALE).body) == (["aop"], ["aop"]), "what was last known, but not that"


def test_a_mark_that_had_ended_by_our_hour_stands_by_the_hour_of_orders() -> None:
    orders = Organic()
    orders.hour += 3600
    sheets = Sheets(orders, now=lambda: orders.now, hour=lambda: orders.hour)
    for _ in range(2):
        assert marks(sheets.of(SALE).body) == (["ab", "aop"], ["ab", "aop"])
    assert orders.asked == 1
