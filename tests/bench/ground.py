"""What the measurements stand on: a running instance, people who are signed in, sales of 200 offers."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen
from uuid import UUID, uuid4

from sqlalchemy import create_engine

from contracts.catalog import SaleSheetPublished
from deploy.instance import Instance
from tests import cast
from tests.bench import load
from tests.bench.load import Orders
from tests.bench.town import Person, Town
from tests.catalog import seed

SALES, OFFERS, PRODUCERS = 20, 200, 8
PEOPLE_PER_SECOND = 90
ENDLESS = 1_000_000_000


@dataclass
class Ground:
    """What every measurement is given. `seconds` is how long a load of 60 s takes; shorter ones shrink with it."""

    folder: Path
    instance: Instance
    seconds: float

    @cached_property
    def town(self) -> Town:
        return Town(self.instance)

    @cached_property
    def people(self) -> list[Person]:
        """People with an account, an open session and an address for mail."""
        people = [Person(f"Buyer {number}") for number in range(200 + round(PEOPLE_PER_SECOND * self.seconds))]
        self.town.sign_in(people)
        self.town.settle(120)
        return people

    @cached_property
    def sales(self) -> list[SaleSheetPublished]:
        """Open sales of 200 offers each, with stock that does not end."""
        producers = [uuid4() for _ in range(PRODUCERS)]
        sales = [sale(f"Market {number}", producers) for number in range(SALES)]
        self.town.open(sales)
        return sales

    @cached_property
    def orders(self) -> Orders:
        """New orders, of people whose sessions the gateway knows."""
        made = Orders(self.folder, self.instance.gateway_url, self.people, self.sales)
        self.town.enrol(self.people, [sale.market_id for sale in self.sales])
        self.introduce()
        return made

    def introduce(self) -> None:
        """Let everybody look once: a token lives for minutes, and sessions are open at 18:00."""
        load.introduce(self.instance.gateway_url, self.people)

    def fill_catalog(self) -> None:
        """Have 2 000 markets with 60 000 products and their sales in the catalog, if they are not there yet."""
        if self.town.rows("catalog", "select 1 from markets offset 1000 limit 1"):
            return
        engine = create_engine(self.instance.database_url("catalog"))
        with engine.begin() as tx:
            seed.fill(tx)
        engine.dispose()
        self.town.rows("catalog", "vacuum analyze")

    def shrunk(self, seconds: float) -> float:
        """So many seconds of a bench of 60 s; less of a shorter one."""
        return max(2.0, seconds * self.seconds / 60)

    def status(self, path: str, *, secret: str = "", within: float = 30) -> tuple[int, str]:
        """The status of a GET, and its ETag; by somebody, or by a stranger."""
        headers = {"Authorization": f"Bearer {secret}"} if secret else {}
        request = Request(self.instance.gateway_url + path, headers=headers)
        try:
            with urlopen(request, timeout=within) as answer:
                answer.read()
                return answer.status, answer.headers.get("ETag", "")
        except HTTPError as error:
            return error.code, ""


def sale(name: str, producers: list[UUID], offers: int = OFFERS) -> SaleSheetPublished:
    """An open sale of many offers."""
    lines = [
        cast.line(
            f"Produit {number} de la ferme, récolté le matin",
            producer_id=producers[number % len(producers)],
            description="Cultivé en pleine terre à Caromb, sans traitement, cueilli à la main.",
            stock=ENDLESS,
        )
        for number in range(offers)
    ]
    return cast.sheet(*lines, market_id=uuid4(), market_name=name)
