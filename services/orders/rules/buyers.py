"""How often, and until when, one writes to the buyers of a distribution. Pure.

Three a day: the news, its correction and a last word; who needs more should telephone. A week after the hand-over an
order is over: a forgotten bag has been asked for, and what comes later would be advertising, for which nobody gave the
address.
"""

from datetime import datetime, timedelta

from contracts.messages import Refused

MOST = 3
"""Messages of one side, the market's or one farm's, to the buyers of one distribution within `SPAN`."""
SPAN = timedelta(days=1)
AFTERWARDS = timedelta(days=7)


def is_over(ends_at: datetime, now: datetime) -> bool:
    """Whether nothing is written any more to those who ordered."""
    return now >= ends_at + AFTERWARDS


def refusal(*, people: int, written: int, ends_at: datetime, now: datetime) -> Refused | None:
    """Why nothing may be written to so many people, after so many messages within a day."""
    if is_over(ends_at, now):
        return Refused(code="orders-over", message="This hand-over was more than a week ago: its orders are over.")
    if not people:
        return Refused(code="nobody-ordered", message="Nobody has an order here to whom one could write.")
    if written >= MOST:
        message = f"{MOST} messages a day at most: write the next one tomorrow, or telephone."
        return Refused(code="too-many-messages", message=message, details={"most": MOST})
    return None
