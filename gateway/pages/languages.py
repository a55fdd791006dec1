"""The language of the page in hand: the one that this browser was told to speak, or the visitor's own."""

from flask import request

from gateway.catalogues import LOCALES, N_, catalogue
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


def _(message: str, **values: object) -> str:
    """A text in the language of the page."""
    text = catalogue(spoken()).gettext(message)
    return text % values if values else text
