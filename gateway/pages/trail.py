"""Who did what: for a market's organisers, for those who sell for a farm, for operators; as a page and as a table."""

from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import Response, request

from contracts.audit import ListCatalogDeeds
from contracts.planning import ListAdmissions
from contracts.wall import HOME_ZONE, midnight
from gateway import asking, csv_tables, trails
from gateway.api.papers import file
from gateway.pages import telling
from gateway.pages.farms import own_farm
from gateway.pages.languages import _
from gateway.pages.organising import own_market
from gateway.pages.site import pages, person, show

A_YEAR = timedelta(days=366)
YEARS = range(2000, 2100)
"""In which a day may be asked for."""


class Shown(NamedTuple):
    """Whose trail it is, when its days begin, and who is who."""

    object_id: UUID | None
    zone: str
    names: dict[UUID, str]
    """Of the farms and markets that its deeds may be about."""


@pages.get("/organise/<uuid:market_id>/trail")
def market_trail(market_id: UUID) -> Response:
    """What was done at a market."""
    market = own_market(market_id)
    farms = asking.every(ListAdmissions(market_id=market_id), "producer_id")
    of_market = Shown(market_id, market.time_zone, {one.producer_id: one.producer_name for one in farms})
    return _trail(of_market, market=market, farm=None)


@pages.get("/farms/<uuid:producer_id>/trail")
def farm_trail(producer_id: UUID) -> Response:
    """What was done for a farm, and with its goods and money."""
    farm = own_farm(producer_id)
    markets = asking.every(ListAdmissions(producer_id=producer_id), "market_id")
    of_farm = Shown(producer_id, HOME_ZONE, {one.market_id: one.market_name for one in markets})
    return _trail(of_farm, market=None, farm=farm)


@pages.get("/operate/trail")
def instance_trail() -> Response:
    """What was done by right anywhere, for operators."""
    person()
    return _trail(Shown(None, HOME_ZONE, {}), market=None, farm=None)


def _trail(shown: Shown, **whose: Any) -> Response:
    wanted = ListCatalogDeeds(
        object_id=shown.object_id,
        person_id=request.args.get("person", type=UUID),
        since=_midnight("since", shown.zone),
        before=_midnight("until", shown.zone, days=1),
        after=request.args.get("after", type=UUID),
    )
    if "csv" in request.args:
        return _table(wanted, shown)
    found = trails.page(wanted)
    asked = {name: request.args[name] for name in ("person", "since", "until") if request.args.get(name)}
    return show(
        "trail.html",
        deeds=found.deeds,
        following=found.following,
        people=trails.names(found.deeds),
        asked=asked,
        zone=shown.zone,
        names=shown.names,
        telling=telling,
        path=request.path,
        **whose,
    )


def _table(wanted: ListCatalogDeeds, shown: Shown) -> Response:
    """The same for spreadsheets, page after page: from the day that was asked for, else of the last twelve months."""
    since = wanted.since or datetime.now(UTC) - A_YEAR
    done = list(trails.every(wanted.model_copy(update={"since": since, "limit": 100, "after": None})))
    people, zone = trails.names(done), ZoneInfo(shown.zone)
    head = [_("Quand"), _("Qui"), _("À quel titre"), _("Quoi"), _("Précision"), _("Concerne"), "door", "trace"]
    rows = [
        [
            f"{deed.at.astimezone(zone):%Y-%m-%d %H:%M:%S}",
            people.get(deed.person_id, str(deed.person_id)),
            telling.by_right(deed),
            telling.sentence(deed),
            telling.detail(deed),
            ", ".join(shown.names[one] for one in deed.objects if one in shown.names),
            deed.door,
            deed.trace_id,
        ]
        for deed in done
    ]
    return file(csv_tables.plain([head, *rows]), csv_tables.TYPE, "trail.csv")


def _midnight(field: str, zone: str, days: int = 0) -> datetime | None:
    """The midnight that begins the day that was typed, or the one `days` later; nothing where no day was."""
    try:
        day = date.fromisoformat(request.args.get(field, ""))
    except ValueError:
        return None
    if day.year not in YEARS:
        return None
    return midnight(day + timedelta(days=days), zone)
