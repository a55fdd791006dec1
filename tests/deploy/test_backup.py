"""A backup taken while people order is one instant of all databases; a restored cluster has it, whole or not at all."""

import io
import os
import subprocess
import sys
import tarfile
import threading
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from deploy import backup, database
from deploy.broker import Broker
from deploy.database import Postgres
from deploy.instance import Instance
from deploy.places import CHECKOUT
from deploy.processes import DATABASE_URL
from deploy.refusal import CannotStart

FIRST, SECOND = "halle_orders", "halle_catalog"


class Writer(threading.Thread):
    """Writes one number after the other, each first into one database, then into the other."""

    def __init__(self, postgres: Postgres) -> None:
        super().__init__(daemon=True)
        self.stopping, self.acknowledged = threading.Event(), 0
        self._connections = [postgres.connect(name) for name in (FIRST, SECOND)]
        for connection in self._connections:
            connection.execute("create table numbers (n integer primary key)")

    def run(self) -> None:
        number = 0
        while not self.stopping.is_set():
            number += 1
            for connection in self._connections:
                connection.execute("insert into numbers values (%s)", [number])
            self.acknowledged = number
        for connection in self._connections:
            connection.close()

    def wait_for(self, number: int) -> None:
        while self.acknowledged < number and self.is_alive():
            self.join(0.01)


@pytest.fixture(scope="module", autouse=True)
def nobody_names_a_database() -> Iterator[None]:
    """What other tests told their services is not meant for an instance of its own."""
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith(DATABASE_URL)]:
            patch.delenv(name)
        yield


@pytest.fixture(scope="module")
def instance(nobody_names_a_database: None, state: Path, broker: Broker) -> Iterator[Instance]:
    """An instance with a cluster of its own, of which no process runs."""
    with Instance(state / "backed-up", broker=broker, only=set()) as running:
        yield running


def numbers(postgres: Postgres, database: str) -> list[int]:
    with psycopg.connect(postgres.url(database).replace("+psycopg", "")) as connection:
        return [row[0] for row in connection.execute("select n from numbers order by n")]


def test_a_backup_under_load_is_one_instant_of_all_databases(instance: Instance, state: Path) -> None:
    writer = Writer(instance.postgres)
    writer.start()
    writer.wait_for(50)
    before, made = writer.acknowledged, io.BytesIO()
    backup.back_up(instance.folder, made)
    writer.wait_for(writer.acknowledged + 50)
    writer.stopping.set()
    writer.join()
    made.seek(0)
    about = backup.bring_back(made, state / "restored")
    assert "password" not in about and about["made_at"].endswith("Z")
    restored = Postgres.start(state / "restored/postgres")
    try:
        first, second = numbers(restored, FIRST), numbers(restored, SECOND)
        assert restored.password == instance.postgres.password
    finally:
        restored.stop()
    assert before <= len(second) <= len(first) <= len(second) + 1, "not one instant, or something acknowledged is lost"
    assert first == list(range(1, len(first) + 1)) and len(first) < writer.acknowledged


def test_a_folder_with_an_instance_is_not_overwritten(instance: Instance, state: Path) -> None:
    with pytest.raises(CannotStart, match="already running"):
        backup.bring_back(io.BytesIO(), instance.folder)
    stopped = state / "stopped"
    (stopped / "postgres/data").mkdir(parents=True)
    with pytest.raises(CannotStart, match="already"):
        backup.bring_back(io.BytesIO(), stopped)


def test_a_restore_that_was_killed_is_no_empty_instance_and_is_done_again(instance: Instance, state: Path) -> None:
    made, folder = io.BytesIO(), state / "killed"
    backup.back_up(instance.folder, made)
    place = database.place(folder / "postgres")
    (place / "data/base").mkdir(parents=True)  # what a killed one leaves
    (place / database.RESTORING).touch()
    with pytest.raises(CannotStart, match="restore again"):
        Postgres(folder / "postgres")
    backup.bring_back(io.BytesIO(made.getvalue()), folder)
    assert (place / "complete").exists() and not (place / database.RESTORING).exists()
    assert not (place / "data/base/base").exists() and (place / "data/PG_VERSION").exists()


