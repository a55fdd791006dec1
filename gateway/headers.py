"""The headers of every response: nothing of ours runs elsewhere, nothing of others runs here."""

from flask import Response

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    )
)
EMBEDDABLE = "; ".join(
    (
        "default-src 'none'",
        "style-src 'self'",
        "img-src 'self'",
        "form-action 'none'",
        "frame-ancestors *",
        "base-uri 'none'",
    )
)
"""The policy of the one page that other sites may frame: it has no script and no form."""
ALWAYS = (
    ("Content-Security-Policy", CONTENT_SECURITY_POLICY),
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "DENY"),
    ("Referrer-Policy", "same-origin"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("Permissions-Policy", "geolocation=(self), camera=(self), microphone=(), payment=()"),
)
BY_HTTPS = (("Strict-Transport-Security", "max-age=31536000"),)
"""Without subdomains: below the host of a market's own brand there may be sites of others."""


def of(is_secure: bool) -> list[tuple[str, str]]:
    """The headers that every response has."""
    return [*ALWAYS, *(BY_HTTPS if is_secure else ())]


def let_embed(response: Response) -> Response:
    """Let other sites frame this response."""
    response.headers["Content-Security-Policy"] = EMBEDDABLE
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


def set_all(response: Response, always: list[tuple[str, str]]) -> Response:
    """Add them where a page has not set its own; what is personal is kept by no cache."""
    is_embeddable = response.headers.get("Content-Security-Policy") == EMBEDDABLE
    for name, value in always:
        if not (is_embeddable and name == "X-Frame-Options"):
            response.headers.setdefault(name, value)
    response.headers.setdefault("Cache-Control", "no-store")
    return response
