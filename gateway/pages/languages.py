"""The language of the page in hand: the one that this browser was told to speak, or the visitor's own."""

from gettext import NullTranslations
from uuid import UUID

from flask import request

from gateway.catalogues import LOCALES, N_, TU, catalogue
from gateway.reception import reception
from gateway.session import LANGUAGES, visitor

__all__ = ["COOKIE", "LOCALES", "NAMES", "N_", "_", "catalogue", "choose", "locale", "spoken"]
COOKIE = "language"
"""Has the language that somebody chose in this browser; it goes before the account's."""
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


def address(market_id: UUID) -> None:
    """Speak on this page as a market speaks to its consumers."""
    visitor().hears_tu = reception().voices.says_tu(market_id)


def voice() -> str:
    """The language of the page in hand, and whether it says `tu`: which catalogue is used, and what is kept apart."""
    return TU if spoken() == "fr" and visitor().hears_tu else spoken()


def texts() -> NullTranslations:
    """The texts of the page in hand."""
    return catalogue(voice())


def _(message: str, **values: object) -> str:
    """A text in the language of the page."""
    text = texts().gettext(message)
    return text % values if values else text
