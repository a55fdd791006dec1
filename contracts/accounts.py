"""Accounts and sessions: what may be asked of members about oneself. Its events stand in `members`.

Passwords and secrets are in no `repr`, so that no log ever shows one.
"""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, IPvAnyAddress, StringConstraints

from contracts.members import Email, Right
from contracts.messages import Command, Model, Refused

Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120)]
Phone = Annotated[str, StringConstraints(pattern=r"^\+?[0-9][0-9 .()/-]{3,23}$")]
Language = Literal["fr", "en"]
NewPassword = Annotated[str, Field(min_length=10, max_length=200, repr=False)]
Password = Annotated[str, Field(min_length=1, max_length=200, repr=False)]
Secret = Annotated[str, Field(min_length=1, max_length=100, repr=False)]


class Account(Model):
    """What a person may see and change of the own account."""

    person_id: UUID
    email: str
    name: str
    phone: str | None
    language: str
    made_at: datetime


class Session(Model):
    """A browser or app that is signed in. The secret is for its cookie and shown only once."""

    secret: str = Field(repr=False)
    person: Account


class HeldRight(Model):
    """A right that holds now, for a page to know what to show; services look for themselves."""

    right: Right
    object_id: UUID | None


class Home(Model):
    """The household of somebody else, of which one is an adult or is asked to be one."""

    adult_id: UUID
    consumer_id: UUID
    consumer_name: str
    joined: bool


class Identity(Model):
    """Who a session is, with a token to ask other services. Keep it until `expires_at` at most.

    When a service answers `sign-in` to this token, ask once more: only an ended session stays
    refused.
    """

    token: str = Field(repr=False)
    person_id: UUID
    session_id: UUID
    name: str
    email: str
    language: str
    expires_at: datetime
    rights: list[HeldRight]
    home: Home | None = None
    """The household that one orders for, where it is not one's own."""


class ListedSession(Model):
    """One of a person's sessions, as the page of devices shows it."""

    session_id: UUID
    device: str
    address: str
    started_at: datetime
    seen_at: datetime
    is_current: bool


class SignUp(Command, door="members.sign_up", answers=None, acts=True, open_to_strangers=True):
    """Ask for an account; a letter follows. Answers alike whether or not the address is known.

    Passwords that begin with `demo-` are refused here, and wherever one is chosen, but in a demonstration.
    """

    email: Email
    password: NewPassword
    name: Name
    language: Language = "fr"
    phone: Phone | None = None


class AskConfirmation(Command, door="members.ask_confirmation", answers=None, acts=True, open_to_strangers=True):
    """Have the letter of a sign-up written again. Always answers alike."""

    email: Email


class ConfirmEmail(Command, door="members.confirm_email", answers=None, acts=True, open_to_strangers=True):
    """Follow the link of the letter of a sign-up or a new address: 48 hours, once. NotFound `link-over` otherwise."""

    secret: Secret


class SignIn(Command, door="members.sign_in", answers=Session | Refused, acts=True, open_to_strangers=True):
    """Open a session. NotAllowed `wrong-email-or-password`, `confirm-email`.

    Refused `too-many-tries` with `details["seconds"]` to wait. The same key opens one session.
    """

    email: Email
    password: Password
    address: IPvAnyAddress
    """Of the browser, as a trusted proxy tells it."""
    device: Annotated[str, Field(max_length=300)] = ""


class Identify(Command, door="members.identify", answers=Identity, open_to_strangers=True):
    """Turn a session's secret into a fresh identity token. NotAllowed `sign-in` once it ended."""

    secret: Secret


class SignOut(Command, door="members.sign_out", answers=None, acts=True, open_to_strangers=True):
    """End the session of this secret; fine when it has ended already. Needs no token."""

    secret: Secret


class ListSessions(Command, door="members.list_sessions", answers=list[ListedSession]):
    """The asker's living sessions, the last seen first; at most 100."""


class EndSession(Command, door="members.end_session", answers=None, acts=True):
    """End one of the asker's sessions; its tokens are void at once."""

    session_id: UUID


class EndOtherSessions(Command, door="members.end_other_sessions", answers=None, acts=True):
    """End all of the asker's sessions but this one."""


class AskReset(Command, door="members.ask_reset", answers=None, acts=True, open_to_strangers=True):
    """Have a letter written with a link to a new password. Always answers alike."""

    email: Email


class ResetPassword(Command, door="members.reset_password", answers=None, acts=True, open_to_strangers=True):
    """Follow that link: 30 minutes, once; ends all sessions. NotFound `link-over` otherwise."""

    secret: Secret
    password: NewPassword


class ChangePassword(Command, door="members.change_password", answers=None | Refused, acts=True):
    """Set a new password and end the other sessions. NotAllowed `wrong-password`."""

    current: Password
    new: NewPassword


class MyAccount(Command, door="members.my_account", answers=Account):
    """The asker's account."""


class ChangeAccount(Command, door="members.change_account", answers=Account, acts=True):
    """Change how one is called, reached by telephone and written to."""

    name: Name
    phone: Phone | None = None
    language: Language


class AskNewAddress(Command, door="members.ask_new_address", answers=None | Refused, acts=True):
    """Have a letter written to a new address; the account has it once the letter's link is followed.

    NotAllowed `wrong-password`. Answers alike whether or not the address is somebody's.
    """

    email: Email
    password: Password


class EraseAccount(Command, door="members.erase_account", answers=None | Refused, acts=True):
    """End an account for good: personal data goes, the id stays. NotAllowed `wrong-password`."""

    password: Password
