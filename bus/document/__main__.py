"""`python -m bus.document [--check | --new]`: write the documents, say whether they are fresh, begin examples."""

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

import orjson

from bus.document import asyncapi, pages
from bus.document.skeletons import skeleton
from contracts.messages import COMMANDS, EVENTS

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "contracts" / "examples"
REFRESH = "python -m bus.document"
DOCUMENTS: dict[Path, Callable[[], str]] = {
    ROOT / "docs" / "MESSAGES.md": pages.page,
    ROOT / "docs" / "asyncapi.json": lambda: _json(asyncapi.document()),
}


def stale() -> list[Path]:
    """Documents that do not say what the contracts say."""
    return [file for file, text in DOCUMENTS.items() if not file.exists() or file.read_text() != text()]


def write() -> int:
    """Write what is stale."""
    for file in stale():
        file.write_text(DOCUMENTS[file]())
        print(f"written: {file.relative_to(ROOT)}")
    return 0


def check() -> int:
    """Exit code 1, and one line for each document that is stale."""
    found = stale()
    for file in found:
        print(f"{file.relative_to(ROOT)} is stale: run `{REFRESH}` and commit what it writes.", file=sys.stderr)
    return 1 if found else 0


def new() -> int:
    """Begin the example of each message that has none."""
    for name in sorted({*EVENTS, *COMMANDS}):
        file = EXAMPLES / f"{name}.json"
        if not file.exists():
            file.write_text(_json(skeleton(name)))
            print(f"begun: {file.relative_to(ROOT)}; give it believable values before it is kept")
    return 0


def _json(value: object) -> str:
    return orjson.dumps(value, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE).decode()


def main(words: list[str]) -> int:
    parser = argparse.ArgumentParser(prog=REFRESH, description="docs/MESSAGES.md and docs/asyncapi.json.")
    choice = parser.add_mutually_exclusive_group()
    choice.add_argument("--check", action="store_const", const=check, dest="act", help="only say what is stale")
    choice.add_argument(
        "--new", action="store_const", const=new, dest="act", help="begin the examples that are missing"
    )
    parser.set_defaults(act=write)
    return int(parser.parse_args(words).act())


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
