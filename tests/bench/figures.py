"""What a measurement found, as a row of the one table or as a line of JSON."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace

COLUMNS = ("name", "value", "unit", "floor", "ratio", "target", "ok")


@dataclass(frozen=True)
class Figure:
    """One number; `target` says what it must be, `ok` whether it is (nothing where nothing is asked)."""

    name: str
    value: float | str
    unit: str = ""
    floor: float | None = None
    ratio: float | None = None
    target: str = ""
    ok: bool | None = None

    def against(self, floor: float) -> "Figure":
        """The same, beside the best that this machine can do."""
        return replace(self, floor=floor, ratio=round(float(self.value) / floor, 4) if floor else None)


def at_least(name: str, value: float, unit: str, target: float) -> Figure:
    """A figure that must reach `target`."""
    return Figure(name, round(value, 3), unit, target=f">= {target:g}", ok=value >= target)


def at_most(name: str, value: float, unit: str, target: float) -> Figure:
    """A figure that must stay below `target`."""
    return Figure(name, round(value, 3), unit, target=f"<= {target:g}", ok=value <= target)


def found(name: str, expected: object, value: object) -> Figure:
    """Something counted twice: what must be, and what is."""
    return Figure(name, str(value), target=str(expected), ok=expected == value)


def heading(as_json: bool) -> str | None:
    return None if as_json else "\t".join(COLUMNS)


def row(figure: Figure, as_json: bool) -> str:
    """One figure as a line of JSON, or of the tab-separated table."""
    if as_json:
        return json.dumps(asdict(figure), ensure_ascii=False)
    told = {"ok": {None: "", True: "yes", False: "NO"}[figure.ok]}
    cells = {name: "" if value is None else value for name, value in asdict(figure).items()} | told
    return "\t".join(str(cells[name]) for name in COLUMNS)


def show(figures: Iterable[Figure], as_json: bool) -> bool:
    """Print each figure as it comes; whether all that is asked was reached."""
    if (title := heading(as_json)) is not None:
        print(title, flush=True)
    well = True
    for figure in figures:
        print(row(figure, as_json), flush=True)
        well = well and figure.ok is not False
    return well


def quantile(values: list[float], part: float) -> float:
    """The value below which `part` of the others lie; infinite where nothing was measured."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * part))] if ordered else float("inf")
