"""What went wrong, said as problem details (RFC 9457) with a stable `code`; never more.

HalleError   its status; `sign-in` 401 · Refused 409, not-a-member 403, too-many-tries 429
a bug        500 with nothing but the trace id by which it was logged
"""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

import orjson
from flask import Flask, Response, current_app, request
from pydantic import Field, ValidationError
from werkzeug.exceptions import HTTPException

from bus import log, trace
from bus.asking import Bug
from contracts.errors import HalleError, Malformed, NotAllowed
from contracts.messages import Model, Refused

TYPE = "application/problem+json"
API = "/api/"
ERROR_PAGE = "error_page"
"""Where `app.extensions` has the function that shows a fault to a person."""
ErrorPage = Callable[[int, str, str, dict[str, Any]], Response]
"""From status, code, sentence and details to a page."""
REFUSED = {"not-a-member": 403, "banned": 403, "too-many-tries": 429}
"""Refusals that HTTP has another word for than 409."""
CODES = {404: "not-found", 405: "method-not-allowed", 413: "too-large", 415: "not-json"}
BUG = "Something broke on our side. We have been told; please try again later."


class FieldFault(Model):
    """What is wrong with one field of a request."""

    field: str = Field(description="Path of the field, with dots.")
    code: str
    message: str


class Problem(Model):
    """Problem details after RFC 9457."""

    type: str = Field(description="urn:halle:problem: and the code.")
    title: str
    status: int
    detail: str = Field(description="A sentence that a person can act on.")
    code: str = Field(description="A stable slug for programs.")
    fields: list[FieldFault] = Field(default=[], description="Faults of single fields.")
    details: dict[str, Any] = Field(default={}, description="What is true now.")
    trace_id: str = Field(description="By which this request is found in the logs.")


def problem(status: int, code: str, detail: str, details: dict[str, Any] | None = None) -> Response:
    """A response that says what went wrong; on a page for people, in the pages' own way."""
    page: ErrorPage | None = current_app.extensions.get(ERROR_PAGE)
    if page is not None and _is_for_a_person():
        return page(status, code, detail, details or {})
    return _details(status, code, detail, details or {})


def _is_for_a_person() -> bool:
    """Whether a page is read, or a browser follows its link into the API, to a PDF for instance."""
    return not request.path.startswith(API) or request.accept_mimetypes.best == "text/html"


def _details(status: int, code: str, detail: str, details: dict[str, Any]) -> Response:
    more = dict(details)
    fields = more.pop("fields", [])
    said = {
        "type": f"urn:halle:problem:{code}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "code": code,
        "fields": fields,
        "details": more,
        "trace_id": trace.trace_id(),
    }
    response = Response(orjson.dumps(said, default=str), status, content_type=TYPE)
    if status == HTTPStatus.UNAUTHORIZED:
        response.headers["WWW-Authenticate"] = 'Bearer realm="halle"'
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        response.headers["Retry-After"] = "1"
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        response.headers["Retry-After"] = str(more.get("seconds", 60))
    return response


def of_error(error: HalleError) -> Response:
    """One of the five families, as it came over the wire or was raised here."""
    return problem(status_of(error), error.code, error.message, error.details)


def of_refusal(refused: Refused) -> Response:
    """A refusal that the business expects."""
    return problem(REFUSED.get(refused.code, 409), refused.code, refused.message, refused.details)


def status_of(error: HalleError) -> int:
    """The status of an error: its family's, and 401 where signing in would help."""
    return 401 if isinstance(error, NotAllowed) and error.code == "sign-in" else error.status


def malformed(error: ValidationError) -> Malformed:
    """What pydantic found, by field, in the words of a service's door; the input is not shown."""
    fields = [
        {"field": ".".join(map(str, e["loc"])), "code": e["type"], "message": e["msg"]}
        for e in error.errors(include_url=False, include_context=False, include_input=False)
    ]
    return Malformed("malformed", "Some fields are not as they must be.", {"fields": fields})


def of_validation(error: ValidationError) -> Response:
    """For flask-openapi, whose own answer would echo the input."""
    return of_error(malformed(error))


def of_http(error: HTTPException) -> Response | HTTPException:
    """404, 405, 413, 415 and their like; redirections pass."""
    if error.code is None or error.code < HTTPStatus.BAD_REQUEST:
        return error
    code = CODES.get(error.code, HTTPStatus(error.code).phrase.lower().replace(" ", "-"))
    response = problem(error.code, code, error.description or HTTPStatus(error.code).phrase)
    if allow := dict(error.get_headers()).get("Allow"):
        response.headers["Allow"] = allow
    return response


def of_bug(error: Exception) -> Response:
    """Nothing but the trace id; a service's bug was logged there, ours is logged here."""
    if isinstance(error, Bug):
        log.line("bug-of-a-service", bug=error.args[0])
    else:
        log.trouble("bug", trace_id=trace.trace_id(), exc_info=error)
    return problem(500, "bug", BUG)


def handle(app: Flask) -> None:
    """Answer every error of the application as a problem, or as `ERROR_PAGE` shows it."""
    app.register_error_handler(HalleError, of_error)
    app.register_error_handler(HTTPException, of_http)
    app.register_error_handler(Exception, of_bug)
