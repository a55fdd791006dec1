"""What the files for operators say, read as their own programs read them."""

import shlex
from collections.abc import Mapping
from pathlib import Path

from deploy import processes
from deploy.places import CHECKOUT
from deploy.processes import Process, Surroundings

DEPLOY = CHECKOUT / "deploy"
EXAMPLE = DEPLOY / "env.example"
UNITS = DEPLOY / "systemd"
CURRENT = "/opt/halle/current"
PYTHON = f"{CURRENT}/.halle/venv/bin/python"


def assignments(lines: list[str]) -> dict[str, str]:
    """NAME=value of an environment file; what begins with # is none."""
    written = [line for line in lines if line and not line.startswith("#")]
    return dict(shlex.split(line)[0].partition("=")[::2] for line in written)


def example(*, whole: bool = False) -> dict[str, str]:
    """What env.example sets; `whole` takes the variables with it that it only shows."""
    lines = EXAMPLE.read_text().splitlines()
    return assignments([line.removeprefix("#") if whole and line.startswith("#HALLE_") else line for line in lines])


class Unit:
    """A unit file of deploy/systemd."""

    def __init__(self, name: str) -> None:
        self._settings: dict[str, list[str]] = {}
        for line in (UNITS / name).read_text().splitlines():
            key, equals, value = line.partition("=")
            if equals and not line.startswith("#"):
                self._settings.setdefault(key, []).append(value)

    def words(self, setting: str) -> list[str]:
        """Every word of a setting, of all its lines."""
        return [word for value in self._settings.get(setting, []) for word in shlex.split(value)]

    def environment(self, file: Mapping[str, str]) -> dict[str, str]:
        """What its process is told when `file` is what stands in its EnvironmentFile."""
        assert self.words("EnvironmentFile") == ["/etc/halle/environment"]
        return {"PATH": "/usr/bin:/bin", **file, **assignments(self.words("Environment"))}

    def command(self, instance: str, python: Path | str) -> list[str]:
        """Its ExecStart for one process, with `python` where the units have theirs."""
        assert self.words("WorkingDirectory") == [CURRENT]
        words = [word.replace("%i", instance) for word in self.words("ExecStart")]
        assert words[0] == PYTHON
        return [str(python), *words[1:]]


def of_the_target() -> list[str]:
    """The processes that halle.target starts."""
    return [unit.removeprefix("halle@").removesuffix(".service") for unit in Unit("halle.target").words("Wants")]


def supervised() -> dict[str, Process]:
    """The processes that `./halle up` starts for an instance with a mail server of its own, by name."""
    instance = Surroundings(
        environment={},
        database_urls=dict.fromkeys(processes.services(), "address"),
        ports=dict.fromkeys(processes.names(1), 9100),
        mailbox=False,
    )
    return {process.name: process for process in processes.of(instance)}
