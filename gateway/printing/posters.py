"""What a poster or a flyer says: a market's showcase in the words of a language, and a code that leads to its page."""

import io
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

import segno

from contracts.showing import PickUpShown, Showcase
from gateway import writing
from gateway.catalogues import N_
from gateway.printing.pen import Voice, Words


class Form(StrEnum):
    """How a market is made known on paper, by the name of its template and of its file."""

    POSTER = "poster"
    FLYER = "flyer"


ROOM = {Form.POSTER: (4, 48), Form.FLYER: (2, 8)}
"""How many pick-ups and how many farms there is room for."""


class Poster(NamedTuple):
    """A poster to be made; the answer travels unread."""

    form: Form
    showcase: bytes
    language: str
    printed_at: datetime
    public_url: str
    logo: bytes = b""
    """WebP, where the market has one."""


def shape(poster: Poster) -> Words:
    """What it says."""
    voice = Voice(poster.language)
    _ = voice.text
    shown = Showcase.model_validate_json(poster.showcase)
    pick_ups, farms = ROOM[poster.form]
    coming = [shown.next_pick_up, *shown.later_pick_ups] if shown.next_pick_up else []
    more = len(shown.farm_names) - farms
    address = f"{poster.public_url}/markets/{shown.market_id}"
    return {
        "language": poster.language,
        "market": shown.name,
        "town": shown.town,
        "invitation": _("Commandez en ligne, venez chercher votre panier."),
        "dates": _("Prochains retraits"),
        "pick_ups": [_pick_up(voice, one, shown.time_zone) for one in coming[:pick_ups]],
        "no_date": _("Les prochaines dates sont sur la page du marché."),
        "farms": _("Les fermes") if shown.farm_names else "",
        "farm_names": shown.farm_names[:farms],
        "more_farms": voice.ngettext("et %(count)s autre", "et %(count)s autres", more) if more > 0 else "",
        "scan": _("Pour commander"),
        "address": address,
        "site": poster.public_url.split("://")[1],
        "code": _code(address),
        "logo": list(poster.logo),
        "entity": f"{shown.entity_name}, {shown.entity_address}" if shown.entity_address else shown.entity_name,
    }


def _pick_up(voice: Voice, it: PickUpShown, zone: str) -> Words:
    language = voice.language
    return {
        "when": writing.span(it.starts_at, it.ends_at, zone, language),
        "where": f"{it.venue_name}, {it.venue_address}",
        "order": voice.text(
            N_("À commander du %(start)s au %(end)s"),
            start=writing.short_moment(it.opens_at, zone, language),
            end=writing.short_moment(it.closes_at, zone, language),
        ),
    }


def _code(address: str) -> str:
    """A QR code as SVG, with its quiet zone; it bears a torn corner or a drop of rain."""
    svg = io.BytesIO()
    segno.make_qr(address, error="q").save(svg, kind="svg", border=4, xmldecl=False)
    return svg.getvalue().decode()
