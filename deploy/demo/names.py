"""Names of people who do not exist, and their addresses under a domain that cannot."""

import unicodedata

PASSWORD = "demo-carpentras"  # noqa: S105 - printed for everybody, and refused wherever HALLE_DEMO is not 1
DOMAIN = "demo.example"

GIVEN = (
    "Agathe", "Amine", "Anaïs", "Antonin", "Armelle", "Bastien", "Brune", "Camille", "Capucine", "Clément",
    "Colette", "Damien", "Delphine", "Élise", "Émile", "Fanny", "Farid", "Gaëlle", "Gaspard", "Henriette",
    "Inès", "Jeanne", "Joris", "Karim", "Laure", "Léonie", "Loïc", "Lucette", "Manon", "Marius",
    "Mireille", "Nadia", "Noé", "Octave", "Paulette", "Rémi", "Rosalie", "Samir", "Solène", "Victorin",
)  # fmt: skip
FAMILY = (
    "Alleaume", "Arnavon", "Barbentane", "Bellefeuille", "Boissin", "Bourdelas", "Cadenet", "Chabran", "Chastel",
    "Combalou", "Coustet", "Dalmasso", "Davin", "Escoffier", "Estienne", "Fabrègue", "Florens", "Gardiol",
    "Garrigou", "Imbertin", "Jaumard", "Laugère", "Lentier", "Maillane", "Marrou", "Mistrallet", "Nouvène", "Olivari",
    "Peyrache", "Pontet", "Quenin", "Raspaille", "Roumanille", "Sabran", "Savournin", "Tardivel", "Teissière",
    "Valréas", "Verdolin", "Ysnard",
)  # fmt: skip


def somebody(number: int) -> str:
    """The full name of the demo's consumer of that number; all differ up to the 1 600th."""
    turn, given = divmod(number, len(GIVEN))
    return f"{GIVEN[given]} {FAMILY[(given * 7 + turn) % len(FAMILY)]}"


def email(name: str) -> str:
    """An address made of a name: `elise.chabran@demo.example`."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return f"{plain.lower().replace(' ', '.')}@{DOMAIN}"
