"""The demo's three markets, of three kinds, with their pick-up places and the days of their week.

Days are counted from the day on which the municipal market hands over; in the last week played, that is today.
"""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Venue:
    """A pick-up place, and when it hands over; `starts` is nothing where it is the hour of the demo's start."""

    name: str
    address: str
    day: int
    starts: str | None
    hours: float


@dataclass(frozen=True)
class MarketPlan:
    """A market as its organiser founds it; its sales open and close at these days and hours."""

    slug: str
    organiser: str
    opens: tuple[int, str]
    closes: tuple[int, str]
    venues: tuple[Venue, ...]
    about: dict[str, Any] = field(hash=False)
    word: dict[str, str] = field(hash=False)
    """What it says of its own when an order is confirmed, by language."""


HALLES = MarketPlan(
    slug="halles",
    organiser="Odile Marceau",
    opens=(-4, "18:00"),
    closes=(-1, "20:00"),
    venues=(Venue("La halle couverte", "Place du Vieux-Lavoir, 84330 Caromb", 0, None, 3),),
    about={
        "name": "Les Halles de Caromb",
        "kind": "municipal",
        "entity_kind": "town",
        "entity_name": "Commune de Caromb (démonstration)",
        "contact_email": "halles@caromb.example",
        "served": ["84017", "84077"],
        "entity_address": "1 place de l’Hôtel-de-Ville, 84330 Caromb",
        "insee": "84030",
        "description": "Le marché de la commune : vous commandez en ligne, vous retirez tout au même endroit.",
    },
    word={
        "french": "Les cagettes se rapportent à l’entrée de la halle. Le parking de l’école est libre après 17 h.",
        "english": "Bring your crates back to the entrance of the hall. You may park at the school after 5 pm.",
    },
)

BIO = MarketPlan(
    slug="bio",
    organiser="Bérengère Lussan",
    opens=(-2, "18:00"),
    closes=(1, "20:00"),
    venues=(Venue("La cour de l’école", "12 chemin des Amandiers, 84410 Bédoin", 3, "17:30", 2),),
    about={
        "name": "Bio au pied du Ventoux",
        "kind": "producers",
        "entity_kind": "association",
        "entity_number": "W842009999",
        "entity_name": "Association Bio au pied du Ventoux",
        "contact_phone": "04 90 00 00 99",
        "says_tu": True,
        "charter_title": "Notre charte",
        "charter": "Ni emballage plastique, ni produit acheté pour être revendu.",
        "max_distance_km": 40,
        "entity_address": "12 chemin des Amandiers, 84410 Bédoin",
        "insee": "84017",
        "quality_floor": "organic",
        "welcome_marks": ["demeter", "nature_et_progres"],
        "description": "Des fermes certifiées, et rien d’autre : tout ce qui est en vente a le label AB.",
    },
    word={"french": "Viens avec tes sacs : ici on n’emballe rien. Et reste boire un verre, il y a toujours du monde."},
)

PANIER = MarketPlan(
    slug="panier",
    organiser="Théo Cassagne",
    opens=(-2, "08:00"),
    closes=(2, "20:00"),
    venues=(
        Venue("Le relais de la gare", "48 avenue des Platanes, 84200 Carpentras", 3, "16:30", 1.5),
        Venue("L’atelier des Fontaines", "7 rue du Grand-Lavoir, 84210 Pernes-les-Fontaines", 3, "17:00", 1.5),
        Venue("La grange de Mazan", "230 route de l’Auzon, 84380 Mazan", 3, "17:30", 1.5),
    ),
    about={
        "name": "Le Panier du Comtat",
        "kind": "buying_group",
        "entity_kind": "company",
        "entity_number": "732829320",
        "entity_name": "Le Panier du Comtat, société coopérative (démonstration)",
        "fee_cents": 50,
        "fee_vat_basis_points": 2000,
        "served": ["84088", "84072"],
        "host": "panier.example",
        "brand_name": "Le Panier du Comtat",
        "brand_colour": "#8a1538",
        "entity_address": "48 avenue des Platanes, 84200 Carpentras",
        "insee": "84031",
        "description": "Un panier, trois lieux de retrait : Carpentras, Pernes et Mazan.",
    },
    word={"french": "Nos trois lieux ferment à l’heure : après, votre panier repart avec les fermes."},
)

MARKETS = (HALLES, BIO, PANIER)
