"""A year of a market as its council reads it: the words of page and paper. Figures are those that services said."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from contracts.yearly import Distances, FarmsSold, MarketYear, Quality, Sold
from gateway import writing
from gateway.catalogues import N_
from gateway.printing.pen import Voice, Words

_QUALITIES = {
    Quality.ORGANIC: N_("Bio (label AB)"), Quality.OTHER_MARK: N_("Autre label"), Quality.NO_MARK: N_("Sans label"),
}  # fmt: skip
NOTHING = "–"


class YearPaper(NamedTuple):
    """A paper to be made; answers travel unread."""

    year: bytes
    distances: bytes
    language: str
    printed_at: datetime


def shape(paper: YearPaper) -> Words:
    """What the paper says."""
    found = MarketYear.model_validate_json(paper.year), Distances.model_validate_json(paper.distances)
    told = Council(*found, paper.language)
    printed = writing.short_moment(paper.printed_at, "UTC", paper.language)
    return {
        **told.words(),
        "language": paper.language,
        "when": str(told.year.year),
        "where": told.distances.town,
        "printed": told.text(N_("imprimé %(when)s"), when=f"{printed} UTC"),
        "notice": "",
    }


class Council(Voice):
    """Tells a year in one language."""

    def __init__(self, year: MarketYear, distances: Distances, language: str) -> None:
        super().__init__(language)
        self.year, self.distances = year, distances

    def words(self) -> Words:
        """Title, facts, tables, and what one must know of them."""
        return {
            "title": self.text(N_("Bilan de l’année %(year)s"), year=self.year.year),
            "market": self.distances.market_name,
            "facts": self._facts(),
            "tables": [self._months(), self._farms(), self._qualities()] if self.year.amount_cents else [],
            "notes": self._notes(),
        }

    def money(self, cents: int | None) -> str:
        """An amount, or that none is told."""
        return NOTHING if cents is None else writing.money(cents, self.year.currency, self.language)

    def _facts(self) -> list[tuple[str, str]]:
        _, year = self.text, self.year
        few = _("moins de cinq")
        return [
            (_("Foyers qui ont commandé"), few if year.households is None else str(year.households)),
            (_("Distributions"), str(year.distributions)),
            (_("Nombre de commandes"), _count(year.orders)),
            (_("Ce que les fermes ont vendu, TVA comprise"), self.money(year.amount_cents)),
            (_("Vendu sous un label"), self._share(year.marked_basis_points)),
            (_("dont bio (label AB)"), self._share(year.organic_basis_points)),
            (_("Distance moyenne, de la commune de la ferme au marché"), self._km(self.distances.mean_km)),
        ]

    def _months(self) -> Words:
        _ = self.text
        rows = [
            [_listed(writing.month(one, self.language) for one in it.months), _count(it.orders), *self._sums(it)]
            for it in self.year.months
        ]
        return {"name": _("Par mois"), "columns": [_("Mois"), _("Nombre de commandes"), *self._columns()], "rows": rows}

    def _farms(self) -> Words:
        _ = self.text
        rows = [[_listed(one.name for one in it.farms), *self._sums(it), self._distance(it)] for it in self.year.farms]
        return {"name": _("Par ferme"), "columns": [_("Ferme"), *self._columns(), _("Distance")], "rows": rows}

    def _qualities(self) -> Words:
        _ = self.text
        rows = [[_listed(_(_QUALITIES[one]) for one in it.qualities), *self._sums(it)] for it in self.year.qualities]
        return {"name": _("Par label"), "columns": [_("Label"), *self._columns()], "rows": rows}

    def _columns(self) -> list[str]:
        _ = self.text
        return [_("Foyers"), _("Montant")]

    def _sums(self, it: Sold) -> list[str]:
        return [_count(it.households), self.money(it.amount_cents)]

    def _distance(self, it: FarmsSold) -> str:
        known = {one.producer_id: one.km for one in self.distances.farms}
        return _listed(self._km(known.get(one.producer_id)) for one in it.farms)

    def _km(self, km: float | None) -> str:
        return NOTHING if km is None else writing.kilometres(km, self.language)

    def _share(self, basis_points: int | None) -> str:
        return NOTHING if basis_points is None else writing.percent(basis_points, self.language)

    def _notes(self) -> list[str]:
        _, year = self.text, self.year
        notes = [
            _("Chaque compte est un foyer. Les commandes non retirées sont comptées, les gestes d’après non."),
            _("Ce qui vient de moins de cinq foyers est regroupé avec autre chose : personne ne s’y reconnaît."),
            _("La distance est à vol d’oiseau, pondérée par les montants."),
        ]
        if not year.open_books:
            return notes
        may_change = self.ngettext(
            "Les comptes de %(count)s distribution ne sont pas encore clos : ces chiffres peuvent changer.",
            "Les comptes de %(count)s distributions ne sont pas encore clos : ces chiffres peuvent changer.",
            year.open_books,
        )
        return [may_change, *notes]


def _count(number: int | None) -> str:
    return NOTHING if number is None else str(number)


def _listed(names: Iterable[str]) -> str:
    return ", ".join(names)
