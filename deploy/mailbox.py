"""A mail server for trying things out: it keeps every mail, sends none, and shows them on a page.

127.0.0.1 only, whatever it is told. Its addresses come from HALLE_SMTP_URL and HALLE_METRICS_PORT
(the page, /health), its folder from HALLE_STATE.
"""

import asyncio
import os
import signal
import sqlite3
import threading
from pathlib import Path
from urllib.parse import urlsplit

from aiosmtpd.smtp import SMTP, Envelope, Session

from deploy.mailbox_page import page_server
from deploy.mails import Mails

LARGEST = 20_000_000


class KeepsEverything:
    """aiosmtpd's handler: a mail is stored before it is accepted."""

    def __init__(self, mails: Mails) -> None:
        self.mails = mails

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 aiosmtpd's name
        """Keep one mail."""
        content = envelope.original_content or b""
        try:
            self.mails.add(envelope.mail_from or "", envelope.rcpt_tos, content)
        except sqlite3.OperationalError as error:
            return f"452 no room for this now, try again later ({error})"
        return "250 kept"


async def serve(mails: Mails, smtp_port: int) -> None:
    """Take mails until SIGTERM or SIGINT."""
    loop = asyncio.get_running_loop()
    done = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, done.set)
    handler = KeepsEverything(mails)
    server = await loop.create_server(
        lambda: SMTP(handler, data_size_limit=LARGEST, enable_SMTPUTF8=True, hostname="halle"),
        "127.0.0.1",
        smtp_port,
    )
    async with server:
        await done.wait()


def main() -> None:
    """Serve mails and their page."""
    mails = Mails(Path(os.environ["HALLE_STATE"]) / "mailbox.sqlite")
    smtp_port = urlsplit(os.environ["HALLE_SMTP_URL"]).port or 25
    page = page_server(mails, int(os.environ["HALLE_METRICS_PORT"]))
    threading.Thread(target=page.serve_forever, daemon=True).start()
    asyncio.run(serve(mails, smtp_port))
    page.shutdown()


if __name__ == "__main__":
    main()
