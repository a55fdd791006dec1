"""compose.yaml, the units, the Caddyfile and the alarms, judged by the programs that will read them."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from deploy.places import CHECKOUT
from tests.deploy import tools
from tests.deploy.written import DEPLOY, EXAMPLE, PYTHON, UNITS, assignments, of_the_target

EXPOSED_AT_MOST = 25
"""Tenths that `systemd-analyze security` may find; an ordinary unit has 96."""


def run(*words: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
    clean = {k: v for k, v in os.environ.items() if not k.startswith("HALLE_")}
    return subprocess.run(words, env={**clean, **environment}, capture_output=True, text=True, check=False)


@pytest.fixture
def filled(tmp_path: Path) -> Path:
    """env.example with its passwords filled in by the very words of docs/OPERATIONS.md."""
    page = (CHECKOUT / "docs/OPERATIONS.md").read_text()
    words = page[page.index("for name in $(grep") : page.index("docker compose build")]
    (tmp_path / ".env").write_text(EXAMPLE.read_text())
    subprocess.run(["sh", "-c", words], cwd=tmp_path, check=True)
    return tmp_path / ".env"


def composed(file: Path) -> subprocess.CompletedProcess[str]:
    words = ["-f", DEPLOY / "compose.yaml", "--env-file", file, "--profile", "*", "config", "--format", "json"]
    return run(*tools.compose(), *words)


def test_compose_takes_its_file_with_the_environment_filled_in(filled: Path) -> None:
    done = composed(filled)
    assert done.returncode == 0, done.stderr
    whole: dict[str, Any] = json.loads(done.stdout)
    passwords = {k: v for k, v in assignments(filled.read_text().splitlines()).items() if "PASSWORD" in k}
    assert len(set(passwords.values())) == len(passwords) and all(len(word) == 48 for word in passwords.values())
    assert set(whole["services"]) == set(yaml.safe_load((DEPLOY / "compose.yaml").read_text())["services"])
    assert whole["services"]["members"]["environment"]["HALLE_MAIL_FROM"] == "Market of My Town <market@example.org>"
    assert whole["services"]["relay"]["environment"]["HALLE_BROKER_URL"] == (
        f"amqp://halle:{passwords['HALLE_PASSWORD_BROKER']}@broker:5672/"
    )


@pytest.mark.parametrize("name", ["HALLE_PASSWORD_ORDERS", "HALLE_PASSWORD_BROKER", "HALLE_PUBLIC_URL"])
def test_compose_names_what_is_not_filled_in(name: str, filled: Path) -> None:
    filled.write_text("\n".join(line for line in filled.read_text().splitlines() if not line.startswith(name)))
    refused = composed(filled)
    assert refused.returncode != 0 and name in refused.stderr


@pytest.mark.parametrize("address", ["https://market.example.org", "https://market.example.org:8443"])
def test_caddy_takes_the_caddyfile(address: str, tmp_path: Path) -> None:
    words = ["validate", "--adapter", "caddyfile", "--config", DEPLOY / "Caddyfile"]
    done = run(tools.caddy(), *words, HALLE_PUBLIC_URL=address, HOME=str(tmp_path))
    assert done.returncode == 0, done.stderr


def test_the_caddyfile_is_written_as_caddy_writes_it() -> None:
    assert run(tools.caddy(), "fmt", DEPLOY / "Caddyfile").stdout == (DEPLOY / "Caddyfile").read_text()


@pytest.fixture
def units(tmp_path: Path) -> Path:
    """The units as systemd has them, with a Python that is on this machine."""
    for file in UNITS.iterdir():
        (tmp_path / file.name).write_text(file.read_text().replace(PYTHON, sys.executable))
    for name in of_the_target():
        (tmp_path / f"halle@{name}.service").symlink_to(tmp_path / "halle@.service")
    return tmp_path


def test_systemd_takes_the_units(units: Path) -> None:
    files = [units / "halle.target", units / "halle-migrate.service"]
    files += [units / f"halle@{name}.service" for name in of_the_target()]
    judged = run(tools.systemd_analyze(), "verify", *files)
    assert (judged.returncode, judged.stderr) == (0, "")


@pytest.mark.parametrize("unit", ["halle@members.service", "halle-migrate.service"])
def test_systemd_finds_little_that_a_unit_could_harm(unit: str, units: Path) -> None:
    words = ["security", "--offline=yes", f"--threshold={EXPOSED_AT_MOST}", "--no-pager", units / unit]
    judged = run(tools.systemd_analyze(), *words)
    assert judged.returncode == 0, judged.stdout


def test_prometheus_takes_the_alarms() -> None:
    judged = run(tools.promtool(), "check", "rules", DEPLOY / "alarms.yaml")
    assert judged.returncode == 0, judged.stdout + judged.stderr
