"""Halls and squares that towns lend to markets: who asks, who answers, until when."""

from contracts.loans import (
    AddTakenDays,
    AddTownVenue,
    AnswerLoan,
    AppointLender,
    AskLoan,
    ChangeTownVenue,
    EndLoan,
    EndTakenDays,
    ListLoans,
    ListTakenDays,
    ListTownVenues,
    WithdrawLoan,
)
from gateway.api import door
from gateway.api.door import Route

ONE = "/loans/<uuid:loan_id>"
OF_TOWN = "/towns/<insee>/venues"

part = door.part("loans", "Halls and squares that towns lend to markets.")
door.add(
    part,
    Route("GET", OF_TOWN, ListTownVenues, cursor="after", cursor_id="venue_id"),
    Route("POST", OF_TOWN, AddTownVenue, 201),
    Route("PUT", "/town-venues/<uuid:venue_id>", ChangeTownVenue),
    Route("POST", "/town-venues/<uuid:venue_id>/taken-days", AddTakenDays, 201),
    Route("GET", "/towns/<insee>/taken-days", ListTakenDays),
    Route("DELETE", "/taken-days/<uuid:taken_id>", EndTakenDays),
    Route("POST", "/towns/<insee>/lenders", AppointLender, 201),
    Route("GET", "/loans", ListLoans, cursor="after", cursor_id="loan_id"),
    Route("POST", "/loans", AskLoan, 201),
    Route("POST", f"{ONE}/answer", AnswerLoan),
    Route("DELETE", ONE, WithdrawLoan),
    Route("POST", f"{ONE}/notice", EndLoan),
)
