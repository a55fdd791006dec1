"""The products of a sale as HTML, made once per sheet version and language.

What changes with every hint (what is left) and with every person (quantities) is put between the
parts: a page of 200 offers then costs little more than a page of none.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable, Collection, Iterable
from datetime import UTC, datetime
from itertools import groupby
from typing import Any, NamedTuple

from flask import current_app
from markupsafe import Markup

from contracts.catalog import SheetLine
from contracts.orders import SaleSheet
from contracts.products import Category
from contracts.quality import MarkKind
from gateway.pages import words
from gateway.pages.languages import _, voice
from gateway.sheets import Shown
from gateway.writing import folded

KEPT = 64
"""Sheets in memory, in one language each; one of 200 offers takes about 250 kB."""
HERE = "\x1f"
"""Stands in an offer where its quantity goes."""
END = "</ul></section>"
_ORDER = {str(category): place for place, category in enumerate(Category)}
LARGE_ORIGIN = frozenset({Category.VEGETABLES, Category.FRUIT, Category.HERBS, Category.MUSHROOMS})
"""Where the origin is shown as large as the price."""


class Row(NamedTuple):
    """One offer: its HTML around the quantity, and the words that it is found by."""

    line: SheetLine
    before: str
    after: str
    words: str


class Shelf(NamedTuple):
    """One category."""

    heading: str
    rows: list[Row]


class Shelves:
    """The shelves of the sheets last looked at."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: OrderedDict[tuple[str, int, int, str], list[Shelf]] = OrderedDict()

    def of(self, sale: SaleSheet) -> list[Shelf]:
        """The shelves of a sale in the language of the page."""
        marks = sum(len(line.marks) for line in sale.lines)
        key = (str(sale.distribution_id), sale.version, marks, voice())
        shelves = self._kept.get(key)
        if shelves is None:
            shelves = _shelves(sale)
            with self._lock:
                self._kept[key] = shelves
                while len(self._kept) > KEPT:
                    self._kept.popitem(last=False)
        return shelves


def of(sale: SaleSheet) -> list[Shelf]:
    """The shelves of a sale, from memory or made."""
    kept: Shelves = current_app.extensions.setdefault("shelves", Shelves())
    return kept.of(sale)


def untouched(shown: Shown) -> list[str]:
    """The quantity fields of all offers in which nobody has typed, in the order of the sheet.

    They hold until what is left changes, or until a farm's own hour to close has come.
    """

    def make(shown: Shown) -> bytes:
        left = shown.left_of
        pieces = (field(line, left.get(str(line.offer_id)), is_over(line)) for line in shown.model.lines)
        return HERE.join(pieces).encode()

    return shown.form(f"fields-{voice()}-{over(shown.model)}", make).decode().split(HERE)


def assembled(sale: SaleSheet, pieces: Iterable[str], wanted: str = "") -> Markup:
    """The HTML of the offers with their quantity fields; only those that all wanted words are in."""
    of_offer = dict(zip((line.offer_id for line in sale.lines), pieces, strict=True))
    tests = [_cut(word) for word in folded(wanted).split()]
    parts: list[str] = []
    for shelf in of(sale):
        rows = [row for row in shelf.rows if all(word in row.words for word in tests)]
        if rows:
            parts.append(shelf.heading)
            for row in rows:
                parts += (row.before, of_offer[row.line.offer_id], row.after)
            parts.append(END)
    return Markup("".join(parts))  # noqa: S704  (made of our own templates, which escape)


def hidden_by(sale: SaleSheet, wanted: str) -> Collection[Any]:
    """The offers that some wanted word is not in."""
    tests = [_cut(word) for word in folded(wanted).split()]
    return {
        row.line.offer_id for shelf in of(sale) for row in shelf.rows if not all(word in row.words for word in tests)
    }


def field(line: SheetLine, left: int | None, frozen: bool, **more: Any) -> str:
    """The quantity field of an offer."""
    expired = not line.qualifies_at(datetime.now(UTC))
    return str(_macro("field")(line, left=left, frozen=frozen, expired=expired, **more))


def _cut(word: str) -> str:
    """A word without its plural."""
    return word[:-1] if len(word) > 3 and word[-1] in "sx" else word


def _shelves(sale: SaleSheet) -> list[Shelf]:
    lines = sorted(sale.lines, key=lambda line: _ORDER.get(line.category, len(_ORDER)))
    return [
        Shelf(str(_macro("heading")(category)), [_row(line, sale) for line in group])
        for category, group in groupby(lines, lambda line: line.category if line.category in _ORDER else "other")
    ]


def _row(line: SheetLine, sale: SaleSheet) -> Row:
    found_by = [line.name, line.producer_name, words.word(line.category, "category") if line.category else ""]
    found_by += [line.origin, *(words.word(mark, "short_mark") for mark in line.marks)]
    found_by += [_("bio")] if MarkKind.AB in line.marks else []
    text = " ".join(folded(" ".join(found_by)).split())
    more = {"large_origin": line.category in LARGE_ORIGIN, "own_close": line.closes_at < sale.closes_at}
    before, after = str(_macro("offer")(line, sale, text, HERE, **more)).split(HERE)
    return Row(line, before, after, text)


def _macro(name: str) -> Callable[..., Any]:
    macro: Callable[..., Any] = getattr(current_app.jinja_env.get_template("shelf.html").module, name)
    return macro


def over(sale: SaleSheet) -> int:
    """How many lines are over or without their mark: a page holds until this number changes."""
    now = datetime.now(UTC)
    return sum((line.closes_at <= now) + (not line.qualifies_at(now)) for line in sale.lines)


def is_over(line: SheetLine) -> bool:
    """Whether a farm's hour to close has come by this machine's clock: a hint, orders decides."""
    return line.closes_at <= datetime.now(UTC)
