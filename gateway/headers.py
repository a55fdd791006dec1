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
ALWAYS = (
    ("Content-Security-Policy", CONTENT_SECURITY_POLICY),
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "DENY"),
    ("Referrer-Policy", "same-origin"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("Permissions-Policy", "geolocation=(self), camera=(self), microphone=(), payment=()"),
)
BY_HTTPS = (("Strict-Transport-Security", "max-age=31536000; includeSubDomains"),)


def of(is_secure: bool) -> list[tuple[str, str]]:
    """The headers that every response has."""
    return [*ALWAYS, *(BY_HTTPS if is_secure else ())]


def set_all(response: Response, always: list[tuple[str, str]]) -> Response:
    """Add them where a page has not set its own; what is personal is kept by no cache."""
    for name, value in always:
        response.headers.setdefault(name, value)
    response.headers.setdefault("Cache-Control", "no-store")
    return response
