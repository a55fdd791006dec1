"""The units' own commands in the units' own environment, on servers that are not ours: an instance that is well."""

import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from pathlib import Path

import psycopg
import pytest

from deploy.broker import Broker
from deploy.database import Postgres
from deploy.health import health_of
from deploy.places import CHECKOUT
from deploy.ports import free_port
from deploy.processes import DATABASE_URL
from tests.deploy.written import Unit, example, of_the_target, supervised

Running = dict[str, subprocess.Popen[bytes]]


@pytest.fixture(scope="module")
def told(broker: Broker, postgres: Postgres) -> dict[str, str]:
    """/etc/halle/environment: the example's, with this run's servers, a virtual host of its own, and free ports."""
    broker.control("add_vhost", "units")
    broker.control("set_permissions", "-p", "units", "halle", ".*", ".*", ".*")
    file = example(whole=True)
    for name in file:
        if "_PORT" in name:
            file[name] = str(free_port())
        if name.startswith(DATABASE_URL):
            file[name] = file[name].replace("halle_", "units_").replace(":5432", f":{postgres.port}")
    return file | {
        "HALLE_BROKER_URL": f"{broker.url}units",
        "HALLE_DATABASE_ADMIN_URL": postgres.url("postgres"),
        "HALLE_SMTP_URL": f"smtp://127.0.0.1:{free_port()}",
    }


def halle(told: Mapping[str, str], *words: str) -> subprocess.CompletedProcess[str]:
    """An operator's command, in the instance's environment."""
    return run([sys.executable, "-m", "deploy", *words], {**os.environ, **told})


def run(words: list[str], environment: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(words, cwd=CHECKOUT, env=environment, capture_output=True, text=True, check=False)


def migrate(told: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    """What halle-migrate.service does."""
    unit = Unit("halle-migrate.service")
    return run(unit.command("", sys.executable), unit.environment(told))


@pytest.fixture(scope="module")
def migrated(told: dict[str, str]) -> dict[str, str]:
    """The same, once roles, databases and tables are made."""
    made = halle(told, "databases")
    assert made.returncode == 0, made.stderr
    done = migrate(told)
    assert done.returncode == 0, done.stderr
    return told


@pytest.fixture(scope="module")
def running(migrated: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """Every process of halle.target, started as halle@.service starts it."""
    unit, logs = Unit("halle@.service"), tmp_path_factory.mktemp("units")
    begun: Running = {}
    for name in of_the_target():
        words = ["setpriv", "--pdeathsig", "TERM", "--", *unit.command(name, sys.executable)]
        with (logs / name).open("wb") as log:
            environment = unit.environment(migrated)
            begun[name] = subprocess.Popen(words, cwd=CHECKOUT, env=environment, stdout=log, stderr=log)
    try:
        for name in begun:
            _wait_healthy(port_of(name, migrated), logs / name)
        yield begun
    finally:
        ended = [_end(process) for process in begun.values()]
    assert ended == [0] * len(begun), "SIGTERM is an orderly end"


def port_of(name: str, told: Mapping[str, str]) -> int:
    return int(told[f"HALLE_METRICS_PORT_{name.upper().replace('-', '_')}"])


def _wait_healthy(port: int, log: Path, seconds: float = 90.0) -> None:
    until = time.monotonic() + seconds
    while (said := health_of(port)) != "ok":
        assert time.monotonic() < until, f"{said}\n{log.read_text()}"
        time.sleep(0.1)


def _end(process: subprocess.Popen[bytes]) -> int:
    process.send_signal(signal.SIGTERM)
    try:
        return process.wait(15)
    except subprocess.TimeoutExpired:
        process.kill()
        return process.wait()


def test_every_process_is_well_and_knows_its_own_databases_alone(running: Running) -> None:
    for name, process in running.items():
        environment = Path(f"/proc/{process.pid}/environ").read_bytes().split(b"\0")
        names = {variable.partition(b"=")[0].decode() for variable in environment}
        addresses = {variable for variable in names if variable.startswith(DATABASE_URL)}
        assert addresses == {it for it in supervised()[name].environment if it.startswith(DATABASE_URL)}, name
        assert Path(f"/proc/{process.pid}/cmdline").read_bytes().split(b"\0")[1:-1] == [
            word.encode() for word in supervised()[name].argv[1:]
        ]


def test_the_gateway_answers_with_pages_and_with_data(running: Running, migrated: dict[str, str]) -> None:
    site = f"http://127.0.0.1:{migrated['HALLE_GATEWAY_PORT']}"
    for path in ("/", "/api/v1/communes?text=carpentras"):
        with urllib.request.urlopen(site + path) as response:
            assert response.status == 200


def test_the_databases_are_migrated_beside_running_processes(running: Running, migrated: dict[str, str]) -> None:
    assert migrate(migrated).returncode == 0
    assert {name: health_of(port_of(name, migrated)) for name in running} == dict.fromkeys(running, "ok")


def test_the_operators_commands_find_servers_of_ones_own(migrated: dict[str, str]) -> None:
    listed = halle(migrated, "dead", "list")
    assert (listed.returncode, listed.stdout) == (0, "Nothing is parked.\n")
    assert halle(migrated, "trace", "nothing").stdout == "Nothing was said about nothing.\n"


def test_a_role_enters_its_own_database_alone(migrated: dict[str, str]) -> None:
    orders = migrated[f"{DATABASE_URL}ORDERS"].replace("+psycopg", "")
    psycopg.connect(orders).close()
    with pytest.raises(psycopg.OperationalError, match="permission denied"):
        psycopg.connect(orders.rpartition("/")[0] + "/units_members")


def test_a_databases_password_is_changed_by_making_the_databases_again(migrated: dict[str, str]) -> None:
    name = f"{DATABASE_URL}CATALOG"
    old, new = migrated[name], migrated[name].replace(":password@", ":another@")
    assert halle({**migrated, name: new}, "databases").returncode == 0
    with psycopg.connect(new.replace("+psycopg", "")) as connection:
        assert connection.execute("select count(*) from alembic_version").fetchone() == (1,)
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(old.replace("+psycopg", ""))
    assert halle(migrated, "databases").returncode == 0
    psycopg.connect(old.replace("+psycopg", "")).close()


def test_no_database_is_made_where_none_is_named(told: dict[str, str]) -> None:
    nameless = {k: v for k, v in told.items() if not k.startswith(DATABASE_URL)}
    refused = run([sys.executable, "-m", "deploy", "databases"], {"PATH": "/usr/bin:/bin", **nameless})
    assert refused.returncode == 2
    assert refused.stderr == f"halle: the variable {DATABASE_URL}<SERVICE> is missing for every service.\n"


def test_a_process_without_its_database_says_which_variable_is_missing(migrated: dict[str, str]) -> None:
    unit = Unit("halle@.service")
    lacking = {k: v for k, v in unit.environment(migrated).items() if k != f"{DATABASE_URL}ORDERS"}
    lacking |= {"HALLE_METRICS_PORT_ORDERS_HEARS": str(free_port()), "HALLE_METRICS_PORT_RELAY": str(free_port())}
    for name in ("orders-hears", "relay"):
        refused = run(unit.command(name, sys.executable), lacking)
        assert refused.returncode == 2
        assert refused.stderr.endswith(f"halle: the variable {DATABASE_URL}ORDERS is missing.\n")
