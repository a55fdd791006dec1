"""Who visits: the session's secret from `Authorization: Bearer` or a cookie, and what follows.

A cookie rides along on forged requests, so unsafe requests by cookie carry a CSRF token: an HMAC
made with the secret itself, which no other site can read. Bearer requests need none.
"""

import hashlib
import hmac
import secrets
from functools import cached_property

from flask import Response, g, request

from contracts.accounts import Identity
from contracts.errors import NotAllowed
from gateway import client
from gateway.reception import reception

LANGUAGES = ("fr", "en")
LONGEST_SECRET = 100
YEAR = 365 * 24 * 3600
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


class Visitor:
    """Whoever makes the request in hand; looked up only when somebody wants to know."""

    def __init__(self) -> None:
        self.new_visit: str | None = None
        self.has_ended = False
        """Whether the cookie's session is over; the cookie is then taken back."""
        self.hears_tu = False
        """Whether the page in hand is of a market that says `tu`."""

    @cached_property
    def bearer(self) -> str | None:
        """The secret of an `Authorization` header; NotAllowed for another sort of header."""
        header = request.headers.get("Authorization")
        if header is None:
            return None
        kind, _, secret = header.partition(" ")
        if kind.lower() != "bearer" or not 0 < len(secret) <= LONGEST_SECRET:
            raise sign_in()
        return secret

    @cached_property
    def secret(self) -> str | None:
        """The session's secret; an `Authorization` header goes before a cookie."""
        cookie = request.cookies.get(cookie_name("session"))
        return self.bearer or (cookie if cookie and len(cookie) <= LONGEST_SECRET else None)

    @cached_property
    def identity(self) -> Identity | None:
        """Who it is; nobody where there is no session. A bearer's must not have ended."""
        if self.secret is None:
            return None
        try:
            return reception().identities.of(self.secret)
        except NotAllowed:
            if self.bearer:
                raise
            self.has_ended = True
            return None

    @property
    def token(self) -> str | None:
        """The identity token to ask services with."""
        return self.identity.token if self.identity else None

    @cached_property
    def language(self) -> str:
        """Of the account, or what the browser prefers; French otherwise."""
        if self.identity and self.identity.language in LANGUAGES:
            return self.identity.language
        return request.accept_languages.best_match(LANGUAGES, "fr") or "fr"

    @cached_property
    def address(self) -> str:
        """Where the request came from, as trusted proxies tell it."""
        return client.address(request.environ, reception().settings.trusted_proxies)

    def renew(self) -> None:
        """Look again who it is: the token at hand was refused."""
        if self.secret:
            reception().identities.forget(self.secret)
        self.__dict__.pop("identity", None)


def visitor() -> Visitor:
    """The visitor of the request in hand."""
    if "visitor" not in g:
        g.visitor = Visitor()
    found: Visitor = g.visitor
    return found


def sign_in() -> NotAllowed:
    """The refusal of somebody who has not signed in."""
    return NotAllowed("sign-in", "Please sign in.")


def cookie_name(name: str) -> str:
    """`__Host-session` by https; plain on a developer's machine, where it could not be Secure."""
    return f"__Host-{name}" if reception().settings.is_secure else name


def csrf_token() -> str:
    """What a form of this page must carry; makes a stranger a visit of its own."""
    return _csrf(_csrf_secret(make=True))


def require_csrf() -> None:
    """Refuse an unsafe request that rides on a cookie and was not made by a page of ours."""
    if request.method in SAFE or visitor().bearer:
        return
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        raise _forged()
    secret = _csrf_secret(make=False)
    given = request.headers.get("X-CSRF-Token") or request.form.get("csrf_token", "")
    if not secret or not hmac.compare_digest(given.encode(), _csrf(secret).encode()):
        raise _forged()


def keep_cookie(response: Response, secret: str) -> None:
    """Sign a browser in."""
    set_cookie(response, "session", secret, YEAR)


def drop_cookie(response: Response) -> None:
    """Sign a browser out."""
    set_cookie(response, "session", "", 0)


def set_cookies(response: Response) -> Response:
    """Give a stranger's visit its cookie, and take back that of a session that has ended."""
    if "visitor" in g and g.visitor.new_visit:
        set_cookie(response, "visit", g.visitor.new_visit, None)
    if "visitor" in g and g.visitor.has_ended:
        drop_cookie(response)
    return response


def _csrf_secret(*, make: bool) -> str:
    here = visitor()
    known = here.secret or request.cookies.get(cookie_name("visit")) or here.new_visit
    if not known and make:
        known = here.new_visit = secrets.token_urlsafe(24)
    return known or ""


def _csrf(secret: str) -> str:
    return hmac.new(secret.encode(), b"csrf", hashlib.sha256).hexdigest()


def _forged() -> NotAllowed:
    return NotAllowed("csrf", "This page is too old; load it again and repeat what you did.")


def set_cookie(response: Response, name: str, value: str, seconds: int | None) -> None:
    """Have the browser keep a value that no script reads: to its end where no `seconds` are said, 0 to forget it."""
    response.set_cookie(
        cookie_name(name),
        value,
        max_age=seconds,
        secure=reception().settings.is_secure,
        httponly=True,
        samesite="Lax",
        path="/",
    )
