"""Image, containers and units start what the supervisor starts; env.example has every variable that is read."""

import ast
import re
import shlex
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from deploy import broker, database, processes, run
from deploy.__main__ import COMMANDS
from deploy.check import PACKAGES
from deploy.places import CHECKOUT
from tests.deploy.variables import NAME, PROGRAMS, read_by_the_programs
from tests.deploy.written import DEPLOY, EXAMPLE, Unit, assignments, example, of_the_target, supervised

pytestmark = pytest.mark.check

IMAGE = [shlex.split(line) for line in (DEPLOY / "Dockerfile").read_text().replace("\\\n", " ").splitlines()]
COMPOSE = (DEPLOY / "compose.yaml").read_text()
CONTAINERS: dict[str, Any] = yaml.safe_load(COMPOSE)["services"]
PROCESSES = {name: one["command"][1] for name, one in CONTAINERS.items() if one.get("command", [""])[0] == "run"}
"""The containers that are processes of Halle, with the process's name."""
PAGES = [CHECKOUT / "README.md", *sorted((CHECKOUT / "docs").glob("*.md"))]


def told(container: str) -> dict[str, str]:
    """What compose.yaml tells a container."""
    return {name: str(value) for name, value in CONTAINERS[container]["environment"].items()}


def databases_in(environment: Mapping[str, str]) -> list[str]:
    return sorted(name for name in environment if name.startswith(processes.DATABASE_URL))


def of_the_image(instruction: str) -> list[list[str]]:
    return [words[1:] for words in IMAGE if words and words[0] == instruction]


# -- the same processes everywhere


def test_the_containers_are_the_processes_that_the_supervisor_starts() -> None:
    assert sorted(PROCESSES.values()) == sorted(supervised())


def test_the_units_are_the_processes_that_the_supervisor_starts() -> None:
    assert sorted(of_the_target()) == sorted(supervised())


@pytest.mark.parametrize("container", PROCESSES)
def test_a_container_becomes_the_supervisors_process(container: str, monkeypatch: pytest.MonkeyPatch) -> None:
    of_image = assignments([word for words in of_the_image("ENV") for word in words])
    for name, value in {**of_image, **told(container)}.items():
        monkeypatch.setenv(name, value)
    process = run.process_named(PROCESSES[container])
    same = supervised()[process.name]
    assert (process.argv, process.port) == (same.argv, same.port)
    assert set(same.environment) <= set(process.environment)
    assert databases_in(process.environment) == databases_in(same.environment)
    assert databases_in(told(container)) == databases_in(same.environment), "it is told of a database that is not its"


def test_every_service_has_its_database_and_its_password() -> None:
    addresses = [f"{processes.DATABASE_URL}{service.upper()}" for service in processes.services()]
    for container in ("databases", "migrate", "halle"):
        assert databases_in(told(container)) == sorted(addresses)
    for service in processes.services():
        assert f"halle_{service}:${{HALLE_PASSWORD_{service.upper()}:?}}@" in COMPOSE


def test_a_database_that_is_away_when_the_machine_starts_keeps_no_process_down() -> None:
    """Restart= does not hold for what a requirement that failed kept from starting."""
    unit = Unit("halle@.service")
    assert "halle-migrate.service" in unit.words("Wants") and "halle-migrate.service" in unit.words("After")
    assert unit.words("Requires") == unit.words("BindsTo") == []
    assert unit.words("Restart") == ["always"] and unit.words("StartLimitIntervalSec") == ["0"]


def test_every_unit_has_a_port_of_its_own() -> None:
    ports = {k: v for k, v in example(whole=True).items() if k.startswith("HALLE_METRICS_PORT_")}
    wanted = {f"HALLE_METRICS_PORT_{name.upper().replace('-', '_')}" for name in [*supervised(), "orders-2"]}
    assert set(ports) == wanted
    assert len({*ports.values(), example(whole=True)["HALLE_GATEWAY_PORT"]}) == len(ports) + 1


def test_a_process_that_is_none_is_refused_with_those_there_are() -> None:
    words = [sys.executable, "-m", "deploy", "run", "mailbox"]
    refused = subprocess.run(words, cwd=CHECKOUT, capture_output=True, text=True, check=False)
    assert refused.returncode == 2
    assert refused.stderr.startswith("halle: There is no process 'mailbox': it is one of members, ")


# -- the environment


def test_every_variable_that_is_read_is_in_the_example_and_every_one_there_is_read() -> None:
    read = read_by_the_programs()
    families = tuple(name.removesuffix("*") for name in read if name.endswith("*"))
    by_compose = set(re.findall(r"\$\{(HALLE_[A-Z_]+)", COMPOSE))
    shown = set(example(whole=True))
    assert {name for name in read if not name.endswith("*")} | by_compose == {
        name for name in shown if not name.startswith(families) or name in by_compose
    }
    assert all(any(name.startswith(family) for name in shown) for family in families)


def test_no_program_names_a_variable_without_reading_it() -> None:
    """What is read in a way that the test above does not know would be missed by it."""
    read = read_by_the_programs() | {"HALLE_NO_BROWSER"}  # set by `./halle test` for tests/browser
    files = [path for folder in PROGRAMS for path in (CHECKOUT / folder).rglob("*.py")]
    constants = {
        node.value
        for path in files
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and NAME.fullmatch(node.value)
    }
    assert {name for name in constants if name not in read and f"{name}*" not in read} == set()


