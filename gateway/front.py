"""The outermost WSGI layer: a trace, a log line and figures for every request; sheets from memory.

One GET is answered here without Flask, because everybody wants it at 18:00: the sale sheet.
"""

import re
import time
from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Any

from prometheus_client import Counter, Histogram

from bus import log, trace
from gateway.reception import Reception
from gateway.sheets import Shown

Environ = dict[str, Any]
Headers = list[tuple[str, str]]
StartResponse = Callable[..., Any]
Application = Callable[[Environ, StartResponse], Iterable[bytes]]

SHEET_ROUTE = "/api/v1/distributions/{distribution_id}/sheet"
SHEET_CACHING = [("Cache-Control", "public, no-cache"), ("Vary", "Accept-Encoding")]
ROUTE = "halle.route"
"""Where the application writes the rule that a request matched."""
_SHEET = re.compile(r"/api/v1/distributions/([0-9a-f-]{36})/sheet")
_REQUEST_ID = re.compile(r"[\w.:-]{1,100}", re.ASCII)
_STATUS_LINES = {status.value: f"{status.value} {status.phrase}" for status in HTTPStatus}

requests = Counter("halle_http_requests", "Requests answered.", ["route", "method", "status"])
seconds = Histogram(
    "halle_http_request_seconds",
    "How long requests took.",
    ["route"],
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)


class Front:
    """What the server calls: `inner` is Flask's application."""

    def __init__(self, inner: Application, reception: Reception, always: Headers) -> None:
        self._inner = inner
        self._sheets = reception.sheets
        self._always = [*always, *SHEET_CACHING]

    def __call__(self, environ: Environ, start_response: StartResponse) -> list[bytes]:
        """Answer one request."""
        started = time.perf_counter()
        traceparent = trace.begin(environ.get("HTTP_TRACEPARENT"))
        answer = self._sheet(environ) or self._ask_inner(environ)
        status, headers, body = answer
        headers.append(("X-Request-Id", _request_id(environ)))
        headers.append(("traceparent", traceparent))
        start_response(_STATUS_LINES.get(status, str(status)), headers)
        _write_down(environ, status, time.perf_counter() - started)
        return [body]

    def _sheet(self, environ: Environ) -> tuple[int, Headers, bytes] | None:
        if environ["REQUEST_METHOD"] != "GET":
            return None
        match = _SHEET.fullmatch(environ["PATH_INFO"])
        shown = self._sheets.kept(match[1]) if match else None
        if shown is None:
            return None
        environ[ROUTE] = SHEET_ROUTE
        status, headers, body = of_sheet(shown, environ)
        return status, [*self._always, *headers], body

    def _ask_inner(self, environ: Environ) -> tuple[int, Headers, bytes]:
        begun: list[Any] = []

        def start(status: str, headers: Headers, _exc_info: Any = None) -> None:
            begun[:] = [int(status[:3]), list(headers)]

        chunks = self._inner(environ, start)
        try:
            body = b"".join(chunks)
        finally:
            if hasattr(chunks, "close"):
                chunks.close()
        return begun[0], begun[1], body


def of_sheet(shown: Shown, environ: Environ) -> tuple[int, Headers, bytes]:
    """A sheet as this request wants it: not again, compressed or plain."""
    etag = ("ETag", shown.etag)
    if shown.etag in environ.get("HTTP_IF_NONE_MATCH", ""):
        return 304, [etag], b""
    headers = [etag, ("Content-Type", "application/json")]
    if not _takes_gzip(environ.get("HTTP_ACCEPT_ENCODING", "")):
        return 200, [*headers, ("Content-Length", str(len(shown.body)))], shown.body
    body = shown.compressed
    return (
        200,
        [*headers, ("Content-Encoding", "gzip"), ("Content-Length", str(len(body)))],
        body,
    )


def _takes_gzip(encodings: str) -> bool:
    return "gzip" in encodings and "gzip;q=0" not in encodings.replace(" ", "")


def _request_id(environ: Environ) -> str:
    given: str = environ.get("HTTP_X_REQUEST_ID", "")
    return given if _REQUEST_ID.fullmatch(given) else trace.trace_id()


def _write_down(environ: Environ, status: int, took: float) -> None:
    route = environ.get(ROUTE, "none")
    method = environ["REQUEST_METHOD"]
    requests.labels(route, method, status).inc()
    seconds.labels(route).observe(took)
    log.line(
        "request",
        method=method,
        route=route,
        status=status,
        ms=round(took * 1000, 2),
        trace_id=trace.trace_id(),
    )
