"""The demo's twenty farms: who sells, where they lie, at which markets, under which marks.

What each of them sells is the file of its name under `products/`, as a farm would import it.
"""

from dataclasses import dataclass
from pathlib import Path

PRODUCTS = Path(__file__).parent / "products"
CERTIFIERS = {
    "ab": "FR-BIO-01",
    "in_conversion": "FR-BIO-10",
    "nature_et_progres": "Nature & Progrès Vaucluse",
    "label_rouge": "Certipaq (démonstration)",
    "aop": "Organisme de contrôle (démonstration)",
    "igp": "Organisme de contrôle (démonstration)",
    "hve": "Organisme de contrôle (démonstration)",
    "demeter": "Demeter (démonstration)",
}


@dataclass(frozen=True)
class FarmPlan:
    """A farm as its seller signs it up."""

    slug: str
    name: str
    seller: str
    insee: str
    markets: tuple[str, ...]
    marks: tuple[str, ...] = ()
    sells_alcohol: bool = False
    vat_regime: str = "normal"

    @property
    def products(self) -> str:
        """Its products, a CSV file."""
        return (PRODUCTS / f"{self.slug}.csv").read_text(encoding="utf-8")


HALLES, BIO, PANIER = "halles", "bio", "panier"

FARMS = (
    FarmPlan("rieu", "Ferme du Rieu", "Alice Rouvière", "84030", (HALLES, BIO, PANIER), ("ab",)),
    FarmPlan("paty", "Vergers du Paty", "Julien Maubert", "84030", (HALLES, BIO, PANIER), ("in_conversion",)),
    FarmPlan("madeleine", "Domaine de la Haute-Restanque", "Sylvie Tramier", "84017", (HALLES, BIO), ("ab",), True),
    FarmPlan("fournil", "Le Fournil des Dentelles", "Yann Corréard", "84012", (HALLES, BIO, PANIER), ("ab",)),
    FarmPlan(
        "ruches",
        "Les Ruches du Ventoux",
        "Maëlle Sénéquier",
        "84148",
        (HALLES, PANIER),
        ("nature_et_progres",),
        vat_regime="flat_rate",
    ),
    FarmPlan("voliere", "La Volière du Comtat", "Denis Aubéry", "84080", (HALLES, PANIER), ("label_rouge",)),
    FarmPlan("auzon", "Chèvrerie de l’Auzon", "Pauline Grangeon", "84148", (BIO, PANIER), ("ab", "demeter")),
    FarmPlan("olivette", "Moulin de l’Olivette", "Régis Montagard", "84008", (HALLES, BIO), ("ab",)),
    FarmPlan("plateau", "Ferme du Plateau", "Hélène Barruol", "84123", (BIO, PANIER), ("ab",)),
    FarmPlan("bergerie", "Bergerie de Flassan", "Mathieu Jouvaud", "84046", (HALLES, PANIER), ("hve",)),
    FarmPlan("aubignan", "Cave des Trois Collines", "Carole Vergier", "84004", (HALLES,), ("aop",), True),
    FarmPlan("cedres", "Brasserie des Cèdres", "Quentin Malbos", "84069", (BIO, PANIER), ("ab",), True),
    FarmPlan("barroux", "Truffière du Barroux", "Lucien Reboulet", "84008", (HALLES,)),
    FarmPlan("comtat", "Les Fraises du Comtat", "Samia Belkhir", "84031", (HALLES, PANIER), ("hve",)),
    FarmPlan("serein", "Ferme du Mont-Serein", "Gérard Chauvet", "84069", (HALLES, PANIER), vat_regime="franchise"),
    FarmPlan("modene", "Les Poules de Modène", "Lisa Fontayne", "84077", (BIO, PANIER), ("ab",)),
    FarmPlan("bassine", "La Bassine de Venasque", "Odette Peyronnet", "84143", (BIO, PANIER), ("ab",)),
    FarmPlan("pernes", "Pépinière des Sorguettes", "Vincent Aymard", "84088", (HALLES,)),
    FarmPlan("lavandes", "Les Lavandes d’en Haut", "Juliette Morard", "84123", (HALLES, PANIER)),
    FarmPlan("table", "La Table de Mazan", "Nordine Ferrache", "84072", (HALLES, PANIER)),
)
