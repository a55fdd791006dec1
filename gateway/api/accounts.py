"""Accounts: signing up, forgotten passwords, one's own data, memberships and rights."""

from flask import Response

from contracts.accounts import (
    AskConfirmation,
    AskNewAddress,
    AskReset,
    ChangeAccount,
    ChangePassword,
    ConfirmEmail,
    EraseAccount,
    MyAccount,
    ResetPassword,
    SignUp,
)
from contracts.catalog import MyMarkets
from contracts.households import EndAdult, JoinHousehold, MyHousehold, NameAdult
from contracts.members import MyGrants, MyMemberships
from contracts.notifications import ChooseMessages, EndChoice, MyChoices, MyMessages
from contracts.payments import MyMovements
from contracts.producers import MyProducers
from gateway import exporting
from gateway.api import door
from gateway.api.door import Route

part = door.part("accounts", "One's own account; letters with links are answered alike to all.")
door.add(
    part,
    Route("POST", "/accounts", SignUp, 202),
    Route("POST", "/accounts/letters", AskConfirmation, 202),
    Route("POST", "/accounts/confirmations", ConfirmEmail, 204),
    Route("POST", "/accounts/reset-letters", AskReset, 202),
    Route("POST", "/accounts/resets", ResetPassword, 204),
    Route("GET", "/account", MyAccount),
    Route("PUT", "/account", ChangeAccount),
    Route("PUT", "/account/password", ChangePassword, 204),
    Route("POST", "/account/address-letters", AskNewAddress, 202),
    Route("POST", "/account/erasure", EraseAccount, 204),
    Route("GET", "/account/memberships", MyMemberships),
    Route("GET", "/account/household", MyHousehold),
    Route("POST", "/account/household", NameAdult, 201),
    Route("POST", "/account/household/<uuid:adult_id>/acceptance", JoinHousehold),
    Route("DELETE", "/account/household/<uuid:adult_id>", EndAdult),
    Route("GET", "/account/markets", MyMarkets, cursor="after", cursor_id="market_id"),
    Route("GET", "/account/producers", MyProducers, cursor="after", cursor_id="producer_id"),
    Route("GET", "/account/grants", MyGrants),
    Route("GET", "/account/movements", MyMovements),
    Route("GET", "/account/messages", MyMessages),
    Route("GET", "/account/choices", MyChoices),
    Route("PUT", "/account/choices/<uuid:market_id>", ChooseMessages),
    Route("POST", "/choices/endings", EndChoice, 204),
)


def account_data_zip() -> Response:
    """All of it in one archive, for the asker alone."""
    door.admit(MyAccount)
    return exporting.download()


_ZIP = {
    "description": "Everything kept about the asker: JSON files, and a page that says what they are",
    "content": {"application/zip": {"schema": {"type": "string"}}},
}
door.add_by(part, Route("GET", "/account/data.zip", MyAccount, answers=_ZIP), account_data_zip)
