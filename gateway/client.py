"""Where a request came from: the first address, read from the right, that is no proxy of ours."""

import ipaddress
from collections.abc import Sequence
from typing import Any

from gateway.settings import Network

UNKNOWN = "0.0.0.0"  # noqa: S104  (an address to write down, not one to listen on)


def address(environ: dict[str, Any], trusted: Sequence[Network]) -> str:
    """The client's address; what X-Forwarded-For says counts only behind trusted proxies."""
    here = environ.get("REMOTE_ADDR", "")
    said = [part.strip() for part in environ.get("HTTP_X_FORWARDED_FOR", "").split(",")]
    for candidate in (here, *reversed([part for part in said if part])):
        found = _parse(candidate)
        if found is None:
            break
        here = str(found)
        if not any(found in network for network in trusted):
            break
    return here if _parse(here) else UNKNOWN


def _parse(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(text.removeprefix("::ffff:"))
    except ValueError:
        return None
