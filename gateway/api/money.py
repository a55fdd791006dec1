"""Money paid on the spot, the tills of an evening, farms' mandates, and the books that end a distribution."""

from contracts.books import CloseBooks, ReadBooks
from contracts.payments import Adjust, GiveBack, MyBalances, ReadOrderMoney, TakePayment, UndoMovement
from contracts.tills import CountTill, EndMandate, GiveMandate, ListMandates, OpenDesk, ReadTills, SetFloat
from gateway.api import door
from gateway.api.door import Route

ORDER = "/orders/<uuid:order_id>"
SALE = "/distributions/<uuid:distribution_id>"
MANDATES = "/producers/<uuid:producer_id>/mandates"

part = door.part("money", "What is owed, paid and in each till; the books of a distribution.")
door.add(
    part,
    Route("GET", f"{ORDER}/money", ReadOrderMoney),
    Route("POST", f"{ORDER}/payments", TakePayment),
    Route("POST", f"{ORDER}/paybacks", GiveBack),
    Route("POST", f"{ORDER}/adjustments", Adjust),
    Route("POST", "/movements/<uuid:movement_id>/undo", UndoMovement),
    Route("GET", f"{SALE}/tills", ReadTills),
    Route("POST", f"{SALE}/desks", OpenDesk),
    Route("PUT", "/tills/<uuid:till_id>/float", SetFloat),
    Route("PUT", "/tills/<uuid:till_id>/count", CountTill),
    Route("GET", MANDATES, ListMandates),
    Route("POST", MANDATES, GiveMandate, 201),
    Route("POST", "/mandates/<uuid:mandate_id>/end", EndMandate),
    Route("GET", "/balances", MyBalances),
    Route("GET", f"{SALE}/books", ReadBooks),
    Route("POST", f"{SALE}/books", CloseBooks),
)
