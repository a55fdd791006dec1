"""Both sides of a loan are told once, each with the page on which it goes on."""

from uuid import UUID

from contracts.loans import LoanState
from services.notifications.rules import Kind
from tests.cast import ALICE, BOB, MALIK, MARKET, ODILE
from tests.notifications.conftest import Instance, organises
from tests.notifications.lending import lends, lent
from tests.notifications.test_hearing import addresses, body
from tests.notifications.test_mails import written


def test_a_word_about_a_loan_is_told_once_to_both_sides_but_not_to_who_said_it(halle: Instance) -> None:
    for person in (ALICE, BOB, MALIK, ODILE):
        halle.know(person)
    for right in (organises(ODILE), lends(BOB), lends(MALIK).model_copy(update={"grant_id": UUID(int=97)})):
        halle.hear(right)
    for _ in range(2):
        halle.hear(lent(by=MALIK))
    assert addresses(halle) == {f"{ODILE}@example.org", "bob@example.org"} and len(halle.letterbox.mails) == 2
    ends = {body(mail).strip().rpartition("halle.example")[2] for mail in halle.letterbox.mails}
    assert ends == {"/towns/84030/loans", f"/organise/{MARKET}/loans"}


def test_a_loan_is_told_with_its_days_its_conditions_and_what_has_lost_its_place() -> None:
    granted = lent(MALIK, state=LoanState.GRANTED).model_copy(update={"displaced": []})
    yes = written(Kind.LOAN, granted.model_dump_json())
    assert yes.subject == "Prêt accordé : Salle des fêtes, Caromb"
    assert "Du 18 décembre 2026 au 25 juin 2027, 16:00–20:00 (vendredi)" in yes.text
    assert "Attestation d'assurance à donner avant le 11 décembre 2026\nBalayer" in yes.text
    notice = written(Kind.TOWN_LOAN, lent(MALIK).model_dump_json(), "en")
    assert "its last day is 29 January 2027." in notice.text and "/towns/84030/loans" in notice.text
    assert "another place:\n  Friday 5 February 2027\n  Friday 12 February 2027\n" in notice.text
    for state in (LoanState.ASKED, LoanState.REFUSED, LoanState.WITHDRAWN):
        assert "Salle des fêtes" in written(Kind.LOAN, lent(MALIK, state=state).model_dump_json()).subject
