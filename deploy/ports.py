"""Free TCP ports of 127.0.0.1, below 32768 so that no outgoing connection takes one of them."""

import secrets
import socket

from deploy.refusal import CannotStart

LOWEST, HIGHEST = 20_000, 32_000
_given: set[int] = set()


def is_free(port: int) -> bool:
    """Whether a server could listen on `port` now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def free_port() -> int:
    """A port that nobody listens on and that this process was not given before."""
    for _ in range(1000):
        port = LOWEST + secrets.randbelow(HIGHEST - LOWEST)
        if port not in _given and is_free(port):
            _given.add(port)
            return port
    raise CannotStart(f"No TCP port between {LOWEST} and {HIGHEST} is free on this machine.")
