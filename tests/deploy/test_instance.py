"""An instance's processes come up, come back and leave with it; refusals are one sentence."""

import json
import os
import signal
import smtplib
import socket
import stat
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from deploy import children, processes, up
from deploy.broker import Broker
from deploy.database import Postgres
from deploy.instance import Instance
from deploy.lock import lock
from deploy.places import CHECKOUT
from deploy.processes import Surroundings
from deploy.refusal import CannotStart
from services.notifications.mailer import Mailer, Sender


@pytest.fixture(scope="module")
def instance(state: Path, broker: Broker, postgres: Postgres) -> Iterator[Instance]:
    """An instance of which only the mailbox runs."""
    only = Instance(state / "instance", only={"mailbox"}, broker=broker, postgres=postgres)
    only.start_servers()
    only.start_all_processes()
    wait_until(lambda: only.health()["mailbox"] == "ok")
    yield only
    only.close()


def wait_until(holds: Callable[[], bool], seconds: float = 15.0) -> None:
    until = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < until
        time.sleep(0.05)


def fetch(address: str) -> str:
    with urllib.request.urlopen(address) as response:
        text: str = response.read().decode()
        return text


def send(instance: Instance, to: str, subject: str) -> None:
    with smtplib.SMTP("127.0.0.1", instance.ports["smtp"]) as server:
        content = f"Message-ID: <1@halle>\r\nSubject: {subject}\r\n\r\nhttps://example.org/t\r\n"
        server.sendmail("halle@localhost", [to], content)


def test_the_mailbox_shows_what_it_was_sent_newest_first(instance: Instance) -> None:
    send(instance, "alice@example.org", "First")
    send(instance, "bob@example.org", "<b>Second</b>")
    listed = json.loads(fetch(f"{instance.mailbox_url}/messages.json"))
    assert [mail["to"] for mail in listed] == [["bob@example.org"], ["alice@example.org"]]
    assert {mail["message_id"] for mail in listed} == {"<1@halle>"}
    found = json.loads(fetch(f"{instance.mailbox_url}/messages.json?to=alice"))
    assert [mail["subject"] for mail in found] == ["First"]
    page = fetch(f"{instance.mailbox_url}/")
    assert "&lt;b&gt;Second" in page
    whole = json.loads(fetch(f"{instance.mailbox_url}/messages/{found[0]['id']}.json"))
    assert "https://example.org/t" in whole["text"]


def test_a_killed_process_comes_back_with_what_it_kept(instance: Instance) -> None:
    send(instance, "charlie@example.org", "Kept")
    before = instance.pid("mailbox")
    instance.kill("mailbox")
    wait_until(lambda: instance.health()["mailbox"] == "ok" and instance.pid("mailbox") != before)
    assert "Kept" in fetch(f"{instance.mailbox_url}/?to=charlie")


def test_a_killed_supervisor_comes_back_with_its_processes(instance: Instance) -> None:
    before, supervisor = instance.pid("mailbox"), children.remembered(instance.folder / "supervisor.pid")
    assert supervisor is not None
    os.kill(supervisor, signal.SIGKILL)
    wait_until(lambda: children.born(supervisor) is None)
    instance.mend_servers()
    wait_until(lambda: instance.supervisor.state("mailbox")["pid"] not in (0, before))
    wait_until(lambda: instance.health()["mailbox"] == "ok")


def test_a_stopped_process_stays_stopped_until_started(instance: Instance) -> None:
    instance.stop("mailbox")
    assert instance.health()["mailbox"] != "ok"
    instance.start("mailbox")
    assert instance.health() == {"mailbox": "ok"}


def test_a_process_can_be_given_more_environment(instance: Instance) -> None:
    instance.change("mailbox", HALLE_FAULT='two "lines":\n100 %')
    told = Path(f"/proc/{instance.pid('mailbox')}/environ").read_bytes().split(b"\0")
    assert b'HALLE_FAULT=two "lines":\n100 %' in told


def test_every_process_stops_and_starts_at_once(instance: Instance) -> None:
    instance.stop_all_processes()
    assert instance.health()["mailbox"] != "ok"
    instance.start_all_processes()
    assert instance.health()["mailbox"] == "ok"


def test_a_process_that_is_not_well_is_named(instance: Instance) -> None:
    instance.stop("mailbox")
    with pytest.raises(CannotStart, match="mailbox is not healthy"):
        instance.wait_healthy(seconds=0.2)
    instance.start("mailbox")


def surroundings(orders: int = 1) -> Surroundings:
    return Surroundings(
        environment={},
        database_urls={name: f"postgresql+psycopg://{name}" for name in processes.SERVICES},
        ports={name: number for number, name in enumerate(processes.names(orders))},
        orders=orders,
        more={"orders-2": {"FAULT": "1"}},
    )


