"""The JSON API under /api/v1: one module per part, each a list of routes made of commands."""

from flask_openapi.openapi import OpenAPI

from gateway.api import (
    accounts,
    audit,
    day,
    distributions,
    document,
    imports,
    lists,
    loans,
    markets,
    mediation,
    money,
    orders,
    papers,
    photos,
    producers,
    sessions,
    showing,
    yearly,
)

PARTS = (
    sessions.part,
    accounts.part,
    markets.part,
    producers.part,
    imports.part,
    photos.part,
    distributions.part,
    orders.part,
    lists.part,
    papers.part,
    day.part,
    money.part,
    showing.part,
    yearly.part,
    mediation.part,
    audit.part,
    loans.part,
)


def register(app: OpenAPI) -> None:
    """Add every part of the API, and its document."""
    for part in PARTS:
        app.register_api(part)
    document.register(app)
