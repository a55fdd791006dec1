"""French and English pages: texts are written in French, translations/<language>.po has the others.

Catalogues are compiled in memory at the first page, so that no compiled file can be out of date.
"""

import io
import re
from functools import cache, lru_cache
from gettext import GNUTranslations, NullTranslations
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from flask import request

from gateway.session import LANGUAGES, visitor

TRANSLATIONS = Path(__file__).resolve().parent.parent / "translations"
COOKIE = "language"
"""Has the language that somebody chose in this browser; it goes before the account's."""
LOCALES = {"fr": "fr_FR", "en": "en_GB"}
_BEFORE = re.compile(r" (?=[:;?!»])")
_AFTER = re.compile(r"(?<=«) ")
NAMES = {"fr": "Français", "en": "English"}


def choose() -> None:
    """Speak the language that this browser was told to, to the person and to services."""
    chosen = request.cookies.get(COOKIE)
    if chosen in LANGUAGES:
        visitor().language = chosen


def spoken() -> str:
    """The language of the page in hand."""
    return visitor().language


def locale() -> str:
    """The same for Babel."""
    return LOCALES[spoken()]


def _(message: str, **values: object) -> str:
    """A text in the language of the page."""
    text = catalogue(spoken()).gettext(message)
    return text % values if values else text


def N_(message: str) -> str:  # noqa: N802  (gettext's own name for it)
    """Marks a text that is translated later."""
    return message


class French(NullTranslations):
    """The texts as they are written, with the spaces that French keeps on one line."""

    def gettext(self, message: str) -> str:
        """A text."""
        return _unbreakable(message)

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        """One or several; nothing is singular in French."""
        return _unbreakable(msgid1 if n < 2 else msgid2)


@lru_cache(2048)
def _unbreakable(text: str) -> str:
    return _AFTER.sub("\N{NO-BREAK SPACE}", _BEFORE.sub("\N{NO-BREAK SPACE}", text))


@cache
def catalogue(language: str) -> NullTranslations:
    """The texts of a language."""
    source = TRANSLATIONS / f"{language}.po"
    if not source.exists():
        return French()
    compiled = io.BytesIO()
    with source.open("rb") as lines:
        write_mo(compiled, read_po(lines, locale=language))
    compiled.seek(0)
    return GNUTranslations(compiled)
