"""French and English texts: written in French, translations/<language>.po has the others. Knows no request.

Texts are written with `vous`. Where a market says `tu`, translations/fr-tu.po has those that its consumers read and
that differ; all others are as they are written.

Catalogues are compiled in memory when a language is first spoken, so that no compiled file can be out of date.
"""

import io
import re
from functools import cache, lru_cache
from gettext import GNUTranslations, NullTranslations
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

TRANSLATIONS = Path(__file__).resolve().parent / "translations"
TU = "fr-tu"
"""French that says `tu`."""
LOCALES = {"fr": "fr_FR", "en": "en_GB"}
_BEFORE = re.compile(r" (?=[:;?!»])")
_AFTER = re.compile(r"(?<=«) ")


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


class Familiar(French):
    """The same with `tu`, wherever a text of this catalogue says it."""

    def __init__(self, source: Path) -> None:
        super().__init__()
        with source.open("rb") as lines:
            self._texts = {str(message.id): str(message.string) for message in read_po(lines, locale="fr")}

    def gettext(self, message: str) -> str:
        """A text."""
        return super().gettext(self._texts.get(message, message))


@lru_cache(2048)
def _unbreakable(text: str) -> str:
    return _AFTER.sub("\N{NO-BREAK SPACE}", _BEFORE.sub("\N{NO-BREAK SPACE}", text))


@cache
def catalogue(language: str) -> NullTranslations:
    """The texts of a language."""
    source = TRANSLATIONS / f"{language}.po"
    if language == TU:
        return Familiar(source)
    if not source.exists():
        return French()
    compiled = io.BytesIO()
    with source.open("rb") as lines:
        write_mo(compiled, read_po(lines, locale=language))
    compiled.seek(0)
    return GNUTranslations(compiled)
