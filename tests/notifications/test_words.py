"""What a market says of its own in its mails: written by its organisers, below the facts, in whatever is sent then."""

from email.message import EmailMessage
from typing import Any
from uuid import UUID

import pytest

from bus import database
from contracts.catalog import Joining, MarketChanged
from contracts.errors import Conflict, NotFound
from contracts.notifications import ConsumerMail, MarketWord, WriteMarketWord
from services.notifications.actions import words
from services.notifications.rules import Kind
from tests.cast import BOB, CHARLIE, MARKET, ODILE
from tests.notifications.changes import near, shifts
from tests.notifications.conftest import Instance, missed, order, organises, placed

LOGO = "a" * 64


def write(french: str, english: str = "", version: int = 0, by: UUID = ODILE, **changes: Any) -> MarketWord:
    said = {"market_id": MARKET, "mail": ConsumerMail.ORDER_PLACED, "french": french, "english": english}
    with database.transaction() as tx:
        return words.write(tx, WriteMarketWord(**said | {"version": version} | changes), by)


def read_by(person_id: UUID) -> list[MarketWord]:
    with database.transaction() as tx:
        return words.of_market(tx, MARKET, person_id)


def parts(mail: EmailMessage) -> tuple[str, str]:
    return tuple(mail.get_body((kind,)).get_content() for kind in ("plain", "html"))


@pytest.fixture
def market(halle: Instance) -> Instance:
    """Odile organises it; Charlie another one."""
    halle.hear(organises(ODILE))
    halle.hear(organises(CHARLIE).model_copy(update={"grant_id": UUID(int=96), "object_id": UUID(int=909)}))
    halle.know(BOB)
    return halle


def test_a_word_stands_below_the_facts_under_the_name_of_its_market(market: Instance) -> None:
    said = "Apportez vos cabas.\n\nhttps://caromb.example dit où se garer & <comment>."
    write(said)
    market.hear(placed())
    [mail] = market.send()
    plain, html = parts(mail)
    facts, word = plain.split("Le mot du marché, Marché de Caromb :")
    assert "12  Œufs" in facts and "/orders/" in facts
    assert word.strip() == said
    assert 'href="https://caromb.example"' in html and "&amp; &lt;comment&gt;" in html


def test_each_mail_to_a_consumer_may_have_its_own(market: Instance) -> None:
    write("Merci.")
    write("À demain.", mail=ConsumerMail.ORDER_REMINDER)
    write("Pardon.", mail=ConsumerMail.ORDER_SHIFTED)
    shifted = shifts()[0].model_copy(update={"order": order(version=4)})
    for event in (placed(), near(), shifted):
        market.hear(event)
    said = {mail["Subject"]: parts(mail)[0].rstrip().splitlines()[-1] for mail in market.send()}
    assert sorted(said.values()) == ["Merci.", "Pardon.", "À demain."]


def test_a_word_in_one_language_is_read_by_all(market: Instance) -> None:
    market.know(BOB, seq=2, language="en")
    write("Merci.")
    write("À demain.", "See you tomorrow.", mail=ConsumerMail.ORDER_REMINDER)
    market.hear(placed())
    market.hear(near())
    first, second = (parts(mail)[0] for mail in market.send())
    assert first.endswith("A word from Marché de Caromb:\n\nMerci.\n")
    assert "See you tomorrow." in second and "demain" not in second


def test_what_is_sent_says_what_stands_then(market: Instance) -> None:
    write("Avant.")
    market.hear(placed())
    write("", version=1)
    [mail] = market.send()
    assert "Avant." not in "".join(parts(mail)) and "Le mot du marché" not in "".join(parts(mail))


def test_its_colour_and_its_logo_are_at_the_top(market: Instance) -> None:
    looks = {"name": "Caromb", "joining": Joining.OPEN, "founder_id": ODILE, "brand_colour": "#2a4d8f", "logo": LOGO}
    market.hear(MarketChanged(market_id=MARKET, **looks), seq=2)
    market.hear(placed())
    [mail] = market.send()
    html = parts(mail)[1]
    assert "#2a4d8f" in html and f'src="https://halle.example/api/v1/photos/{LOGO}/small"' in html
    market.hear(MarketChanged(market_id=MARKET, **looks | {"brand_colour": None, "logo": None}), seq=3)
    market.hear(near())
    [mail] = market.send()
    assert "#2a4d8f" not in parts(mail)[1] and "<img" not in parts(mail)[1]


def test_farms_and_organisers_are_told_without_it(market: Instance) -> None:
    for mail in ConsumerMail:
        write("Rien que pour vous.", mail=mail)
    market.know(ODILE)
    market.found_farm(ODILE)
    market.hear(missed())
    mails = market.send()
    assert mails and not any("Rien que pour vous" in parts(mail)[0] for mail in mails)


def test_only_who_organises_a_market_reads_and_writes_its_words(market: Instance) -> None:
    for stranger in (CHARLIE, BOB):
        with pytest.raises(NotFound):
            read_by(stranger)
        with pytest.raises(NotFound):
            write("Achetez chez moi.", by=stranger)
    assert {(one.mail, one.french, one.version) for one in read_by(ODILE)} == {(mail, "", 0) for mail in ConsumerMail}


def test_who_did_not_read_the_last_word_does_not_write_over_it(market: Instance) -> None:
    assert write("Un.").version == 1
    for version in (0, 2, 7):
        with pytest.raises(Conflict):
            write("Autre.", version=version)
    assert write("Deux.", version=1).version == 2
    [word] = [one for one in read_by(ODILE) if one.version]
    assert (word.mail, word.french) == (ConsumerMail.ORDER_PLACED, "Deux.")


def test_each_of_these_mails_is_one_that_is_sent() -> None:
    assert {Kind(mail) for mail in ConsumerMail} <= set(Kind)
