"""In a process of its own: answers in, PDF out. Templates are typst; what people wrote reaches them as JSON alone."""

import io
import json
import zipfile
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import typst

from gateway.printing.papers import Paper
from gateway.printing.shaping import shape

TEMPLATES = Path(__file__).parent / "templates"


def pdf(paper: Paper) -> bytes:
    """One paper, tagged for screen readers; the same on every machine.

    No PDF standard is demanded: each of them refuses a whole list for one emoji in a product's name.
    """
    made: bytes = typst.compile(
        TEMPLATES / f"{paper.kind}.typ",
        root=TEMPLATES,
        font_paths=_fonts(),
        sys_inputs={"told": json.dumps(shape(paper))},
        timestamp=paper.printed_at,
    )
    return made


def archive(papers: Iterable[tuple[str, Paper]]) -> bytes:
    """Many papers in one ZIP, each under its name. The tags of a PDF leave much to compress."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as files:
        for name, paper in papers:
            files.writestr(name, pdf(paper))
    return out.getvalue()


@cache
def _fonts() -> typst.Fonts:
    """Those that typst has in itself, and none of the machine's."""
    return typst.Fonts(include_system_fonts=False)
