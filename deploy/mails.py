"""The mails that the mailbox received: one append-only table, one row per delivery.

A mail sent twice is there twice, under one Message-ID: that is how duplicates are counted.
"""

import email
import sqlite3
import threading
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.parser import BytesHeaderParser
from email.policy import default
from pathlib import Path

TABLE = """
create table if not exists mail (
    id integer primary key, time text not null, message_id text not null, sender text not null,
    recipients text not null, subject text not null, content blob not null
)
"""
COLUMNS = "id, time, message_id, sender, recipients, subject"


@dataclass(frozen=True)
class Mail:
    """What a list of mails shows of one."""

    id: int
    time: str
    message_id: str
    sender: str
    recipients: str
    subject: str

    def as_json(self) -> dict[str, object]:
        """The same for programs; `to` is a list."""
        return {**asdict(self), "to": self.recipients.split(", ")}


class Mails:
    """The table in `file`, written and read from any thread."""

    def __init__(self, file: Path) -> None:
        self._turn = threading.Lock()
        self._database = sqlite3.connect(file, check_same_thread=False, isolation_level=None)
        self._database.execute("pragma journal_mode = wal")
        # A killed mailbox loses nothing; only a power cut may, and these are trial mails.
        self._database.execute("pragma synchronous = off")
        self._database.execute(TABLE)
        file.chmod(0o600)

    def add(self, sender: str, recipients: list[str], content: bytes) -> None:
        """Keep one delivery."""
        headers = BytesHeaderParser().parsebytes(content)
        row = (
            datetime.now(UTC).isoformat(timespec="milliseconds"),
            str(headers.get("Message-ID", "")),
            sender,
            ", ".join(recipients),
            str(make_header(decode_header(headers.get("Subject", "")))),
            content,
        )
        with self._turn:
            self._database.execute(
                "insert into mail (time, message_id, sender, recipients, subject, content) values (?, ?, ?, ?, ?, ?)",
                row,
            )

    def find(self, recipient: str = "", after: int = 0, limit: int = 200) -> list[Mail]:
        """The newest mails first: to whom `recipient` is part of, with an id over `after`.

        A `limit` of 0 means all.
        """
        escaped = recipient.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        with self._turn:
            rows = self._database.execute(
                f"select {COLUMNS} from mail where recipients like ? escape '\\' and id > ? "  # noqa: S608 our own names
                "order by id desc limit ?",
                (f"%{escaped}%", after, limit or -1),
            ).fetchall()
        return [Mail(*row) for row in rows]

    def read(self, number: int) -> tuple[Mail, EmailMessage] | None:
        """One mail whole; None when there is none of that number."""
        with self._turn:
            row = self._database.execute(
                f"select {COLUMNS}, content from mail where id = ?",  # noqa: S608 our own names
                (number,),
            ).fetchone()
        if row is None:
            return None
        *head, content = row
        return Mail(*head), email.message_from_bytes(content, policy=default)


def text_of(message: EmailMessage, kind: str) -> str:
    """The body of a mail as `plain` or `html`; empty when it has none."""
    part = message.get_body((kind,))
    return str(part.get_content()) if part else ""
