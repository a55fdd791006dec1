"""Products from a CSV file: our own columns, and those of Cagette's export. Pure.

Ours, in any order, `name` and `unit` required, separated by `;` or `,`, with decimal comma or point:
    ref, name, category, description, price (euros, VAT included, of a piece, kg or l), unit (piece,
    kg, l), estimated_grams (then priced per weight), tolerance (%, above that weight), net_quantity, vat (%),
    origin, variety, grade (extra, 1, 2), ingredients, allergens, traces, storage, date_kind (use_by,
    best_before), keeps, sanitary (direct, derogation, approved), approval_number, derogation_km,
    derogation_kg, alcohol (%), months, stock (pieces, kg or l). Allergens and months are several words,
    divided by spaces or `|`. An empty cell empties a text or a list. Marks are the farm's, with their
    certificates: a column `marks` sets nothing.
Cagette's: productName, price, ref, desc, qt, unit, organic, floatQt, vat, stock. A whole kilogram or
    litre, or what is sold by measure (floatQt), is priced by the kg or l; other packs by the piece.

A field that a file has no column for is left as it was.
"""

import csv
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any, Literal

from contracts.messages import Model
from contracts.products import Fault

MOST_LINES = 2000
csv.field_size_limit(1_000_000)  # what a door takes at all: a cell that is too long is a fault of its field
LEAST, MOST = Decimal("0.000001"), 10**7
"""Of a number in a cell that is not 0."""
MOST_STOCK = 100_000_000
"""Pieces, grams or millilitres, as of an offer."""
HALF = 500
"""Grams or millilitres by which what is weighed is offered, as on the page of an offer."""
LONGEST_ROW = 30
"""Lines of the file that one row may take; a quote left open longer is that line's fault alone."""

_IN_CENTS = {"price_cents": "price", "vat_basis_points": "vat"}
COLUMNS = {
    "halle": _IN_CENTS | {"alcohol_basis_points": "alcohol"},
    "cagette": _IN_CENTS | {"name": "productName", "description": "desc"},
}
"""By dialect, the columns in which a product's fields stand under another name."""
_YES = {"1", "true", "yes", "oui", "vrai", "x"}
_MEASURES = {
    "piece": ("piece", Decimal(1)),
    "kg": ("kg", Decimal(1)),
    "g": ("kg", Decimal("0.001")),
    "l": ("l", Decimal(1)),
    "cl": ("l", Decimal("0.01")),
    "ml": ("l", Decimal("0.001")),
}


@dataclass
class Row:
    """One row of the file: the fields it sets, what is wrong with it, what should be known."""

    line: int
    cells: dict[str, str] = field(default_factory=dict)
    fields: dict[str, Any] = field(default_factory=dict)
    stock: int | None = None
    step: int = 1
    faults: list[Fault] = field(default_factory=list)
    warnings: list[Fault] = field(default_factory=list)

    def fault(self, column: str, code: str, message: str) -> None:
        """Note what keeps this row from being imported."""
        self.faults.append(Fault(field=column, code=code, message=message))

    def warn(self, column: str, code: str, message: str) -> None:
        """Note what the farm should know."""
        self.warnings.append(Fault(field=column, code=code, message=message))

    def has(self, column: str) -> bool:
        """Whether the file has this column."""
        return column in self.cells

    def number(self, column: str) -> Decimal | None:
        """The number in a cell; nothing for an empty cell and, with a fault, for no number."""
        written = self.cells.get(column, "")
        plain = "".join(written.replace("€", "").replace("%", "").split()).replace(",", ".")
        if not plain:
            return None
        try:
            number = Decimal(plain)
        except InvalidOperation:
            number = Decimal("NaN")
        if not number.is_finite() or not (number == 0 or LEAST <= number <= MOST):
            self.fault(column, "number", f"{written!r} is not a number that is meant here.")
            return None
        return number

    def whole(self, column: str, times: Decimal | int) -> int | None:
        """A cell's number times so many, to the nearest whole; a warning where that is another."""
        number = self.number(column)
        if number is None:
            return None
        exact = number * times
        rounded = exact.quantize(Decimal(1), ROUND_HALF_UP)
        if rounded != exact:
            self.warn(column, "rounded", f"{self.cells[column]} was rounded.")
        return int(rounded)


class File(Model):
    """What a file is, before its rows are looked at one by one."""

    dialect: Literal["halle", "cagette"]
    separator: str
    columns: list[str]


class Unreadable(Exception):
    """A file that is refused whole: `args` are code and message."""


def read(text: str) -> tuple[File, list[Row]]:
    """The file and its rows; Unreadable when its heading or its length forbids it."""
    plain = text.removeprefix("\ufeff").replace("\x00", "").replace("\r\n", "\n").replace("\r", "\n")
    lines = plain.removesuffix("\n").split("\n")
    if len(lines) > MOST_LINES + 1:
        raise Unreadable("too-many-lines", f"A file may have {MOST_LINES} lines: divide it.")
    file = _heading(lines[0])
    convert = _cagette if file.dialect == "cagette" else _ours
    return file, [_converted(row, convert) for row in _rows(lines, file)]


def _heading(line: str) -> File:
    separator = max(";,\t", key=line.count)
    columns = [cell.strip().casefold() for cell in next(csv.reader([line], delimiter=separator), [])]
    if "productname" in columns:
        return File(dialect="cagette", separator=separator, columns=columns)
    if {"name", "unit"} <= set(columns):
        return File(dialect="halle", separator=separator, columns=columns)
    raise Unreadable("unknown-columns", "The first line must name the columns: name, unit, price ...")


