"""`./halle check`, `./halle test`, and the test tools that are programs of their own."""

import argparse
import os
import shutil
import subprocess
import sys
from pathlib import Path

from deploy.places import CHECKOUT

PACKAGES = ("contracts", "bus", "services", "gateway", "deploy")
CHECK_MARK = "pytestmark = pytest.mark.check"
TWO_AT_A_TIME = ("-n", "2", "--dist", "loadgroup", "--no-loadscope-reorder")
"""Tests mostly wait; each of the two has servers of its own, and what belongs together stays together."""


def check(name: str, arguments: list[str]) -> int:
    """Every rule about the source itself; all are run, the worst exit code is returned."""
    argparse.ArgumentParser(
        prog=f"./halle {name}",
        description="ruff (lint and format), mypy strict, and the tests about the source.",
    ).parse_args(arguments)
    commands = [
        ["ruff", "check", "."],
        ["ruff", "format", "--check", "."],
        ["mypy", *(package for package in PACKAGES if any((CHECKOUT / package).glob("*.py")))],
    ]
    if files := _files_about_the_source():
        commands.append(["pytest", "-q", *files])
    return max(_tool(*command) for command in commands)


def main(name: str, arguments: list[str]) -> int:
    """pytest, with the browser where there is one; its arguments are passed through."""
    if arguments[:1] in (["-h"], ["--help"]):
        print(f"usage: ./halle {name} [PATH...] [OPTIONS OF PYTEST]\n")
        print("Runs every test, or those in PATH, with a broker and a database of their own.")
        return 0
    if (CHECKOUT / "tests/browser").is_dir():
        _need_chromium()
    everything = not any(Path(word).exists() for word in arguments)
    return _tool("pytest", *(TWO_AT_A_TIME if everything else ()), *(_from_here(word) for word in arguments))


def module(name: str, arguments: list[str]) -> int:
    """Become `python -m tests.NAME ARGUMENTS`: whoever ends it ends the run."""
    os.chdir(CHECKOUT)
    os.execv(sys.executable, [sys.executable, "-m", f"tests.{name}", *arguments])


def _tool(tool: str, *arguments: str) -> int:
    print(f"-- {tool} {' '.join(arguments)}", flush=True)
    return subprocess.run([sys.executable, "-m", tool, *arguments], cwd=CHECKOUT, check=False).returncode


def _files_about_the_source() -> list[str]:
    files = sorted((CHECKOUT / "tests").rglob("test_*.py"))
    return [str(file) for file in files if CHECK_MARK in file.read_text()]


def _from_here(word: str) -> str:
    """A path as the person typed it, for pytest runs at the checkout's root."""
    return str(Path(word).resolve()) if Path(word).exists() else word


def _need_chromium() -> None:
    """Debian's Chromium, installed when we may; else the browser tests are told to stay out."""
    if shutil.which("chromium"):
        return
    if os.geteuid() == 0 and shutil.which("apt-get"):
        subprocess.run(["apt-get", "-qq", "update"], stdin=subprocess.DEVNULL, check=False)
        words = ["apt-get", "-qq", "install", "-y", "--no-install-recommends", "chromium"]
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        subprocess.run(words, stdin=subprocess.DEVNULL, env=environment, check=False)
    if not shutil.which("chromium"):
        print("halle: Chromium is not installed (apt-get install chromium): no browser tests.")
        os.environ["HALLE_NO_BROWSER"] = "1"
