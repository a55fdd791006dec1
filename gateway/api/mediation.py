"""Mediators and the consents by which they order in somebody's name; people without e-mail."""

from contracts.consents import (
    AddPerson,
    AppointMediator,
    EndConsent,
    ErasePerson,
    GiveConsent,
    MyConsents,
    MyPeople,
    ReadConsent,
    RenewConsent,
)
from gateway.api import door
from gateway.api.door import Route

ONE = "/consents/<uuid:consent_id>"

part = door.part("mediation", "Ordering on behalf of somebody, by written consent.")
door.add(
    part,
    Route("POST", "/mediators", AppointMediator, 201),
    Route("GET", "/people", MyPeople),
    Route("POST", "/people", AddPerson, 201),
    Route("GET", "/people/<uuid:consumer_id>/consent", ReadConsent),
    Route("GET", "/consents", MyConsents),
    Route("POST", "/consents", GiveConsent, 201),
    Route("POST", f"{ONE}/renewal", RenewConsent),
    Route("DELETE", ONE, EndConsent),
    Route("POST", f"{ONE}/erasure", ErasePerson, 204),
)
