"""A plan that hung on a farm's word changed: each version is told once, to who sells for the farm."""

from contracts.replanning import PlanChanged
from tests.cast import ALICE, CHARLIE, FARM, MARKET, ODILE
from tests.notifications.changes import kept
from tests.notifications.conftest import Instance, organises
from tests.notifications.test_hearing import addresses


def test_a_plan_that_changed_is_told_once_per_version_to_who_sells_for_the_farms(halle: Instance) -> None:
    for person in (ALICE, ODILE, CHARLIE):
        halle.know(person)
    halle.hear(organises(ODILE))
    halle.found_farm(ALICE)
    moved = kept(PlanChanged).model_copy(update={"producers": [FARM, MARKET]})
    off = moved.model_copy(update={"version": 3, "cancelled": True})
    for event in (off, moved, off):
        halle.hear(event)
    assert addresses(halle) == {"alice@example.org"}
    assert sorted("annulée" in mail["Subject"] for mail in halle.letterbox.mails) == [False, True]
