"""A reminder is one mail per order and hour of its hand-over."""

from datetime import UTC, datetime

from tests.cast import BOB
from tests.notifications.changes import near
from tests.notifications.conftest import Instance


def test_an_order_is_reminded_of_once_and_again_when_it_is_moved(halle: Instance) -> None:
    halle.know(BOB)
    moved = near(starts_at=datetime(2026, 12, 5, 16, 30, tzinfo=UTC))
    for event in (moved, near(), near(), moved):
        halle.hear(event)
    assert [mail["Subject"].split(" – ")[0] for mail in halle.send()] == [
        "Votre commande vous attend le samedi 5 décembre 2026",
        "Votre commande vous attend le vendredi 4 décembre 2026",
    ]
