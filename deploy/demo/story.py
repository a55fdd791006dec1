"""The whole story: who is there, what is founded, and the weeks one by one up to the real hour."""

from datetime import datetime
from random import Random

from deploy.demo import names
from deploy.demo.evening import Evening
from deploy.demo.founding import Ground, found
from deploy.demo.markets import HALLES
from deploy.demo.people import Person
from deploy.demo.shopping import shop
from deploy.demo.size import Size
from deploy.demo.town import PARIS, Town, at_once
from deploy.demo.weeks import Weeks

REGULARS = 100
"""How many of the consumers order again and again."""
STILL_TO_COME = 4
"""Orders that wait at the hand-over that is going on."""


class Story:
    """The demo while it is told, with a line of progress for each week."""

    def __init__(self, town: Town, size: Size) -> None:
        self.town, self.size = town, size
        self.weeks = Weeks(datetime.now(PARIS), size.past)
        self.lots = Random(84031)  # the same in every demo

    def tell(self) -> Ground:
        """Everything, from the first sign-up to the real hour; where it was played."""
        self.town.set_clock(self.weeks.first_day())
        ground = found(self.town, self.size, self.weeks)
        _say(f"{len(ground.markets)} markets, {self.size.farms} farms; {self.size.consumers} consumers sign up ...")
        people = at_once(self._consumer, range(self.size.consumers))
        first, others = people[: len(people) // 2], people[len(people) // 2 :]
        for host, guest in zip(first[:REGULARS:10], others, strict=False):
            _share(host, guest)
        for week in range(-self.size.past, 1):
            self._shop(ground, people[:REGULARS], week)
            if week < 0:
                self._hand_over(ground, week)
        self.town.set_clock(None)
        self._begin_todays_hand_over(ground)
        return ground

    def _consumer(self, number: int) -> Person:
        phone = f"06 00 00 {number // 100:02} {number % 100:02}" if number % 3 == 0 else None
        return Person(self.town, names.somebody(number)).sign_up(phone)

    def _shop(self, ground: Ground, people: list[Person], week: int) -> None:
        day = self.weeks.shopping(week)
        self.town.set_clock(day)
        sales = [sale for market in ground.markets for sale in market.weeks[week + self.size.past]]
        orders = 0
        for sale in sales:
            orders += shop(self.town, self.lots, sale, self.lots.sample(people, self.size.orders))
        _say(f"Week of {day:%d/%m/%Y}: {orders} orders at {len(sales)} pick-up places")

    def _hand_over(self, ground: Ground, week: int) -> None:
        """The municipal evening, then the others'."""
        for municipal, moment in (
            (True, self.weeks.municipal_evening(week)),
            (False, self.weeks.other_evening(week)),
        ):
            self.town.set_clock(moment)
            for evening in self._evenings(ground, week, municipal=municipal):
                evening.settle(self.lots)
                evening.hand_over()
                evening.close_books()

    def _begin_todays_hand_over(self, ground: Ground) -> None:
        for evening in self._evenings(ground, 0, municipal=True):
            evening.settle(self.lots)
            evening.hand_over(waiting=min(STILL_TO_COME, self.size.orders - 2))

    def _evenings(self, ground: Ground, week: int, *, municipal: bool) -> list[Evening]:
        return [
            Evening(ground, market, sale)
            for market in ground.markets
            if (market.plan is HALLES) is municipal
            for sale in market.weeks[week + self.size.past]
        ]


def _share(host: Person, guest: Person) -> None:
    """Two adults order for one household from now on, and a third may come for it."""
    household = "/account/household"
    adult = host.do("POST", household, {"name": guest.name, "email": guest.email})["adults"][0]
    guest.do("POST", f"{household}/{adult['adult_id']}/acceptance")
    host.do("POST", household, {"name": "Mamie"})


def _say(line: str) -> None:
    print(f"  {line}", flush=True)
