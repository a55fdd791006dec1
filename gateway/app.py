"""The gateway's application: Flask with the API of `gateway.api`, and pages where they are."""

import importlib

from flask import Flask, Response, request
from flask_openapi.models.info import Info
from flask_openapi.models.security_scheme import SecurityScheme
from flask_openapi.openapi import OpenAPI

from gateway import api, front, headers, problems, session
from gateway.front import Front
from gateway.reception import Reception

LARGEST = 256 * 1024
"""Bytes of a request; routes that take files allow themselves more."""
API_DESCRIPTION = """\
Sign in with `POST /api/v1/sessions` and send the session's secret as `Authorization: Bearer`.
Whatever acts carries an `Idempotency-Key`: the same key gives the same answer once, so a request
whose outcome stayed unknown (503) is sent again with it. Faults are problem details (RFC 9457)
with a stable `code`. Money is integer cents; quantities are pieces, grams or millilitres;
instants are UTC unless a field says that it is wall time.
"""


def create_app(reception: Reception, *, pages: bool = True) -> Flask:
    """The application of one gateway; without `pages` the API alone."""
    app = OpenAPI(
        "gateway",
        info=Info(title="Halle", version="1.0.0", description=API_DESCRIPTION),
        security_schemes={"session": SecurityScheme(type="http", scheme="bearer")},
        validation_error_callback=problems.of_validation,
        validation_error_status=400,
        validation_error_model=problems.Problem,
        doc_ui=False,
        static_folder="static",
        template_folder="templates",
    )
    app.openapi_version = "3.1.0"
    app.config["MAX_CONTENT_LENGTH"] = LARGEST
    app.url_map.strict_slashes = False
    app.extensions["reception"] = reception
    problems.handle(app)
    api.register(app)
    if pages:
        importlib.import_module("gateway.pages").register(app)
    _around(app, headers.of(reception.settings.is_secure))
    return app


def create_wsgi(reception: Reception, *, pages: bool = True) -> Front:
    """What a server calls."""
    app = create_app(reception, pages=pages)
    return Front(app.wsgi_app, reception, headers.of(reception.settings.is_secure))


def _around(app: Flask, always: list[tuple[str, str]]) -> None:
    def note_route() -> None:
        rule = request.url_rule.rule if request.url_rule else "none"
        request.environ[front.ROUTE] = rule.replace("<uuid:", "{").replace("<", "{").replace(">", "}")

    def finish(response: Response) -> Response:
        return headers.set_all(session.set_cookies(response), always)

    app.before_request(note_route)
    app.after_request(finish)
