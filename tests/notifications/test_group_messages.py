"""What a market or a farm writes to everybody who ordered: one mail each, in the reader's language around it."""

from email.message import EmailMessage
from uuid import UUID, uuid4

from contracts.catalog import Joining, MarketChanged
from contracts.households import AdultChanged
from contracts.members import PersonErased
from tests.cast import ALICE, BOB, MALIK, MARKET, ODILE
from tests.notifications.changes import written_to
from tests.notifications.conftest import Instance


def plain(mail: EmailMessage) -> str:
    part = mail.get_body(("plain",))
    assert part
    return str(part.get_content()).replace("\xa0", " ")


def addresses(halle: Instance) -> list[str]:
    return sorted(mail["to"].addresses[0].addr_spec for mail in halle.send())


def test_a_message_is_one_mail_however_often_and_in_which_order_it_is_heard(halle: Instance) -> None:
    halle.know(BOB)
    fact = uuid4()
    for _ in range(2):
        halle.hear(written_to(BOB, number=2), factid=fact)
    halle.hear(written_to(BOB, number=1))
    halle.hear(written_to(BOB, number=2))  # told anew by an emptied broker
    assert len(halle.send()) == 2 and halle.send() == []


def test_it_says_who_writes_by_name_and_role_and_names_the_market(halle: Instance) -> None:
    halle.know(BOB)
    halle.know(ODILE, name="Odile Blanc")
    halle.hear(written_to(BOB))
    (mail,) = halle.send()
    assert mail["Subject"] == "La halle est fermée, on se retrouve à l'école – Marché de Caromb"
    assert mail["From"].addresses[0].display_name.startswith("Marché de Caromb")
    said = plain(mail)
    assert "Odile Blanc, responsable du marché, écrit à tous ceux qui ont commandé pour le vendredi 4 décembre" in said
    assert "la remise se fait dans la cour de l'école" in said and "https://halle.example/orders" in said


def test_a_farm_writes_under_its_own_name_and_a_name_that_is_gone_is_left_out(halle: Instance) -> None:
    halle.know(BOB)
    halle.know(ALICE)
    halle.hear(written_to(BOB, farm=True))
    (mail,) = halle.send()
    assert "Alice Roux (Ferme du Rieu) écrit à tous ceux qui ont commandé ses produits" in plain(mail)
    halle.hear(written_to(BOB, farm=True, number=2))
    halle.hear(PersonErased(person_id=ALICE), seq=9)
    (mail,) = halle.send()
    assert "\nFerme du Rieu écrit à tous ceux" in plain(mail) and "Alice" not in plain(mail)
    assert "Alice" not in str(halle.rows("content"))


def test_around_it_stands_the_readers_language_or_the_markets_tu(halle: Instance) -> None:
    halle.know(BOB, language="en")
    halle.know(ODILE, name="Odile Blanc")
    halle.hear(written_to(BOB))
    (mail,) = halle.send()
    said = plain(mail)
    assert "Odile Blanc, who organises the market, writes to everybody who ordered" in said and "la cour" in said
    halle.know(BOB, seq=2)
    halle.hear(MarketChanged(market_id=MARKET, name="M", joining=Joining.OPEN, founder_id=ODILE, says_tu=True))
    halle.hear(written_to(BOB, number=2))
    (mail,) = halle.send()
    assert "parce que tu as commandé" in plain(mail) and "vous avez" not in plain(mail)


def test_what_was_typed_is_text_and_its_links_stay_text(halle: Instance) -> None:
    halle.know(BOB)
    halle.hear(written_to(BOB, subject="<b>Ici</b>", text="<script>x</script>\n{{ link }}\nhttps://x.example"))
    (mail,) = halle.send()
    page = mail.get_body(("html",))
    assert page
    shown = page.get_content()
    assert "<script" not in shown and "&lt;script&gt;x&lt;/script&gt;<br>" in shown and "<b>Ici" not in shown
    assert 'href="https://x.example' not in shown and "{{ link }}" in shown


def test_the_household_is_told_and_who_ordered_as_well_is_told_once(halle: Instance) -> None:
    halle.know(BOB)
    halle.know(MALIK, name="Malik", email="malik@example.org")
    halle.hear(AdultChanged(adult_id=UUID(int=4100), consumer_id=BOB, person_id=MALIK, holds=True))
    halle.hear(written_to(BOB))
    halle.hear(written_to(MALIK))
    assert addresses(halle) == ["bob@example.org", "malik@example.org"]
    halle.hear(written_to(MALIK, number=2))
    assert addresses(halle) == ["malik@example.org"], "his order is his own"


def test_who_was_erased_gets_nothing_and_nothing_is_kept(halle: Instance) -> None:
    halle.know(BOB)
    halle.hear(written_to(BOB))
    halle.hear(PersonErased(person_id=BOB), seq=9)
    halle.hear(written_to(BOB, number=2))
    assert halle.send() == [] and halle.rows() == []


def test_what_was_forgotten_with_its_writer_is_not_written(halle: Instance) -> None:
    halle.know(BOB)
    halle.hear(written_to(BOB, subject="", text=""))
    assert halle.send() == []


def test_the_words_are_not_kept_once_they_are_sent(halle: Instance) -> None:
    halle.know(BOB)
    halle.hear(written_to(BOB))
    halle.send()
    assert halle.rows("kind, state, content") == [("group_message", "sent", None)]
