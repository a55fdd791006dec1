"""Sales to print: so many baskets of eight products from five farms, some of them chilled; and papers of them."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from bus.wire import adapter
from contracts.consents import Consent
from contracts.day import FarmRow, TelephoneRow
from contracts.lists import HandoverRow, ListOrder, ListTotal, PreparationList
from contracts.money import Unit
from contracts.orders import DistributionState, Order, OrderLine, OrderState, SaleSheet
from contracts.presence import Coming, Presence
from gateway.printing.papers import COMMANDS, Kind, Paper
from tests import cast

SALE = UUID(int=301)
OPENS = datetime(2026, 11, 20, 16, tzinfo=UTC)
NOW = datetime(2026, 11, 24, 5, 12, tzinfo=UTC)
FARMS = ("Ferme des Alpilles", "Boulangerie Roux", "Chèvrerie du Barroux", "Rucher des Dentelles", "EARL Les Amandiers")
PRODUCTS = (
    ("Carottes de sable en bottes", Unit.PIECE), ("Pommes de terre Charlotte", Unit.KILOGRAM),
    ("Pain de campagne au levain, 800 g", Unit.PIECE), ("Fromage de chèvre frais", Unit.PIECE),
    ("Miel de lavande, pot de 500 g", Unit.PIECE), ("Jus de pomme artisanal", Unit.LITRE),
    ("Épinards", Unit.KILOGRAM), ("Œufs plein air, les six", Unit.PIECE),
    ("Yaourts au lait entier, par quatre", Unit.PIECE),
    ("Tomates anciennes de plein champ, plusieurs variétés", Unit.KILOGRAM),
)  # fmt: skip
NAMES = (
    "Bob Aubert",
    "Émilie Van den Broeck-Lacroix",
    "Malik Benali",
    "Jean-Baptiste de la Rochefoucauld",
    "Zoé Œillet",
)
NASTY = (
    '#panic("x")',
    '"] #let a = 1',
    "$x^2$ *gras* _bas_ `code`",
    "@nobody <label> // comment",
    r"\u{41} \ ~ --- /* */",
)
"""Names that would be orders to typst, if ever they were read as its text."""


def sale(state: DistributionState = DistributionState.CLOSED, **changes: Any) -> SaleSheet:
    given = {
        "distribution_id": SALE, "version": 1, "state": state, "market_id": cast.MARKET, "currency": "EUR",
        "market_name": "Marché de Caromb", "time_zone": "Europe/Paris", "venue_name": "Salle des fêtes",
        "venue_address": "Place du Cabaret, 84330 Caromb", "opens_at": OPENS, "closes_at": OPENS + timedelta(days=2),
        "starts_at": OPENS + timedelta(days=4), "ends_at": OPENS + timedelta(days=4, hours=2), "lines": [],
    }  # fmt: skip
    return SaleSheet.model_validate(given | changes)


def goods(number: int, **changes: Any) -> OrderLine:
    """The product of that number: every fourth is chilled, the seventh frozen."""
    name, unit = PRODUCTS[number % len(PRODUCTS)]
    given = {
        "offer_id": UUID(int=500 + number), "producer_id": UUID(int=400 + number % 5),
        "producer_name": FARMS[number % 5], "name": name, "unit": unit, "price_cents": 260,
        "quantity": 2 if unit is Unit.PIECE else 1500, "amount_cents": 520, "vat_basis_points": 550,
        "storage": "frozen" if number % 10 == 6 else "chilled" if number % 4 == 3 else "ambient",
    }  # fmt: skip
    return OrderLine.model_validate(given | changes)


def basket(number: int, products: int = 8, **changes: Any) -> HandoverRow:
    lines = [goods((number * 7 + step) % 20) for step in range(products)]
    given = {
        "order_id": UUID(int=1000 + number), "number": number, "code": "K7M2QX", "recipient": "", "lines": lines,
        "name": f"{NAMES[number % len(NAMES)]} {number}", "phone": "+33490620001", "state": OrderState.PLACED,
        "total_cents": sum(line.amount_cents for line in lines),
    }  # fmt: skip
    return HandoverRow.model_validate(given | changes)


def baskets(count: int, **changes: Any) -> list[HandoverRow]:
    return [basket(number, **changes) for number in range(1, count + 1)]


def preparation(count: int, *lines: OrderLine) -> PreparationList:
    """So many orders of the same goods each."""
    lines = lines or tuple(goods(number, producer_id=cast.FARM, producer_name=FARMS[0]) for number in range(6))
    fields = {"offer_id", "name", "unit", "storage"}
    sums = [{"quantity": line.quantity * count, "amount_cents": line.amount_cents * count} for line in lines]
    quantities = [line.quantity for line in lines]
    orders = [
        ListOrder(number=row.number, code=row.code, name=row.name, quantities=quantities) for row in baskets(count)
    ]
    given = sale().model_dump(include=set(PreparationList.model_fields)) | {
        "producer_id": cast.FARM, "producer_name": FARMS[0], "orders": orders,
        "totals": [ListTotal(**one, **line.model_dump(include=fields)) for one, line in zip(sums, lines, strict=True)],
        "amount_cents": sum(one["amount_cents"] for one in sums),
    }  # fmt: skip
    return PreparationList.model_validate(given if count else given | {"totals": []})


def farm_rows(count: int) -> list[FarmRow]:
    return [FarmRow.model_validate(row.model_dump(include=set(FarmRow.model_fields))) for row in baskets(count)]


def called(count: int) -> list[TelephoneRow]:
    rows = baskets(count)
    short = [
        [line.model_copy(update={"short": line.quantity, "quantity": 0}) for line in row.lines[:2]] for row in rows
    ]
    return [
        TelephoneRow(short=those, **row.model_dump(include=set(TelephoneRow.model_fields)))
        for row, those in zip(rows, short, strict=True)
    ]


def presence(**changes: Any) -> Presence:
    given = {
        "distribution_id": SALE, "producer_id": cast.FARM, "producer_name": FARMS[0], "threshold_cents": 8000,
        "ordered_cents": 6430, "people": 9, "asked_at": NOW, "coming": Coming.CARRIED, "carrier": "Jean Bleu",
    }  # fmt: skip
    return Presence.model_validate(given | changes)


def ordered(products: int) -> Order:
    """Madame Perrin's order of so many products, which Malik placed in her name and changed once."""
    lines = basket(1, products).lines
    acts = [{"version": version, "mediator_id": cast.MALIK, "mediator_name": "Malik Benali"} for version in (1, 2)]
    given = basket(12).model_dump(include=set(Order.model_fields)) | {
        "distribution_id": SALE, "market_id": cast.MARKET, "market_name": "Marché de Caromb", "version": 2,
        "consumer_id": cast.BOB, "acts": [one | {"acted_at": NOW} for one in acts], "lines": lines,
        "total_cents": sum(line.amount_cents for line in lines),
    }  # fmt: skip
    return Order.model_validate(given)


