"""Every text of the pages exists in English, with the same values in it, and nothing is left over."""

import re
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

pytestmark = pytest.mark.check

GATEWAY = Path(__file__).resolve().parents[2] / "gateway"
METHODS = [
    ("writing.py", "python"), ("printing/**.py", "python"), ("pages/**.py", "python"), ("templates/**.html", "jinja2"),
]  # fmt: skip
KEYWORDS = {"_": None, "gettext": None, "N_": None, "ngettext": (1, 2)}
OF_CONSUMERS = [
    "base", "parts", "forms", "fault", "market", "shop", "shelf", "not_open", "order", "order_cancel", "receipt",
]  # fmt: skip
"""Templates of the pages on which a market speaks to its consumers, with what they share."""
SENTENCES_OF_CONSUMERS = ["sentences", "baskets", "shelves", "shop", "orders", "receipts"]
SAYS_VOUS = re.compile(r"\b(vous|votre|vos|vôtres?|êtes|faites|dites|(?!assez|chez)\w+ez)\b", re.IGNORECASE)
VALUES = re.compile(r"%\((\w+)\)s")


def texts() -> set[str | tuple[str, ...]]:
    """What templates and modules say, as gettext looks for it."""
    found = extract_from_dir(GATEWAY, METHODS, {"**.html": {"trimmed": "false"}}, KEYWORDS)  # type: ignore[arg-type]
    return {text if isinstance(text, str) else tuple(text) for _, _, text, _, _ in found}


def said_to_consumers() -> set[str]:
    """Texts of their pages that say `vous`."""
    wanted = [(f"templates/{name}.html", "jinja2") for name in OF_CONSUMERS]
    wanted += [(f"pages/{name}.py", "python") for name in SENTENCES_OF_CONSUMERS]
    found = extract_from_dir(GATEWAY, wanted, {"**.html": {"trimmed": "false"}}, KEYWORDS)  # type: ignore[arg-type]
    singular = {text for _, _, text, _, _ in found if isinstance(text, str)}
    return {text for text in singular if SAYS_VOUS.search(text)}


def english() -> Catalog:
    with (GATEWAY / "translations/en.po").open("rb") as lines:
        return read_po(lines, locale="en")


def test_every_text_is_translated_and_none_is_left_over() -> None:
    catalogue = english()
    known = {message.id if isinstance(message.id, str) else tuple(message.id) for message in catalogue if message.id}
    assert texts() - known == set(), "pybabel extract and update: see gateway/translations/babel.cfg"
    assert known - texts() == set()
    assert not catalogue.obsolete


def test_no_translation_is_empty_or_guessed() -> None:
    assert [m.id for m in english() if m.id and (m.fuzzy or not all(said(m)))] == []


def test_translations_hold_the_same_values() -> None:
    for message in english():
        if message.id:
            wanted = set(VALUES.findall(said_in_french(message)))
            assert all(set(VALUES.findall(text)) == wanted for text in said(message)), message.id


def test_a_market_that_says_tu_says_it_wherever_it_speaks_to_consumers() -> None:
    with (GATEWAY / "translations/fr-tu.po").open("rb") as lines:
        familiar = {str(message.id): str(message.string) for message in read_po(lines, locale="fr") if message.id}
    assert said_to_consumers() - familiar.keys() == set(), "say it with `tu` in translations/fr-tu.po"
    assert familiar.keys() - said_to_consumers() == set()
    assert {text for text in familiar.values() if not text or SAYS_VOUS.search(text)} == set()
    assert all(set(VALUES.findall(text)) == set(VALUES.findall(said)) for text, said in familiar.items())


def test_a_percent_sign_comes_with_its_value() -> None:
    """Templates look a bare one up doubled, and would find no translation."""
    assert [m.id for m in english() if m.id and "%" in VALUES.sub("", said_in_french(m))] == []


def said(message: Message) -> tuple[str, ...]:
    return message.string if isinstance(message.string, tuple) else (str(message.string),)


def said_in_french(message: Message) -> str:
    return message.id if isinstance(message.id, str) else message.id[1]
