"""What the pages of docs/ point at is there: files, headings, decisions, and every variable of the environment."""

import re
from pathlib import Path

import pytest

pytestmark = pytest.mark.check

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
LINK = re.compile(r"\[[^\]]+\]\(([^)#\s]*)(?:#([^)\s]+))?\)")
VARIABLE = re.compile(r"HALLE_[A-Z][A-Z_]*[A-Z]")
READERS = ("bus", "deploy", "gateway", "services", "tests/browser", "tests/chaos")
"""Where the environment is read. What tests set for themselves they read nowhere."""


def anchors(page: Path) -> set[str]:
    """The anchors of a page's headings, as its readers' programs make them."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(), re.MULTILINE)
    kept = [re.sub(r"[^\w\- ]", "", heading.lower()) for heading in headings]
    return {heading.replace(" ", "-") for heading in kept}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_somewhere(page: Path) -> None:
    astray = []
    for target, anchor in LINK.findall(page.read_text()):
        if "://" in target:
            continue
        file = (page.parent / target).resolve() if target else page
        if not file.exists() or (anchor and anchor not in anchors(file)):
            astray.append(f"{target}#{anchor}")
    assert astray == []


def test_every_variable_that_is_read_is_described_and_every_described_one_is_read() -> None:
    described = set(re.findall(r"^\| `(HALLE_[A-Z_]+)", (ROOT / "docs/OPERATIONS.md").read_text(), re.MULTILINE))
    texts = [path.read_text() for folder in READERS for path in (ROOT / folder).rglob("*.py")]
    read = {name for text in texts for name in VARIABLE.findall(text)}
    families = {name for name in read if name.startswith("HALLE_DATABASE_URL")}
    assert families, "the addresses of databases are made from a prefix"
    assert described - {"HALLE_DATABASE_URL_"} == read - families


def test_every_figure_of_the_programs_is_described() -> None:
    described = (ROOT / "docs/OPERATIONS.md").read_text()
    texts = [path.read_text() for folder in ("bus", "gateway", "services") for path in (ROOT / folder).rglob("*.py")]
    figures = {name for text in texts for name in re.findall(r'"(halle_[a-z_]+[a-z])"', text)}
    assert {name for name in figures if f"`{name}" not in described} == set()


def test_decisions_are_numbered_without_a_hole_and_say_why() -> None:
    records = sorted((ROOT / "docs/decisions").glob("*.md"))
    assert [int(record.name[:4]) for record in records] == list(range(1, len(records) + 1))
    for record in records:
        text = record.read_text()
        assert text.startswith(f"# {record.name[:4]}: "), record.name
        assert re.findall(r"^## (.+)$", text, re.MULTILINE) == ["Context", "Decision", "Consequences"], record.name


def test_modules_that_the_pages_name_are_in_the_tree() -> None:
    """A path in backquotes that looks like one of ours is one."""
    named = re.compile(r"`((?:bus|contracts|deploy|gateway|services|tests|docs|\.ci)/[\w/.-]+)`")
    gone = {
        f"{page.name}: {path}"
        for page in PAGES
        for path in named.findall(page.read_text())
        if not (ROOT / path).exists()
    }
    assert gone == set()
