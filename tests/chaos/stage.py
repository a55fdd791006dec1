"""The town that chaos happens in: people, their sales, and one run of load, trouble and settling."""

import random
import re
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count, product
from math import inf
from pathlib import Path
from uuid import UUID, uuid4

import psycopg

from contracts.catalog import SaleSheetPublished, SheetLine, StockMode
from tests import cast
from tests.bench.town import Person, Town
from tests.chaos import news
from tests.chaos.buyers import Buyer, Ledger, Standing, resolve
from tests.chaos.farmers import Farmer
from tests.chaos.nemesis import NOTHING_MORE, Blow, Nemesis

OFFERS = 12
PRODUCERS = 3
SHARING = 5
"""Markets whose first offer is one stock."""


@dataclass
class Run:
    """One run, with all that is needed to judge it."""

    town: Town
    sales: list[SaleSheetPublished]
    people: list[Person]
    sellers: dict[UUID, Person]
    """Who sells for which producer."""
    since: datetime
    ledger: Ledger = field(default_factory=Ledger)
    farmers: list[Farmer] = field(default_factory=list)
    nemesis: Nemesis | None = None
    settled_in: float | None = None
    explained: list[re.Pattern[str]] = field(default_factory=list)
    """What servers may write into their logs in this run, beside what killing them explains."""
    earlier_mailboxes: list[Path] = field(default_factory=list)
    """Of instances that the town's was restored from."""
    mailed_again: set[UUID] = field(default_factory=set)
    """Messages that may be mailed once more, for a restored instance does not know that they were."""

    @property
    def mailboxes(self) -> list[Path]:
        return [*self.earlier_mailboxes, self.town.instance.folder / "mailbox.sqlite"]

    @property
    def ids(self) -> list[UUID]:
        return [sale.distribution_id for sale in self.sales]


def prepare(town: Town, *, sales: int, closing: Sequence[float], people: int, stock: int = 400) -> Run:
    """Open `sales` sales, of which the last ones close after so many seconds; people who sell, and who buy.

    Each closing sale has a producer whose lines close before the others'.
    """
    since = town.now()
    producers = [uuid4() for _ in range(PRODUCERS)]
    buyers = [Person(f"Buyer {number}") for number in range(people)]
    sellers = {producer: Person(f"Seller {number}") for number, producer in enumerate(producers)}
    town.sign_in([*buyers, *sellers.values()])
    for producer, seller in sellers.items():
        town.let_sell(seller, [producer])
    now = town.now()
    closes = [now + timedelta(days=1)] * (sales - len(closing)) + [now + timedelta(seconds=s) for s in closing]
    honey = cast.line("Honey", producer_id=producers[0], stock_mode=StockMode.SHARED, stock=stock * 2)
    opened = [
        _sale(n, producers, closes_at, stock, honey if n % 4 == 0 else None) for n, closes_at in enumerate(closes)
    ]
    town.open(opened)
    everybody = [person.person_id for person in (*buyers, *sellers.values())]
    town.wait(lambda: _knows(town, everybody), "names and rights to be known", 120)
    return Run(town, opened, buyers, sellers, since)


def _knows(town: Town, everybody: list[UUID]) -> bool:
    """Whether those who mail and print know who is who, and who sells."""
    people = "select count(*) from people where person_id = any(%s)"
    sellers = "select count(*) from grants where person_id = any(%s)"
    wanted = [len(everybody), len(everybody), PRODUCERS]
    asked = [("orders", people), ("notifications", people), ("notifications", sellers)]
    return [town.rows(service, statement, everybody)[0][0] for service, statement in asked] == wanted


def _sale(
    number: int, producers: list[UUID], closes_at: datetime, stock: int, shared: SheetLine | None
) -> SaleSheetPublished:
    """Offers of all producers; the first producer's lines close two seconds before the sale."""
    own_close = (
        min(closes_at, closes_at - timedelta(seconds=2))
        if closes_at < datetime.now(UTC) + timedelta(hours=1)
        else closes_at
    )
    lines = [
        cast.line(
            f"Product {n}",
            producer_id=producers[n % PRODUCERS],
            stock=stock if n % 5 else 25,
            closes_at=own_close if n % PRODUCERS == 0 else closes_at,
        )
        for n in range(OFFERS)
    ]
    if shared is not None and number // 4 < SHARING:
        lines[0] = shared.model_copy(update={"closes_at": own_close})
    return cast.sheet(*lines, market_id=uuid4(), market_name=f"Market {number}", closes_at=closes_at)


