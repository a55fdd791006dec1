"""In a process of its own: answers in, PDF out. Templates are typst; what people wrote reaches them as JSON alone."""

import io
import json
import zipfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import typst

from gateway.printing import council, posters
from gateway.printing.council import YearPaper
from gateway.printing.papers import Paper
from gateway.printing.pen import Words
from gateway.printing.posters import Poster
from gateway.printing.shaping import shape

TEMPLATES = Path(__file__).parent / "templates"
LONG = 25
"""Letters of a word that has to be broken; templates/sheet.typ says the same."""
AT_ONCE = 2
"""Papers of an archive in the making."""


def pdf(paper: Paper) -> bytes:
    """One paper of a sale."""
    return _set(paper.kind, shape(paper), paper.printed_at)


def poster_pdf(poster: Poster) -> bytes:
    """A poster or a sheet of flyers."""
    return _set(poster.form, posters.shape(poster), poster.printed_at)


def archive(papers: Sequence[tuple[str, Paper]]) -> bytes:
    """Many papers in one ZIP, each under its name. The tags of a PDF leave much to compress.

    One is shaped while another is set: typst lets Python run meanwhile.
    """
    out = io.BytesIO()
    with ThreadPoolExecutor(AT_ONCE) as pool, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as files:
        for (name, _), made in zip(papers, pool.map(pdf, (paper for _, paper in papers)), strict=True):
            files.writestr(name, made)
    return out.getvalue()


def year_pdf(paper: YearPaper) -> bytes:
    """A year of a market for its council."""
    return _set("year", council.shape(paper), paper.printed_at)


def _set(template: str, told: Words, at: datetime) -> bytes:
    """A PDF, tagged for screen readers; the same on every machine.

    No PDF standard is demanded: each of them refuses a whole list for one emoji in a product's name.
    """
    made: bytes = typst.compile(
        TEMPLATES / f"{template}.typ",
        root=TEMPLATES,
        font_paths=_fonts(),
        sys_inputs={"told": json.dumps(told | {"has-long": _has_long(told)})},
        timestamp=at,
    )
    return made


def _has_long(told: Any) -> bool:
    """Whether any word is longer than every column; codes and addresses are none."""
    if isinstance(told, str):
        return len(told) >= LONG and any(len(word) >= LONG for word in told.split())
    if isinstance(told, dict):
        return any(_has_long(one) for name, one in told.items() if name not in ("code", "address"))
    return isinstance(told, list | tuple) and any(map(_has_long, told))


@cache
def _fonts() -> typst.Fonts:
    """Those that typst has in itself, and none of the machine's."""
    return typst.Fonts(include_system_fonts=False)
