"""Mails make room while many orders come in, and no longer."""

from services.notifications.rush import LONGEST, RUSH, Rush


class Clock:
    """Seconds that a test moves."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_many_orders_in_one_second_are_a_rush_until_the_second_is_over() -> None:
    clock = Clock()
    rush = Rush(clock)
    rush.note(RUSH)
    assert not rush.is_on()
    rush.note(1)
    assert rush.is_on()
    clock.now += 1.1
    assert not rush.is_on()


def test_a_rush_that_does_not_end_is_how_things_are() -> None:
    clock = Clock()
    rush = Rush(clock)
    while clock.now < 1000 + LONGEST:
        rush.note(RUSH)
        assert rush.is_on() == (clock.now > 1000)
        clock.now += 0.5
    rush.note(RUSH)
    assert rush.is_on()
    clock.now += 0.5
    rush.note(RUSH)
    assert not rush.is_on()
