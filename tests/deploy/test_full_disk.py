"""What a full disk must not do: end the supervisor, cut a file short, lose a mail, leave a broker dead."""

import asyncio
import io
import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest
from aiosmtpd.smtp import Envelope

from deploy import up
from deploy.broker import Broker, write_secret
from deploy.mailbox import KeepsEverything
from deploy.mails import Mails
from deploy.places import CHECKOUT
from deploy.refusal import CannotStart

FULL = Path("/dev/full")
"""A file that the kernel has no room for, ever."""
SETTINGS = """\
[supervisord]
nodaemon = true
logfile = /dev/full
logfile_maxbytes = 0
pidfile = {folder}/pid

[program:says-much]
command = sh -c 'while :; do echo x; done'
stdout_logfile = /dev/full
stdout_logfile_maxbytes = 0

[program:ends]
command = sh -c 'cat {folder}/ended && touch {folder}/again && kill $PPID; touch {folder}/ended'
startsecs = 0
autorestart = true
"""


def test_a_supervisor_without_disk_goes_on_and_starts_again_what_died(tmp_path: Path) -> None:
    settings = tmp_path / "supervisord.conf"
    settings.write_text(SETTINGS.format(folder=tmp_path))
    with FULL.open("wb") as full:
        words = [sys.executable, "-m", "deploy.supervisord", "-c", str(settings)]
        subprocess.run(words, cwd=CHECKOUT, stdout=full, stderr=full, timeout=60, check=False)
    assert (tmp_path / "again").exists(), "it died of its own log"


def test_a_file_that_does_not_fit_stays_as_it_was(tmp_path: Path) -> None:
    kept = tmp_path / "identity.json"
    write_secret(kept, "as it was")
    child = os.fork()
    if child == 0:
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
        try:
            write_secret(kept, "cut short")
        except OSError:
            os._exit(0)
        os._exit(1)
    assert os.waitpid(child, 0)[1] == 0, "it was written where nothing may be"
    assert kept.read_text() == "as it was"


def test_a_mail_that_does_not_fit_is_asked_to_come_again(tmp_path: Path) -> None:
    mails = Mails(tmp_path / "mailbox.sqlite")
    mails._database.execute("pragma max_page_count = 1")
    envelope = Envelope()
    envelope.original_content, envelope.rcpt_tos = b"Subject: x\r\n\r\n" + bytes(100_000), ["bob@example.org"]
    said = asyncio.run(KeepsEverything(mails).handle_DATA(None, None, envelope))  # type: ignore[arg-type]
    assert said.startswith("452")
    assert mails.find() == []


def test_trouble_that_cannot_even_be_told_does_not_end_the_instance(monkeypatch: pytest.MonkeyPatch) -> None:
    class Broken:
        def mend_servers(self) -> None:
            raise CannotStart("the disk is full")

    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(FULL.open("wb", buffering=0), write_through=True))
    up.mend(Broken())  # type: ignore[arg-type]


def test_a_broker_that_ended_is_started_again_and_one_that_was_stopped_is_not(state: Path) -> None:
    broker = Broker.start(state / "mended-broker")
    try:
        broker.mend()
        before = broker.pid
        broker.kill()
        broker.mend()
        assert broker.pid != before
    finally:
        broker.stop()
    broker.mend()
    with pytest.raises(Exception, match="not running"):
        _ = broker.pid
