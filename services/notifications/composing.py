"""From a template and its words to a mail: subject, plain text, and HTML that says the same.

The first line of each text template is the subject. Texts are French; translations/<language>.po
has the others, and fr-tu.po those that a market says with `tu` to its consumers.
"""

import io
from functools import cache
from gettext import GNUTranslations, NullTranslations
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID

import css_inline
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from services.notifications import formats
from services.notifications.store import Claimed, MarketVoice

HERE = Path(__file__).resolve().parent
_inliner = css_inline.CSSInliner(load_remote_stylesheets=False)


class Attachment(NamedTuple):
    """A CSV file that goes with a mail."""

    name: str
    content: bytes


class Mail(NamedTuple):
    """One message to one person, ready to be sent; in the name of `sender`, a market, if any."""

    message_id: UUID
    about: str
    """By ids and numbers: it stands in a header as it is, and nothing that was typed does."""
    sender: str
    to_name: str
    to_address: str
    subject: str
    text: str
    html: str
    attachments: tuple[Attachment, ...] = ()
    stop: str = ""
    """Of one that was chosen: the link that ends the choice."""


def mail(message: Claimed, template: str, words: dict[str, Any], *, about: str, sender: str) -> Mail:
    """The mail that a template makes of a message, in the name of `sender`, a market, if any."""
    language, market = formats.spoken(message.language), message.market
    environment = _environment("fr-tu" if language == "fr" and market.says_tu else language)
    words = words | {"kind": message.kind, "name": message.name, "language": language}
    words |= {"sender": sender, "word": _word(market, language), "colour": market.colour, "logo": market.logo}
    subject, text = environment.get_template(f"{template}.txt").render(words).split("\n", 1)
    after = environment.get_template("after.txt").render(words)
    html = environment.get_template(f"{template}.html").render(words | {"subject": subject})
    return Mail(
        message_id=message.message_id,
        about=about,
        sender=sender,
        to_name=message.name,
        to_address=message.address,
        subject=" ".join(subject.split()),
        text="\n\n".join(filter(None, (text.strip(), after.strip()))) + "\n",
        html=_inliner.inline(html),
    )


def _word(market: MarketVoice, language: str) -> str:
    """What a market says in a mail; in the other language where it said it in that one alone."""
    said = {"fr": market.french, "en": market.english}
    return said[language] or market.french or market.english


@cache
def translations(voice: str) -> NullTranslations:
    """The catalogue of a language, or of French with `tu`; what it does not have is said as the templates have it."""
    source = HERE / "translations" / f"{voice}.po"
    if not source.exists():
        return NullTranslations()
    compiled = io.BytesIO()
    with source.open("rb") as lines:
        write_mo(compiled, read_po(lines, locale=voice[:2]))
    compiled.seek(0)
    return GNUTranslations(compiled)


@cache
def _environment(voice: str) -> Environment:
    language = voice[:2]
    environment = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        extensions=["jinja2.ext.i18n"],
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.install_gettext_translations(translations(voice), newstyle=True)  # type: ignore[attr-defined]
    environment.globals["day"] = lambda at, zone: formats.day(at, zone, language)
    environment.globals["calendar_day"] = lambda on: formats.calendar_day(on, language)
    environment.globals["hour"] = lambda at, zone: formats.hour(at, zone, language)
    return environment