def consent(name: str = "Jeanne Perrin") -> Consent:
    return Consent(
        consent_id=UUID(int=9), consumer_id=cast.BOB, consumer_name=name, mediator_id=cast.MALIK,
        mediator_name="Malik Benali", insee="84030", signed_on=date(2026, 11, 17), ended_at=None,
        valid_until=datetime(2027, 11, 17, tzinfo=UTC), holds=True, on_paper=True,
    )  # fmt: skip


def paper(kind: Kind, *found: Any, language: str = "fr", of: SaleSheet | None = None) -> Paper:
    """A paper of these answers; the sale comes by itself."""
    told = zip(COMMANDS[kind], [*found, of or sale()], strict=True)
    answers = tuple(adapter(command).dump_json(answer) for command, answer in told)
    about = {"distribution_id": SALE, "producer_id": cast.FARM}
    return Paper(kind, about, answers, language, NOW, "https://halle.example.org")


def of_size(kind: Kind, count: int, language: str = "fr") -> Paper:
    """A paper of a sale of so many baskets."""
    found: dict[Kind, list[Any]] = {
        Kind.PREPARATION: [preparation(count)], Kind.HANDOVER: [baskets(count)], Kind.STICKERS: [baskets(count)],
        Kind.DELIVERY_NOTE: [farm_rows(count), [presence()]], Kind.TELEPHONE: [called(count)],
        Kind.SLIP: [ordered(min(count, 20)), consent()], Kind.PICK_UP_SLIP: [ordered(min(count, 20))],
        Kind.CHEQUE_AMOUNTS: [baskets(count)],
        Kind.DELIVERY_NOTE: [farm_rows(count), [presence()], []], Kind.TELEPHONE: [called(count)],
    }  # fmt: skip
    return paper(kind, *found[kind], language=language)
