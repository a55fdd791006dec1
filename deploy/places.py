"""Where things lie: the checkout and the cache of fetched packages."""

import os
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent


def cache() -> Path:
    """The folder of fetched packages: HALLE_CACHE, the checkout's `.halle/cache`, or the user's.

    RabbitMQ's start scripts do not bear a space in their path.
    """
    named = os.environ.get("HALLE_CACHE")
    if named:
        return Path(named)
    ours = CHECKOUT / ".halle" / "cache"
    if " " not in str(ours) and os.access(CHECKOUT, os.W_OK):
        return ours
    return Path.home() / ".cache" / "halle"
