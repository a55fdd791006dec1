"""Distributions as they are planned; what is sold at them stands in `orders`."""

from contracts.planning import (
    CancelDistribution,
    ChangeDistribution,
    ListDistributions,
    ListParticipations,
    Participate,
    PlanDistribution,
    PreviewSeries,
    ReadDistribution,
)
from contracts.quality import ListRefusedOffers
from gateway.api import door
from gateway.api.door import Route

ONE = "/distributions/<uuid:distribution_id>"
OF_MARKET = "/markets/<uuid:market_id>/distributions"

part = door.part("distributions", "When and where goods are handed over, and who takes part.")
door.add(
    part,
    Route("GET", OF_MARKET, ListDistributions, cursor="after", cursor_id="distribution_id"),
    Route("POST", OF_MARKET, PlanDistribution, 201),
    Route("POST", f"{OF_MARKET}/preview", PreviewSeries),
    Route("GET", ONE, ReadDistribution),
    Route("PUT", ONE, ChangeDistribution),
    Route("DELETE", ONE, CancelDistribution),
    Route("GET", f"{ONE}/participations", ListParticipations),
    Route("PUT", f"{ONE}/participations/<uuid:producer_id>", Participate),
    Route("GET", f"{ONE}/refused-offers", ListRefusedOffers),
)
