"""`/metrics` and `/health` of every process: at HALLE_METRICS_PORT of 127.0.0.1, or of HALLE_METRICS_HOST."""

import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import orjson
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from bus import env

Checks = dict[str, Callable[[], bool]]


def serve(checks: Checks) -> None:
    """Answer in a thread of this process; `/health` is 503 and names what is not well."""

    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path == "/metrics":
                self._send(200, CONTENT_TYPE_LATEST, generate_latest())
            elif self.path == "/health":
                state = {name: check() for name, check in checks.items()}
                self._send(200 if all(state.values()) else 503, "application/json", orjson.dumps(state))
            else:
                self.send_error(404)

        def _send(self, status: int, content_type: str, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", content_type)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Asked every second by a supervisor: not a unit of work."""

    server = ThreadingHTTPServer((env.text("HALLE_METRICS_HOST", "127.0.0.1"), env.port("HALLE_METRICS_PORT")), Page)
    threading.Thread(target=server.serve_forever, daemon=True, name="health").start()
