"""Pages without servers: a line of ours answers commands from a table, and keeps what was asked."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient

from bus.wire import Answer, Kind, adapter
from contracts.accounts import Identify, Identity
from contracts.consents import Consents, MyConsents
from contracts.errors import NotAllowed, NotFound
from contracts.households import Household, MyHousehold
from contracts.messages import COMMANDS, Command, Refused
from contracts.orders import (
    Availability,
    DistributionState,
    Left,
    MyOrders,
    Order,
    OrderLine,
    OrderState,
    ReadAvailability,
    ReadOrder,
    ReadSaleSheet,
    SaleSheet,
)
from gateway.app import create_app
from gateway.reception import open_reception
from gateway.settings import Settings
from tests import cast

SECRET = "bobs-secret"
SETTINGS = Settings("127.0.0.1", 80, "http://localhost")


class FakeLine:
    """Answers commands: a value, or a function of the command; what it does not know is not found."""

    def __init__(self) -> None:
        self.answers: dict[type[Command], Any] = {}
        self.asked: list[tuple[Command, str | None, str]] = []

    def ask_raw(
        self,
        command: Command,
        *,
        token: str | None = None,
        key: str | None = None,
        language: str = "fr",
        within: float = 10.0,
    ) -> Answer:
        if not command.open_to_strangers and token is None:
            raise NotAllowed("sign-in", "Please sign in.")
        if type(command) not in self.answers:
            raise NotFound("no-such-thing", "There is no such thing.")
        self.asked.append((command, key, language))
        answer = self.answers[type(command)]
        if callable(answer):
            answer = answer(command)
        if isinstance(answer, Refused):
            return Answer(Kind.REFUSED, answer.model_dump_json().encode())
        return Answer(Kind.ANSWER, adapter(type(command)).dump_json(answer))

    def put(self, door: str, question: bytes, **more: Any) -> Answer:
        return self.ask_raw(COMMANDS[door].model_validate_json(question), **more)

    def acts(self) -> list[Command]:
        """What was asked that changes something."""
        return [command for command, _, _ in self.asked if command.acts]

    def keys(self) -> list[str | None]:
        return [key for command, key, _ in self.asked if command.acts]


def raises(error: Exception) -> Callable[[Command], Any]:
    """An answer that is an error."""

    def answer(_command: Command) -> Any:
        raise error

    return answer


@pytest.fixture
def line() -> FakeLine:
    line = FakeLine()
    line.answers[Identify] = identity()
    line.answers[MyOrders] = []
    line.answers[MyConsents] = Consents(consents=[])
    line.answers[MyHousehold] = Household(adults=[], homes=[])
    return line


@pytest.fixture(scope="session")
def site() -> Flask:
    """The application: to make it takes longer than most of its tests."""
    return create_app(open_reception(SETTINGS, FakeLine()))


@pytest.fixture
def app(site: Flask, line: FakeLine) -> Flask:
    """The application with a reception that has kept nothing yet."""
    site.extensions["reception"] = open_reception(SETTINGS, line)
    return site


@pytest.fixture
def stranger(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def bob(app: Flask) -> Iterator[FlaskClient]:
    """A browser in which Bob is signed in."""
    client = app.test_client()
    client.set_cookie("session", SECRET)
    return client


def identity(**changes: Any) -> Identity:
    given: dict[str, Any] = {
        "token": "t",
        "person_id": cast.BOB,
        "session_id": uuid4(),
        "name": "Bob",
        "email": "bob@example.org",
        "language": "fr",
        "expires_at": datetime.now(UTC) + timedelta(minutes=10),
        "rights": [],
    }
    return Identity.model_validate(given | changes)


def sell(line: FakeLine, *lines: Any, left: dict[UUID, int | None] | None = None, **changes: Any) -> SaleSheet:
    """Have a sale of those lines open."""
    sheet = cast.sheet(*lines)
    sale = SaleSheet(
        version=1, state=DistributionState.OPEN, **sheet.model_dump(include=set(SaleSheet.model_fields))
    ).model_copy(update=changes)
    numbers = {one.offer_id: one.stock for one in sale.lines} | (left or {})
    found = [Left(offer_id=offer, left=number) for offer, number in numbers.items()]
    line.answers[ReadSaleSheet] = sale
    line.answers[ReadAvailability] = Availability(distribution_id=sale.distribution_id, left=found)
    return sale


def ordered(line: FakeLine, sale: SaleSheet, *quantities: int, **changes: Any) -> Order:
    """Have an order of Bob's stand, of the first lines of a sale."""
    pairs = zip(sale.lines, quantities, strict=False)
    lines = [
        OrderLine(
            quantity=quantity,
            amount_cents=one.amount(quantity),
            **one.model_dump(include=set(OrderLine.model_fields)),
        )
        for one, quantity in pairs
        if quantity
    ]
    given: dict[str, Any] = {
        "order_id": uuid4(),
        "distribution_id": sale.distribution_id,
        "market_id": sale.market_id,
        "market_name": sale.market_name,
        "consumer_id": cast.BOB,
        "code": "K7M2QX",
        "version": 1,
        "state": OrderState.PLACED,
        "lines": lines,
        "total_cents": sum(one.amount_cents for one in lines),
    }
    order = Order.model_validate(given | changes)
    line.answers[ReadOrder] = order
    return order
