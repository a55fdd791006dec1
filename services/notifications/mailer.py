"""SMTP, spoken over a connection that is kept. A mail is taken, refused or put off.

A server that cannot be reached is trouble with the place, not with any mail.
"""

import smtplib
import socket
import ssl
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from email.charset import BASE64, Charset
from email.header import Header
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from email.policy import Compat32
from email.utils import format_datetime, formataddr, parseaddr
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

from email_validator import validate_email

from bus import env
from services.notifications.composing import Attachment, Mail

CONNECT_PATIENCE = 10
"""Seconds for a server to take a connection."""
PATIENCE = 120
"""Seconds for each of a server's answers: one that is given up too soon may have been a yes."""
IDLE = 5.0
"""Seconds after which a connection that is not used is closed."""


class _Wire(Compat32):
    """Headers as they are: `as_mime` has encoded and folded them. Doing it twice took half its time."""

    def fold(self, name: str, value: str) -> str:
        return f"{name}: {value}{self.linesep}"

    def fold_binary(self, name: str, value: str) -> bytes:
        return self.fold(name, value).encode("ascii")


_WIRE = _Wire(linesep="\r\n")
_NEVER_IN_BASE64 = "=_"
"""Begins a boundary. The library's own is looked for in every text: a fifth of its time."""
_IN_BASE64 = Charset("utf-8")
_IN_BASE64.header_encoding = BASE64
"""How long an encoded word becomes is a sum; in quoted-printable, the default, it is tried out letter by letter."""


class Refused(Exception):
    """The server will never take this mail; the reason as its first argument."""


class PutOff(Exception):
    """This mail was not taken this time, or nobody knows; the reason as its first argument."""


class ServerAway(Exception):
    """Nobody to speak to: not connected, not let in. No mail was tried."""


class Sender(NamedTuple):
    """Who writes: name and address of HALLE_MAIL_FROM, and the instance."""

    name: str
    address: str
    instance: str

    @classmethod
    def named(cls, mail_from: str, instance: str) -> "Sender":
        """From `Name <address>` or an address alone."""
        name, address = parseaddr(mail_from)
        if "@" not in address:
            env.fail("HALLE_MAIL_FROM", "must be an e-mail address")
        return cls(name, address, instance)


class Sealed(NamedTuple):
    """A mail as it travels, and to whom."""

    to_address: str
    content: bytes


class Mailer:
    """A connection to the server at smtp://host:port or smtp+starttls://user:password@host:port."""

    def __init__(self, url: str, sender: Sender) -> None:
        self._server = urlsplit(url)
        if self._server.scheme not in ("smtp", "smtp+starttls") or not self._server.hostname:
            env.fail("HALLE_SMTP_URL", "must be smtp://host:port or smtp+starttls://host:port")
        self._sender = sender
        self._smtp: smtplib.SMTP | None = None
        self._used = 0.0

    def connect(self) -> smtplib.SMTP:
        """Make sure of a connection; raises ServerAway."""
        if self._smtp is None:
            smtp = smtplib.SMTP(local_hostname=socket.gethostname(), timeout=CONNECT_PATIENCE)
            try:
                self._introduce(smtp)
            except (OSError, smtplib.SMTPException) as error:
                smtp.close()
                raise ServerAway(_without_addresses(error)) from error
            self._smtp = smtp
        self._used = time.monotonic()
        return self._smtp

    def seal(self, mail: Mail) -> Sealed:
        """A mail as it travels; Refused for an address that no mail can carry."""
        try:
            to_address = _in_ascii(mail.to_address)
        except ValueError as error:
            raise Refused("the server cannot write this address") from error
        return Sealed(to_address, as_mime(mail._replace(to_address=to_address), self._sender))

    def send(self, mail: Sealed, before_giving: Callable[[], None]) -> None:
        """Return once the server has taken the mail; else raises Refused, PutOff or ServerAway.

        `before_giving` is called when the server knows to whom, and has not been given the mail.
        """
        smtp = self.connect()
        try:
            self._speak(smtp, mail, before_giving)
        except UnicodeError as error:
            self._drop()
            raise Refused("the server cannot write this address") from error
        except (OSError, smtplib.SMTPException) as error:
            self._drop()
            raise PutOff(_without_addresses(error)) from error

    def _speak(self, smtp: smtplib.SMTP, mail: Sealed, before_giving: Callable[[], None]) -> None:
        code, words = smtp.mail(self._sender.address)
        if code != 250:
            # It is us whom the server does not like: no fault of this mail's.
            raise smtplib.SMTPResponseException(code, words)
        code, words = smtp.rcpt(mail.to_address)
        if code in (250, 251):
            before_giving()
            code, words = _give(smtp, mail.content)
        if code not in (250, 251):
            self._drop() if code == 421 else smtp.rset()
            raise _verdict(mail, code, words)

    def rest(self) -> None:
        """Nothing to send: hang up after a while, before the server does."""
        if self._smtp is not None and time.monotonic() - self._used > IDLE:
            self.close()

    def close(self) -> None:
        """Take leave, and hang up."""
        if self._smtp is not None:
            with suppress(OSError, smtplib.SMTPException):
                self._smtp.quit()
        self._drop()

    def _drop(self) -> None:
        """Hang up on a server that may not answer any more."""
        smtp, self._smtp = self._smtp, None
        if smtp is not None:
            smtp.close()

    def _introduce(self, smtp: smtplib.SMTP) -> None:
        code, _ = smtp.connect(self._server.hostname or "", self._server.port or 25)
        if code != 220:
            raise smtplib.SMTPConnectError(code, "")
        if self._server.scheme == "smtp+starttls":
            smtp.starttls(context=ssl.create_default_context())
        smtp.ehlo_or_helo_if_needed()
        if self._server.username:
            smtp.login(unquote(self._server.username), unquote(self._server.password or ""))
        if smtp.sock is not None:
            smtp.sock.settimeout(PATIENCE)


