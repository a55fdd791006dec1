"""Sessions: signing in and out. The API's way in is a bearer secret; cookies are the pages'."""

from uuid import UUID

from flask import Response

from contracts.accounts import (
    EndOtherSessions,
    EndSession,
    HeldRight,
    Identify,
    ListSessions,
    SignIn,
    SignOut,
)
from contracts.messages import Model
from gateway import session
from gateway.api import door
from gateway.api.door import Route
from gateway.reception import reception


class Me(Model):
    """Who is signed in, and what he may do; for programs to know what to show."""

    person_id: UUID
    session_id: UUID
    name: str
    email: str
    language: str
    rights: list[HeldRight]


def _secret() -> str:
    secret = session.visitor().secret
    if secret is None:
        raise session.sign_in()
    return secret


def sign_out() -> Response:
    """End the session that makes this request."""
    answered = door.answer(SIGN_OUT)
    reception().identities.forget(_secret())
    return answered


def who_am_i() -> Response:
    """Who is signed in."""
    identity = session.visitor().identity
    if identity is None:
        raise session.sign_in()
    me = Me.model_validate(identity.model_dump())
    return Response(me.model_dump_json(), content_type=door.JSON)


SIGN_OUT = Route("DELETE", "/sessions/current", SignOut, 204, {"secret": _secret})
part = door.part("sessions", "Signing in and out.")
door.add(
    part,
    Route("POST", "/sessions", SignIn, 201, {"address": lambda: session.visitor().address}),
    Route("GET", "/sessions", ListSessions),
    Route("DELETE", "/sessions/others", EndOtherSessions, 204),
    Route("DELETE", "/sessions/<uuid:session_id>", EndSession, 204),
)
door.add_by(part, SIGN_OUT, sign_out)
door.add_by(part, Route("GET", "/me", Identify, 200, {"secret": _secret}, answers=Me), who_am_i)