def _rows(lines: list[str], file: File) -> Iterator[Row]:
    at = 1
    while at < len(lines):
        cells, size = _cells(lines[at : at + LONGEST_ROW], file.separator)
        if size == 0 or any(cells):
            yield _row(at + 1, cells, file, closed=size > 0)
        at += max(1, size)


def _cells(lines: list[str], separator: str) -> tuple[list[str], int]:
    """The cells of the row that begins these lines, and how many it takes; 0 when its quote is never closed."""
    reader = csv.reader((f"{line}\n" for line in [*lines, ""]), delimiter=separator)
    cells = [cell.strip() for cell in next(reader)]
    return cells, reader.line_num if reader.line_num <= len(lines) else 0


def _row(number: int, cells: list[str], file: File, *, closed: bool) -> Row:
    row = Row(number)
    if not closed:
        row.fault("line", "quote", "A quotation mark is not closed.")
        return row
    row.cells = dict(zip(file.columns, cells, strict=False))
    if any(cells[len(file.columns) :]):
        row.fault("line", "columns", "More cells than columns: quote what holds a separator.")
    return row


def _converted(row: Row, convert: Callable[[Row], None]) -> Row:
    if not row.faults:
        convert(row)
    return row


def _ours(row: Row) -> None:
    row.fields = {name: row.cells[name] for name in _PLAIN if row.has(name)}
    row.fields |= {"ref": row.cells.get("ref") or None} if row.has("ref") else {}
    row.fields |= _chosen(row)
    row.fields |= {name: row.whole(name, 1) for name in ("derogation_km", "derogation_kg") if row.has(name)}
    if row.cells.get("marks"):
        row.warn("marks", "marks-of-farm", "Marks stand on the farm's page: add this product there.")
    unit = _unit_of_price(row)
    row.fields["unit"] = unit
    row.step = 1 if unit == "piece" else HALF
    _numbers(row, {"alcohol": ("alcohol_basis_points", 100), "tolerance": ("tolerance_percent", 1)})
    if row.has("estimated_grams"):
        row.fields["estimated_grams"] = row.whole("estimated_grams", 1)
        weighed = row.fields["estimated_grams"] is not None
        row.fields["pricing"] = "per_weight" if weighed else "per_pack"
    _stock(row, 1 if unit == "piece" else 1000)


def _chosen(row: Row) -> dict[str, Any]:
    """Words of the contracts' enumerations; some fields always have one, others may have none or many."""
    always = {name: row.cells[name].casefold() for name in ("category", "storage") if row.cells.get(name)}
    perhaps = {name: row.cells[name].casefold() or None for name in ("grade", "date_kind", "sanitary") if row.has(name)}
    lists = [name for name in ("allergens", "months") if row.has(name)]
    return always | perhaps | {name: row.cells[name].casefold().replace("|", " ").split() for name in lists}


_PLAIN = (
    *("name", "description", "net_quantity", "origin", "variety", "ingredients", "traces", "keeps"),
    "approval_number",
)


def _numbers(row: Row, more: dict[str, tuple[str, int]]) -> None:
    """Price and VAT, and what else a dialect has: cells times so many become whole fields."""
    for column, (name, times) in ({"vat": ("vat_basis_points", 100)} | more).items():
        number = row.whole(column, times)
        if number is not None:
            row.fields[name] = number
    if row.has("price") and "price_cents" not in row.fields:
        row.fields["price_cents"] = row.whole("price", 100)


def _cagette(row: Row) -> None:
    row.fields = {"name": row.cells.get("productname", "")}
    row.fields |= {"ref": row.cells.get("ref") or None} if row.has("ref") else {}
    row.fields |= {"description": row.cells["desc"]} if row.has("desc") else {}
    unit, measure = _measure(row)
    quantity = row.number("qt")
    if quantity is None or quantity == 0:
        quantity = Decimal(1)
    size = quantity * measure
    by_measure = unit != "piece" and (size == 1 or _is_yes(row, "floatqt"))
    row.fields["unit"] = unit if by_measure else "piece"
    row.fields["pricing"] = "per_pack"
    if by_measure:
        row.fields["price_cents"] = row.whole("price", 100 / size)
        row.step = 100 if _is_yes(row, "floatqt") else 1000
    elif unit != "piece" or quantity != 1:
        row.fields["net_quantity"] = f"{quantity.normalize():f} {row.cells.get('unit', '')}".strip()
    _numbers(row, {})
    _stock(row, size * 1000 if by_measure else 1)
    if _is_yes(row, "organic"):
        row.warn("organic", "organic-needs-mark", "Organic may be said only under AB: add the mark to the farm.")


def _stock(row: Row, times: Decimal | int) -> None:
    row.stock = row.whole("stock", times)
    if row.stock is not None and row.stock > MOST_STOCK:
        row.fault("stock", "number", "Nobody has so much: leave it empty where there is no end.")


def _unit_of_price(row: Row) -> str:
    """What our own price is of: written, and never a gram, whose price would be taken for a kilogram's."""
    unit, measure = _MEASURES.get(_written_unit(row), ("", Decimal(0)))
    if measure != 1:
        row.fault("unit", "of-price", "Say what the price is of: piece, kg or l.")
    return unit or "piece"


def _measure(row: Row) -> tuple[str, Decimal]:
    written = _written_unit(row) or "piece"
    if written not in _MEASURES:
        row.fault("unit", "unknown", f"{row.cells['unit']!r} is no unit: piece, kg, g, l, cl or ml.")
    return _MEASURES.get(written, _MEASURES["piece"])


def _written_unit(row: Row) -> str:
    return row.cells.get("unit", "").casefold().replace("è", "e")


def _is_yes(row: Row, column: str) -> bool:
    return row.cells.get(column, "").casefold() in _YES