def _verdict(mail: Sealed, code: int, words: bytes) -> Refused | PutOff:
    """What an answer about one mail means; without the address that it repeats."""
    reason = f"{code} {words.decode(errors='replace')}".replace(mail.to_address, "…")[:500]
    return Refused(reason) if 500 <= code < 600 else PutOff(reason)


def _give(smtp: smtplib.SMTP, content: bytes) -> tuple[int, bytes]:
    try:
        return smtp.data(content)
    except smtplib.SMTPDataError as error:
        words = error.smtp_error
        return error.smtp_code, words.encode() if isinstance(words, str) else words


def as_mime(mail: Mail, sender: Sender) -> bytes:
    """The mail as it travels; a copy of it has the same Message-ID."""
    body = MIMEMultipart("alternative", boundary=f"{_NEVER_IN_BASE64}{mail.message_id.hex}")
    body.attach(MIMEText(mail.text, "plain", "utf-8"))
    body.attach(MIMEText(mail.html, "html", "utf-8"))
    message = body
    if mail.attachments:
        message = MIMEMultipart("mixed", boundary=f"{_NEVER_IN_BASE64}mixed{mail.message_id.hex}")
        for part in (body, *map(_attached, mail.attachments)):
            message.attach(part)
    message["From"] = formataddr((_one_line(mail.sender) or sender.name, sender.address))
    message["To"] = formataddr((_one_line(mail.to_name), _one_line(mail.to_address)))
    message["Subject"] = Header(mail.subject, _IN_BASE64).encode(linesep="\r\n")
    message["Date"] = format_datetime(datetime.now(UTC))
    message["Message-ID"] = f"<{mail.message_id}@{sender.instance}>"
    message["Auto-Submitted"] = "auto-generated"
    message["X-Halle-About"] = mail.about
    if mail.stop:
        message["List-Unsubscribe"] = f"<{mail.stop}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    return message.as_bytes(policy=_WIRE)


def _attached(attachment: Attachment) -> MIMEText:
    part = MIMEText(attachment.content.decode(), "csv", "utf-8")
    part.add_header("Content-Disposition", "attachment", filename=attachment.name)
    return part


def _in_ascii(address: str) -> str:
    """An address as every server takes it; ValueError where its name is not in ASCII, which hardly any does."""
    if address.isascii():
        return address
    written = validate_email(address, check_deliverability=False).ascii_email
    if written is None:
        raise ValueError("not in ASCII")
    return written


def _one_line(name: str) -> str:
    return " ".join(name.split())


def _without_addresses(error: Exception) -> str:
    """What went wrong, in words that name nobody."""
    if isinstance(error, smtplib.SMTPResponseException):
        return f"{type(error).__name__} {error.smtp_code}"
    if isinstance(error, OSError) and error.strerror:
        return f"{type(error).__name__} {error.strerror}"
    return type(error).__name__
