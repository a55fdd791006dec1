"""Which days are public and school holidays, by department: the library `holidays`, which asks nobody.

School holidays are those of zones A, B and C as decreed; Corsica and the overseas departments set their own. Elections
are not known here: their days are decreed one by one, some months before.
"""

from datetime import date
from functools import lru_cache

from holidays import PUBLIC, SCHOOL, country_holidays

from contracts.planning import Occasion, OccasionKind

DECREED_UNTIL = date(2028, 8, 31)
"""The end of the school year 2027-2028 (arrêté of 21 July 2026); what the library has of later ones is a guess."""
_ZONES = {
    "A": "01 03 07 15 16 17 19 21 23 24 25 26 33 38 39 40 42 43 47 58 63 64 69 70 71 73 74 79 86 87 89 90",
    "B": "02 04 05 06 08 10 13 14 18 22 27 28 29 35 36 37 41 44 45 49 50 51 52 53 54 55 56 57 59 60 61 62 67 68 72 76 "
    "80 83 84 85 88",
    "C": "09 11 12 30 31 32 34 46 48 65 66 75 77 78 81 82 91 92 93 94 95",
}
"""Departments of the académies of each zone, since January 2016."""
ZONE_OF = {department: zone for zone, those in _ZONES.items() for department in those.split()}
_OWN_HOLIDAYS = {"67": "6AE", "68": "6AE"} | {own: own for own in ("57", "971", "972", "973", "974", "976")}
_LANGUAGES = {"fr": "fr"}


def of(day: date, department: str, language: str) -> list[Occasion]:
    """What a day is in a department."""
    spoken = _LANGUAGES.get(language, "en_US")
    public = _days(day.year, PUBLIC, _OWN_HOLIDAYS.get(department), spoken)
    found = [(OccasionKind.PUBLIC_HOLIDAY, public.get(day))]
    if department in ZONE_OF and day <= DECREED_UNTIL:
        school = _days(day.year, SCHOOL, f"Zone {ZONE_OF[department]}", spoken)
        found.append((OccasionKind.SCHOOL_HOLIDAY, school.get(day)))
    return [Occasion(kind=kind, name=name) for kind, name in found if name]


@lru_cache(64)
def _days(year: int, category: str, subdivision: str | None, language: str) -> dict[date, str]:
    return dict(country_holidays("FR", years=year, subdiv=subdivision, categories=(category,), language=language))