def live(
    run: Run,
    *,
    seconds: float,
    blows: Sequence[Blow],
    threads: int = 6,
    rate: float = 60,
    renames: float = 5,
    acts: Mapping[str, Callable[[], None]] = NOTHING_MORE,
    ahead: timedelta = timedelta(),
) -> None:
    """Let people act for so many seconds while the blows fall; `ahead` is how far an act will move the clock."""
    standings = [Standing(person, sale) for person, sale in product(run.people, run.sales)]
    random.Random(len(standings)).shuffle(standings)
    url, pause = run.town.instance.gateway_url, threads / rate
    buyers = [Buyer(url, run.ledger, standings[n::threads], n, pause) for n in range(threads)]
    run.nemesis = Nemesis(run.town.instance, blows, acts)
    clerk = Clerk(run.town, run.people, 1 / renames)
    run.farmers = _farmers(run, ahead + timedelta(seconds=seconds))
    for thread in (*buyers, *run.farmers, clerk, run.nemesis):
        thread.start()
    time.sleep(seconds)
    run.nemesis.join()
    for stopping in (*(buyer.stopping for buyer in buyers), clerk.stopping):
        stopping.set()
    for thread in (*buyers, clerk):
        thread.join()


def _farmers(run: Run, meanwhile: timedelta) -> list[Farmer]:
    """Who sells in sales that close meanwhile; the last of them does not come to the first of those."""
    end = run.town.now() + meanwhile
    closing = [sale for sale in run.sales if sale.closes_at < end]
    absent = {closing[0].distribution_id} if closing else set()
    last = len(run.sellers) - 1
    return [
        Farmer(run.town, producer, person, closing, absent if n == last else set(), n)
        for n, (producer, person) in enumerate(run.sellers.items())
    ]


class Clerk(threading.Thread):
    """People change their names all the time: states that must be kept as said last, however they come."""

    def __init__(self, town: Town, people: Sequence[Person], pause: float) -> None:
        super().__init__(daemon=True, name="clerk")
        self.stopping = threading.Event()
        self._town, self._people, self._pause = town, people, pause

    def run(self) -> None:
        """Rename one after the other."""
        for number in count(2):
            if self.stopping.wait(self._pause):
                return
            seq, which = divmod(number, len(self._people))
            renamed = self._town.person(self._people[which], f"Renamed {number}")
            with suppress(psycopg.OperationalError):
                self._town.say("members", [(renamed, seq + 2)])


def settle(run: Run, seconds: float, still: float = inf) -> None:
    """Wait until everything is quiet: answers known, news heard, mails sent, due sales closed.

    Gives up after `seconds`, or when every program is well and for `still` seconds nothing has moved.
    """
    began = time.monotonic()
    run.town.instance.wait_healthy(seconds=seconds)
    resolve(run.town.instance.gateway_url, run.ledger, seconds)
    for farmer in run.farmers:
        farmer.finish(seconds)
    last, moved = None, time.monotonic()
    while time.monotonic() - began < seconds and time.monotonic() - moved < still:
        if _is_quiet(run):
            run.settled_in = time.monotonic() - began
            return
        if (now := (news.heard(run.town, run.since), run.town.unmailed())) != last:
            last, moved = now, time.monotonic()
        time.sleep(0.2)


def _is_quiet(run: Run) -> bool:
    """In this order: what a timer does is said, what is said is sent, heard, and mailed."""
    if undone_timers(run.town) or run.town.unsent():
        return False
    heard = news.heard(run.town, run.since).values()
    return all(said == known for said, known in heard) and not run.town.unmailed()


def undone_timers(town: Town) -> int:
    """Timers that are due and were not done."""
    statement = "select count(*) from timers where done_at is null and due_at <= halle_now() and name = any(%s)"
    names = ["close_lines", "close_distribution", "make_lists", "tell_what_is_owed", "expire_marks", "forget_order"]
    names += ["shorten_orders", "withdraw_lines", "reprice_orders", "drop_lines", "call_off_orders", "tell_recall"]
    names += ["tell_buyers"]
    return int(town.rows("orders", statement, names)[0][0])