def test_a_service_is_told_of_its_own_database_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes, "services", lambda: list(processes.SERVICES))
    listed = {process.name: process for process in processes.of(surroundings(orders=2))}
    doors = listed["orders-2"]
    urls = [name for name in doors.environment if name.startswith("HALLE_DATABASE_URL_")]
    assert urls == ["HALLE_DATABASE_URL_ORDERS"]
    assert doors.environment["FAULT"] == "1"
    assert "FAULT" not in listed["orders-1"].environment
    assert doors.argv[1:] == ("-m", "bus.runner", "orders", "--doors")
    assert listed["orders-hears"].argv[-1] == "--hears"


def halle(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """`./halle WORDS`, past the making of its venv."""
    return subprocess.run(
        [sys.executable, "-m", "deploy", *words],
        cwd=CHECKOUT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_a_busy_port_is_told_in_one_sentence(state: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        refused = halle("up", "--port", str(port), "--state", str(state / "busy"))
    assert refused.returncode == 2
    assert refused.stderr.startswith(f"halle: Port {port} is busy on this machine")


def test_a_wrong_variable_is_named(state: Path) -> None:
    refused = halle("up", "--state", str(state / "wrong"), HALLE_BROKER_URL="http://broker")
    assert refused.returncode == 2
    assert refused.stderr == "halle: HALLE_BROKER_URL must begin with amqp://.\n"


@pytest.mark.parametrize("scheme", ["smtp", "smtp+starttls"])
def test_a_mail_server_is_named_as_the_process_that_sends_takes_it(
    scheme: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HALLE_SMTP_URL", f"{scheme}://user:password@mail.example.org:587")
    Mailer(os.environ["HALLE_SMTP_URL"], Sender("Odile", "odile@example.org", "halle"))
    up.refuse_wrong_variables()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("HALLE_SMTP_URL", "smtps://mail.example.org:465"),
        ("HALLE_BROKER_URL", "amqps://broker.example.org"),
        ("HALLE_DATABASE_URL_ORDER", "postgresql+psycopg://halle@db.example.org/orders"),
    ],
)
def test_what_no_process_would_take_is_refused_before_anything_starts(
    name: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(CannotStart, match=name):
        up.refuse_wrong_variables()


def test_a_second_instance_in_the_same_folder_is_refused(state: Path) -> None:
    folder = state / "twice"
    with lock(folder):
        refused = halle("up", "--state", str(folder))
    assert refused.returncode == 2
    assert "already running" in refused.stderr


def test_a_folder_that_was_there_keeps_what_others_may_do_in_it(tmp_path: Path) -> None:
    """Such as /tmp, named by somebody who tries it out as root."""
    for mode, after in ((0o1777, 0o1777), (0o700, 0o711)):
        tmp_path.chmod(mode)
        lock(tmp_path).close()
        assert stat.S_IMODE(tmp_path.stat().st_mode) == after
    lock(tmp_path / "new").close()
    assert stat.S_IMODE((tmp_path / "new").stat().st_mode) == 0o711


def test_an_unwritable_folder_is_named() -> None:
    refused = halle("up", "--state", "/proc/halle")
    assert refused.returncode == 2
    assert "/proc/halle cannot be written" in refused.stderr


def test_an_unknown_command_is_answered_with_those_there_are() -> None:
    refused = halle("fly")
    assert refused.returncode == 2
    assert "usage: ./halle COMMAND" in refused.stderr


SLOW = """#!/bin/sh
while kill -0 $STARTER; do sleep 0.01; done
exec setpriv "$@"
"""


@pytest.mark.parametrize("starter_dies", ["after the child asked for its signal", "before"])
def test_children_end_when_their_starter_is_killed(starter_dies: str, tmp_path: Path) -> None:
    log, marks = tmp_path / "log", tmp_path / "marks"
    code = (
        "import os, time; from pathlib import Path; from deploy import children\n"
        "os.environ['STARTER'] = str(os.getpid())\n"
        f"child = children.start(['sh', '-c', 'echo > {marks}; exec sleep 60'], os.environ, Path({str(log)!r}))\n"
        "print(child.pid, flush=True); time.sleep(60)"
    )
    path = os.environ["PATH"]
    if starter_dies == "before":
        (tmp_path / "setpriv").write_text(SLOW.replace("exec ", f"PATH={path} exec "))
        (tmp_path / "setpriv").chmod(0o755)
        path = f"{tmp_path}:{path}"
    starter = subprocess.Popen(
        [sys.executable, "-c", code], cwd=CHECKOUT, env={**os.environ, "PATH": path}, stdout=subprocess.PIPE
    )
    assert starter.stdout is not None
    child = int(starter.stdout.readline())
    if starter_dies != "before":
        wait_until(marks.exists)
    starter.send_signal(signal.SIGKILL)
    starter.wait()
    starter.stdout.close()
    wait_until(lambda: children.born(child) is None)
    assert marks.exists() == (starter_dies != "before")
