"""The mailbox's page: `/`, `/messages.json`, `/messages/N`, `/messages/N.json`, `/health`.

`?to=` keeps the mails whose recipients contain it; the JSON list also knows `after=` and `limit=`.
"""

import json
import re
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from jinja2 import Environment, FileSystemLoader

from deploy.mails import Mails, text_of

TEMPLATES = Environment(loader=FileSystemLoader(Path(__file__).parent / "templates"), autoescape=True)
# A mail's HTML may neither run anything nor call anybody.
POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-src 'self'"


class Page(BaseHTTPRequestHandler):
    """One request."""

    mails: Mails

    def do_GET(self) -> None:
        """Answer the four pages and the health question."""
        address = urlsplit(self.path)
        asked = {name: values[-1] for name, values in parse_qs(address.query).items()}
        one = re.fullmatch(r"/messages/(\d+)(\.json)?", address.path)
        if address.path == "/":
            self._list(asked.get("to", ""))
        elif address.path == "/messages.json":
            self._list_json(asked)
        elif one:
            self._one(int(one[1]), as_json=bool(one[2]))
        elif address.path == "/health":
            self._send(200, "text/plain", "ok")
        else:
            self._send(404, "text/plain", "There is no such page.")

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: looking at mails is no event."""

    def _list(self, to: str) -> None:
        template = TEMPLATES.get_template("mails.html")
        self._send(200, "text/html", template.render(mails=self.mails.find(to), to=to))

    def _list_json(self, asked: dict[str, str]) -> None:
        after, limit = asked.get("after", "0"), asked.get("limit", "200")
        if not (after.isdecimal() and limit.isdecimal()):
            self._send(400, "text/plain", "after and limit are whole numbers.")
            return
        found = self.mails.find(asked.get("to", ""), int(after), int(limit))
        self._send(200, "application/json", json.dumps([mail.as_json() for mail in found]))

    def _one(self, number: int, *, as_json: bool) -> None:
        found = self.mails.read(number)
        if found is None:
            self._send(404, "text/plain", "There is no such mail.")
            return
        mail, message = found
        bodies = {"text": text_of(message, "plain"), "html": text_of(message, "html")}
        if as_json:
            headers = [[name, str(value)] for name, value in message.items()]
            whole = {**mail.as_json(), **bodies, "headers": headers}
            self._send(200, "application/json", json.dumps(whole))
            return
        page = TEMPLATES.get_template("mail.html").render(mail=mail, **bodies)
        self._send(200, "text/html", page)

    def _send(self, status: int, kind: str, text: str) -> None:
        body = text.encode(errors="replace")
        self.send_response(status)
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Content-Security-Policy", POLICY)
        self.send_header("X-Content-Type-Options", "nosniff")
        self.end_headers()
        self.wfile.write(body)


def page_server(mails: Mails, port: int) -> ThreadingHTTPServer:
    """A server of the page on 127.0.0.1, not yet serving."""
    server = ThreadingHTTPServer(("127.0.0.1", port), type("MailsPage", (Page,), {"mails": mails}))
    server.daemon_threads = True
    return server
