"""The real Caddy with our Caddyfile, before a gateway of the test's own that says what it was asked."""

import gzip
import http.client
import json
import os
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_network
from pathlib import Path

import pytest

from deploy.ports import free_port, is_free
from gateway import client
from tests.deploy import tools
from tests.deploy.written import DEPLOY

LONG = "Bonjour ! " * 500


class Gateway(BaseHTTPRequestHandler):
    """Says who it thinks was asking, and reads what is sent."""

    def do_GET(self) -> None:
        self._answer(self.address_string())

    def do_POST(self) -> None:
        length = int(self.headers["Content-Length"])
        if len(self.rfile.read(length)) == length:
            self._answer(f"took {length}")
        self.close_connection = True

    def _answer(self, said: str) -> None:
        told = {"REMOTE_ADDR": self.client_address[0], "HTTP_X_FORWARDED_FOR": self.headers["X-Forwarded-For"]}
        where = client.address(told, [ip_network("127.0.0.1/32")])
        body = json.dumps({"from": where, "told": told, "said": said, "long": LONG}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Strict-Transport-Security", "of the gateway")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """The test says what went wrong."""


class Site:
    """A front on a port of its own, and the gateway behind it."""

    def __init__(self) -> None:
        self.port, self.gateway_port = free_port(), free_port()
        self._gateway: ThreadingHTTPServer | None = None

    def open(self) -> None:
        self._gateway = ThreadingHTTPServer(("127.0.0.1", self.gateway_port), Gateway)
        threading.Thread(target=self._gateway.serve_forever, daemon=True).start()

    def close(self) -> None:
        if self._gateway:
            self._gateway.shutdown()
            self._gateway.server_close()
        self._gateway = None

    def ask(self, method: str, body: bytes | None = None, **headers: str) -> http.client.HTTPResponse:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        connection.request(method, "/", body, headers={k.replace("_", "-"): v for k, v in headers.items()})
        return connection.getresponse()


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder, made = tmp_path_factory.mktemp("front"), Site()
    told = {
        "HALLE_PUBLIC_URL": f"http://127.0.0.1:{made.port}",
        "HALLE_GATEWAY_PORT": str(made.gateway_port),
        "CADDY_ADMIN": f"127.0.0.1:{free_port()}",
        "HOME": str(folder),
    }
    words = ["setpriv", "--pdeathsig", "TERM", "--", tools.caddy(), "run", "--adapter", "caddyfile"]
    words += ["--config", DEPLOY / "Caddyfile"]
    with (folder / "log").open("wb") as log:
        front = subprocess.Popen(words, env={"PATH": os.environ["PATH"], **told}, stdout=log, stderr=log)
    _wait_open(made.port, folder / "log")
    made.open()
    yield made
    made.close()
    front.terminate()
    front.wait(30)


def _wait_open(port: int, log: Path, seconds: float = 30.0) -> None:
    until = time.monotonic() + seconds
    while is_free(port):
        assert time.monotonic() < until, log.read_text()
        time.sleep(0.02)


def test_an_address_that_a_browser_claims_is_not_believed(site: Site) -> None:
    heard = json.loads(site.ask("GET", X_Forwarded_For="198.51.100.7, 127.0.0.1").read())
    assert heard["told"]["HTTP_X_FORWARDED_FOR"] == heard["from"] == "127.0.0.1"


def test_answers_are_compressed(site: Site) -> None:
    response = site.ask("GET", Accept_Encoding="gzip")
    assert response.headers["Content-Encoding"] == "gzip"
    assert json.loads(gzip.decompress(response.read()))["long"] == LONG


def test_what_the_gateway_says_of_https_stands(site: Site) -> None:
    assert site.ask("GET").headers.get_all("Strict-Transport-Security") == ["of the gateway"]


def test_an_upload_of_four_megabytes_passes_and_a_huge_one_is_cut_short(site: Site) -> None:
    assert json.loads(site.ask("POST", b"x" * 4_000_000).read())["said"] == "took 4000000"
    refused = site.ask("POST", b"x" * 17_000_000)
    assert refused.status in (413, 502)  # Caddy of Debian 12 has only the second word for it
    assert b"took" not in refused.read()


def test_people_wait_while_the_gateway_is_replaced(site: Site) -> None:
    site.close()
    with socket.create_connection(("127.0.0.1", site.port)) as waiting:
        waiting.sendall(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
        waiting.settimeout(1)
        with pytest.raises(TimeoutError):
            waiting.recv(1)
        site.open()
        waiting.settimeout(30)
        assert waiting.recv(15) == b"HTTP/1.1 200 OK"