def test_the_example_is_read_alike_by_a_shell() -> None:
    words = ["sh", "-c", f"set -a; . {shlex.quote(str(EXAMPLE))}; exec env"]
    said = subprocess.run(words, env={}, capture_output=True, text=True, check=True).stdout.splitlines()
    assert {k: v for k, _, v in (line.partition("=") for line in said) if k != "PWD"} == example()


def test_no_secret_stands_in_a_file() -> None:
    assert {name: value for name, value in example().items() if "PASSWORD" in name and value} == {}
    for container in CONTAINERS.values():
        secrets = {k: v for k, v in container.get("environment", {}).items() if "PASS" in k}
        assert all(re.fullmatch(r"\$\{HALLE_PASSWORD_[A-Z]+:\?\}", value) for value in secrets.values())


# -- the image


def test_everything_that_the_image_copies_is_there_and_nothing_of_the_product_is_left_out() -> None:
    copied = {words[0] for words in of_the_image("COPY") if not words[0].startswith("--from=")}
    assert copied == {"requirements.lock", *PACKAGES}
    assert all((CHECKOUT / name).exists() for name in copied)
    sent = (DEPLOY / "Dockerfile.dockerignore").read_text().splitlines()
    assert {line.removeprefix("!") for line in sent if line.startswith("!")} == copied


def test_the_image_runs_as_nobody_in_particular_and_takes_only_what_the_lock_names() -> None:
    assert of_the_image("USER") == [["halle"]]
    install = next(words for words in of_the_image("RUN") if "pip" in " ".join(words))
    assert "--require-hashes" in install and install[-2:] == ["-r", "/requirements.lock"]


def test_the_images_entry_is_this_program() -> None:
    words = of_the_image("ENTRYPOINT")[0]
    assert [word.strip("[],") for word in words] == ["python", "-m", "deploy"]


# -- the containers


def test_nothing_but_the_front_is_reached_from_outside() -> None:
    published = {name: one["ports"] for name, one in CONTAINERS.items() if "ports" in one}
    assert published == {"front": ["80:80", "443:443", "443:443/udp"]}
    assert {name for name, one in CONTAINERS.items() if "network_mode" in one or one.get("privileged")} == set()


def test_every_container_is_watched_started_again_and_may_write_little() -> None:
    once = {"databases", "migrate", "halle"}
    for name, one in CONTAINERS.items():
        assert one["restart"] == ("no" if name in once else "unless-stopped"), name
        assert "healthcheck" in one or name in PROCESSES, name
        assert one.get("read_only", False) == (name != "broker"), name
        assert one["cap_drop"] == ["ALL"], name


def test_the_gateway_believes_the_front_alone() -> None:
    front = CONTAINERS["front"]["networks"]["street"]["ipv4_address"]
    assert told("gateway")["HALLE_TRUSTED_PROXIES"] == front
    assert example(whole=True)["HALLE_TRUSTED_PROXIES"] == example(whole=True)["HALLE_GATEWAY_HOST"] == "127.0.0.1"


def test_servers_of_ones_own_have_the_settings_of_the_private_ones() -> None:
    private = {line.replace(" = ", "=") for line in database.SETTINGS.splitlines()}
    assert {word.removeprefix("-c") for word in CONTAINERS["postgres"]["command"][1:]} < private
    ours = [line for line in (DEPLOY / "rabbitmq.conf").read_text().splitlines() if not line.startswith("#")]
    assert set(ours) < set(broker.SETTINGS.splitlines())


# -- alarms and pages


def test_alarms_look_at_figures_that_there_are_and_each_has_an_answer() -> None:
    page = (CHECKOUT / "docs/OPERATIONS.md").read_text()
    rules = yaml.safe_load((DEPLOY / "alarms.yaml").read_text())["groups"][0]["rules"]
    figures = {name.removesuffix("_bucket") for rule in rules for name in re.findall(r"halle_[a-z_]+", rule["expr"])}
    assert {name for name in figures if f"`{name}`" not in page} == set()
    assert {rule["alert"] for rule in rules if f"`{rule['alert']}`" not in page} == set()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(CHECKOUT)))
def test_every_command_that_a_page_names_is_one(page: Path) -> None:
    text = page.read_text()
    named = set(re.findall(r"(?:\./halle|run --rm halle|python -m deploy) ([a-z]+)", text))
    assert named <= set(COMMANDS)


def test_an_upgrade_replaces_every_process() -> None:
    page = (CHECKOUT / "docs/OPERATIONS.md").read_text()
    replaced = [sorted(names.split()) for names in re.findall(r"^for process in (.+); do$", page, re.MULTILINE)]
    assert replaced == [sorted(PROCESSES), sorted(supervised())]


def test_the_units_and_the_page_say_the_same_places() -> None:
    page = (CHECKOUT / "docs/OPERATIONS.md").read_text()
    for unit in ("halle@.service", "halle-migrate.service"):
        for place in (*Unit(unit).words("WorkingDirectory"), *Unit(unit).words("EnvironmentFile")):
            assert place in page
