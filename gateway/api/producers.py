"""Farms: their products, marks, papers and holidays, what they offer at which market, and the import of a file."""

from contracts.affairs import (
    AddHoliday,
    AddPaper,
    DropVatRegime,
    EndHoliday,
    EndPaper,
    ListHolidays,
    ListPapers,
    ListVatRegimes,
    WriteVatRegime,
)
from contracts.planning import (
    AcceptTerms,
    AdmitProducer,
    AskToSell,
    ChooseUsualPlaces,
    EndAdmission,
    ListAdmissions,
)
from contracts.producers import ChangeProducer, ReadProducer, RegisterProducer, SetProducerPlan
from contracts.products import (
    AddProduct,
    ArchiveProduct,
    ChangeOffer,
    ChangeProduct,
    DropVatRate,
    ListOffers,
    ListProducts,
    MakeOffer,
    ReadOffer,
    WithdrawOffer,
    WriteVatRate,
)
from contracts.quality import AddMark, ChangeMark, EndMark, ListMarks
from gateway.api import door
from gateway.api.door import Route

AT_MARKET = "/markets/<uuid:market_id>/producers/<uuid:producer_id>"
PRODUCTS = "/producers/<uuid:producer_id>/products"


def _other_side(command: ListAdmissions) -> str:
    """A market's farms go on after a farm, a farm's markets after a market."""
    return "producer_id" if command.market_id else "market_id"


part = door.part("producers", "Farms, their products, marks, papers, holidays and offers.")
door.add(
    part,
    Route("POST", "/producers", RegisterProducer, 201),
    Route("GET", "/producers/<uuid:producer_id>", ReadProducer),
    Route("PUT", "/producers/<uuid:producer_id>", ChangeProducer),
    Route("PUT", "/producers/<uuid:producer_id>/plan", SetProducerPlan),
    Route("GET", PRODUCTS, ListProducts, cursor="after", cursor_id="product_id"),
    Route("POST", PRODUCTS, AddProduct, 201),
    Route("PUT", "/products/<uuid:product_id>", ChangeProduct),
    Route("DELETE", "/products/<uuid:product_id>", ArchiveProduct),
    Route("PUT", "/products/<uuid:product_id>/vat-rates/<begins_on>", WriteVatRate),
    Route("DELETE", "/products/<uuid:product_id>/vat-rates/<begins_on>", DropVatRate),
    Route("GET", "/producers/<uuid:producer_id>/marks", ListMarks),
    Route("POST", "/producers/<uuid:producer_id>/marks", AddMark, 201),
    Route("PUT", "/marks/<uuid:mark_id>", ChangeMark),
    Route("DELETE", "/marks/<uuid:mark_id>", EndMark),
    Route("GET", "/producers/<uuid:producer_id>/papers", ListPapers),
    Route("POST", "/producers/<uuid:producer_id>/papers", AddPaper, 201),
    Route("DELETE", "/papers/<uuid:paper_id>", EndPaper),
    Route("GET", "/producers/<uuid:producer_id>/holidays", ListHolidays),
    Route("POST", "/producers/<uuid:producer_id>/holidays", AddHoliday, 201),
    Route("DELETE", "/holidays/<uuid:holiday_id>", EndHoliday),
    Route("GET", "/producers/<uuid:producer_id>/vat-regimes", ListVatRegimes),
    Route("PUT", "/producers/<uuid:producer_id>/vat-regimes/<begins_on>", WriteVatRegime),
    Route("DELETE", "/producers/<uuid:producer_id>/vat-regimes/<begins_on>", DropVatRegime),
    Route("GET", "/offers", ListOffers, cursor="after", cursor_id="offer_id"),
    Route("POST", "/offers", MakeOffer, 201),
    Route("GET", "/offers/<uuid:offer_id>", ReadOffer),
    Route("PUT", "/offers/<uuid:offer_id>", ChangeOffer),
    Route("DELETE", "/offers/<uuid:offer_id>", WithdrawOffer),
    Route("GET", "/admissions", ListAdmissions, cursor="after", cursor_id=_other_side),
    Route("PUT", f"{AT_MARKET}/request", AskToSell),
    Route("PUT", f"{AT_MARKET}/admission", AdmitProducer),
    Route("PUT", f"{AT_MARKET}/terms", AcceptTerms),
    Route("PUT", f"{AT_MARKET}/places", ChooseUsualPlaces),
    Route("DELETE", f"{AT_MARKET}/admission", EndAdmission),
)
