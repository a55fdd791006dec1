"""What the gateway is told by its environment; read once, strictly."""

import ipaddress
import os
from typing import NamedTuple

from bus import env

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


class Settings(NamedTuple):
    """Everything that can be set about a gateway."""

    host: str
    port: int
    public_url: str
    """Scheme, host and port that browsers see; no path, no slash at the end."""
    trusted_proxies: tuple[Network, ...] = ()
    """Who may say in X-Forwarded-For where a request came from."""

    @property
    def is_secure(self) -> bool:
        """Whether browsers come by https, so that cookies may be `__Host-` ones."""
        return self.public_url.startswith("https://")


def read() -> Settings:
    """The settings of this process; stops it with a sentence where one is wrong."""
    port = env.port("HALLE_GATEWAY_PORT")
    public_url = os.environ.get("HALLE_PUBLIC_URL") or f"http://127.0.0.1:{port}"
    if not public_url.startswith(("https://", "http://")):
        env.fail("HALLE_PUBLIC_URL", "must begin with https:// or, on this machine, http://")
    return Settings(
        host=env.text("HALLE_GATEWAY_HOST", "127.0.0.1"),
        port=port,
        public_url=public_url.rstrip("/"),
        trusted_proxies=_networks(os.environ.get("HALLE_TRUSTED_PROXIES", "")),
    )


def _networks(text: str) -> tuple[Network, ...]:
    try:
        return tuple(ipaddress.ip_network(part.strip()) for part in text.split(",") if part.strip())
    except ValueError as error:
        env.fail("HALLE_TRUSTED_PROXIES", f"must be addresses or networks with commas: {error}")