def test_a_backup_that_was_cut_short_restores_nothing(instance: Instance, state: Path) -> None:
    made = io.BytesIO()
    backup.back_up(instance.folder, made)
    for kept in (made.getvalue()[: len(made.getvalue()) // 2], b"", b"no backup at all"):
        with pytest.raises(CannotStart, match="no whole backup"):
            backup.bring_back(io.BytesIO(kept), state / "never")
    assert not (state / "never/postgres/data").exists()


def test_a_backup_with_one_altered_bit_restores_nothing(instance: Instance, state: Path) -> None:
    made = io.BytesIO()
    backup.back_up(instance.folder, made)
    for tenth in (1, 5, 9):
        altered = bytearray(made.getvalue())
        altered[len(altered) * tenth // 10] ^= 1
        with pytest.raises(CannotStart, match="no whole backup"):
            backup.bring_back(io.BytesIO(altered), state / "never")
        assert not (state / "never/postgres/data").exists()


def without_room(*words: str) -> subprocess.CompletedProcess[str]:
    """`./halle WORDS` where no file may grow beyond 50 kB."""
    command = ["sh", "-c", 'ulimit -f 100; exec "$@"', "sh", sys.executable, "-m", "deploy", *words]
    return subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True, check=False)


def test_a_disk_without_room_leaves_no_half_of_a_backup(instance: Instance, tmp_path: Path) -> None:
    file = tmp_path / "halle.backup"
    refused = without_room("backup", str(file), "--state", str(instance.folder))
    assert (refused.returncode, refused.stderr) == (2, f"halle: {file} cannot be written: File too large.\n")
    assert not list(tmp_path.iterdir())


def test_a_disk_without_room_leaves_no_half_of_an_instance(instance: Instance, state: Path, tmp_path: Path) -> None:
    file = tmp_path / "halle.backup"
    with file.open("wb") as made:
        backup.back_up(instance.folder, made)
    refused = without_room("restore", str(file), "--state", str(state / "full"))
    assert (refused.returncode, refused.stderr) == (2, f"halle: {file} cannot be restored: File too large.\n")
    assert not (state / "full/postgres/data").exists(), "the next restore would find an instance"


def test_a_backup_into_a_folder_says_so(instance: Instance, tmp_path: Path) -> None:
    for wrong in (tmp_path, tmp_path / "none/halle.backup"):
        with pytest.raises(CannotStart, match="cannot be written"):
            backup.backup("backup", [str(wrong), "--state", str(instance.folder)])


@pytest.mark.parametrize("name", ["cluster/../escaped", "cluster//etc/escaped"])
def test_a_backup_that_was_tampered_with_writes_nothing_elsewhere(name: str, state: Path) -> None:
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w:gz") as tar:
        tar.addfile(tarfile.TarInfo(name))
    made.seek(0)
    with pytest.raises(CannotStart, match="does not belong there"):
        backup.bring_back(made, state / "never")
    assert not (state / "never/postgres/escaped").exists()


def test_servers_of_ones_own_are_left_to_their_own_tools(instance: Instance, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(f"{DATABASE_URL}ORDERS", "postgresql+psycopg://halle@db.example/orders")
    with pytest.raises(CannotStart, match="servers of your own"):
        backup.back_up(instance.folder, io.BytesIO())


def test_an_instance_that_does_not_run_is_not_backed_up(state: Path, tmp_path: Path) -> None:
    file = tmp_path / "halle.backup"
    with pytest.raises(CannotStart, match="No instance is running"):
        backup.backup("backup", [str(file), "--state", str(state / "nowhere")])
    assert not list(tmp_path.iterdir()), "no half of a file is left"
