"""How the tests read a paper: its sheets, their text, where their codes lead."""

import re

import pypdfium2
import zxingcpp


def sheets(pdf: bytes) -> list[str]:
    """The text of each sheet in one line; the library has a mark of its own for a hyphen that ends a line."""
    texts = (page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(pdf))
    return [" ".join(re.sub("\ufffe\\s*", "-", text).split()) for text in texts]


def text(pdf: bytes) -> str:
    """All of it."""
    return " ".join(sheets(pdf))


def codes(pdf: bytes) -> list[str]:
    """What a telephone reads off the codes of the first sheet, at the resolution of a poor printer."""
    bitmap = pypdfium2.PdfDocument(pdf)[0].render(scale=150 / 72, grayscale=True)
    rows = [bytes(bitmap.buffer)[at * bitmap.stride :][: bitmap.width] for at in range(bitmap.height)]
    picture = memoryview(b"".join(rows)).cast("B", (bitmap.height, bitmap.width))
    found = zxingcpp.read_barcodes(picture, formats=zxingcpp.BarcodeFormat.QRCode)
    return [one.text for one in found]


def reach(pdf: bytes, letter: str) -> float:
    """How far to the right a letter is printed on the first sheet, as a part of its width."""
    page = pypdfium2.PdfDocument(pdf)[0]
    found = page.get_textpage()
    ends = [found.get_charbox(at)[2] for at, one in enumerate(found.get_text_range()) if one == letter]
    return max(ends) / page.get_width()
