"""A preparation list as a producer works with it: what to bring, then who gets what; and as CSV.

Cold goods stand apart, after all others.
"""

import csv
import io
from collections.abc import Callable
from typing import NamedTuple

from contracts.lists import ListOrder, ListTotal, PreparationList
from contracts.money import Unit
from services.notifications import formats

COLD = ("chilled", "frozen")
"""What travels apart from the rest, in this order."""
_RISKY = ("=", "+", "-", "@", "\t", "\r")


class Row(NamedTuple):
    """So much of a product, and what it amounts to."""

    quantity: str
    name: str
    amount: str = ""


class Section(NamedTuple):
    """The goods that are kept in one way: `chilled`, `frozen`, or nothing for all others."""

    storage: str
    rows: list[Row]


class Basket(NamedTuple):
    """What one order gets; known by its number, or by its code until it has one."""

    order: str
    name: str
    rows: list[Row]


def sections(listed: PreparationList, currency: str, language: str) -> list[Section]:
    """The totals by the way they are kept; the cold ones after all others."""
    found: dict[str, list[Row]] = {}
    for position in _columns(listed):
        total = listed.totals[position]
        row = Row(
            formats.quantity(total.quantity, total.unit, language),
            total.name,
            formats.money(total.amount_cents, currency, language),
        )
        found.setdefault(_apart(total), []).append(row)
    return [Section(storage, rows) for storage, rows in found.items()]


def baskets(listed: PreparationList, language: str) -> list[Basket]:
    """Each order with what it gets, in the order of the sections."""
    return [
        Basket(
            _known_by(order),
            order.name,
            [
                Row(
                    formats.quantity(order.quantities[i], listed.totals[i].unit, language),
                    listed.totals[i].name,
                )
                for i in _columns(listed)
                if order.quantities[i]
            ],
        )
        for order in listed.orders
    ]


def as_csv(listed: PreparationList, language: str, gettext: Callable[[str], str]) -> bytes:
    """One column per product: its total, then one line per order. Excel wants the mark."""
    page = io.StringIO(newline="")
    table = csv.writer(page, delimiter=";" if language == "fr" else ",")
    columns = _columns(listed)
    totals = [listed.totals[i] for i in columns]
    table.writerow([gettext("Commande"), gettext("Nom"), *(_title(total) for total in totals)])
    cold = [gettext(_COLD_WORDS[_apart(total)]) for total in totals]
    table.writerow(["", gettext("Conservation"), *cold])
    quantities = [total.quantity for total in totals]
    table.writerow(["", gettext("Total"), *_plain(quantities, totals, language)])
    amounts = [formats.plain_money(total.amount_cents, language) for total in totals]
    table.writerow(["", gettext("Montant"), *amounts])
    for order in listed.orders:
        quantities = [order.quantities[i] for i in columns]
        row = [_known_by(order), _harmless(order.name), *_plain(quantities, totals, language)]
        table.writerow(row)
    return page.getvalue().encode("utf-8-sig")


_COLD_WORDS = {"": "ambiant", "chilled": "au frais", "frozen": "surgelé"}


def _apart(total: ListTotal) -> str:
    return total.storage if total.storage in COLD else ""


def _columns(listed: PreparationList) -> list[int]:
    """Positions of the totals, those of cold goods last."""
    rank = {"": 0, "chilled": 1, "frozen": 2}
    return sorted(range(len(listed.totals)), key=lambda i: rank[_apart(listed.totals[i])])


def _known_by(order: ListOrder) -> str:
    return order.code if order.number is None else str(order.number)


def _title(total: ListTotal) -> str:
    unit = "" if total.unit is Unit.PIECE else f" ({total.unit})"
    return _harmless(total.name) + unit


def _plain(quantities: list[int], totals: list[ListTotal], language: str) -> list[str]:
    pairs = zip(quantities, totals, strict=True)
    return [formats.plain_decimal(number, total.unit, language) for number, total in pairs]


def _harmless(name: str) -> str:
    """A name that no spreadsheet takes for a formula."""
    return f"'{name}" if name.startswith(_RISKY) else name
