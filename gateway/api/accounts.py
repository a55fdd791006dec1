"""Accounts: signing up, forgotten passwords, one's own data, memberships and rights."""

from contracts.accounts import (
    AskConfirmation,
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
from contracts.members import MyMemberships
from contracts.producers import MyProducers
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
    Route("POST", "/account/erasure", EraseAccount, 204),
    Route("GET", "/account/memberships", MyMemberships),
    Route("GET", "/account/markets", MyMarkets, cursor="after", cursor_id="market_id"),
    Route("GET", "/account/producers", MyProducers, cursor="after", cursor_id="producer_id"),
)
