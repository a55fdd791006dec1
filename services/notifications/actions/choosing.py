"""What members of a market chose to be told of its sales, and the telling: in batches, to each person once.

A batch waits while enough mails wait to be sent: where hundreds of windows open at one second, thousands who want to
hear of it must not stand before somebody's confirmation.
"""

from datetime import timedelta
from uuid import UUID

import orjson
from sqlalchemy import Connection

from bus import clock, timers
from bus.timers import Timer
from contracts.errors import NotFound
from contracts.members import MembershipChanged, Standing
from contracts.notifications import Choice, ChooseMessages, EndChoice, Wanted
from contracts.windows import Window
from services.notifications import store
from services.notifications.actions import sales
from services.notifications.store import choices

BATCH = 100
ROOM = 1000
"""Messages that wait to be sent; while there are as many, nothing by choice is added."""
PAUSE = timedelta(seconds=2)


def mine(tx: Connection, person_id: UUID) -> list[Choice]:
    """What somebody chose, market by market."""
    return [Choice.model_validate(row._mapping) for row in choices.of_member(tx, person_id)]


def choose(tx: Connection, command: ChooseMessages, person_id: UUID) -> Choice:
    """Write down what a member wants to be told; what is not wanted any more and is unsent, is not sent."""
    store.take_turns(tx, [person_id])
    chosen = Choice(**command.model_dump())
    wanted = {one: bool(getattr(chosen, one)) for one in Wanted}
    if not choices.choose(tx, person_id, command.market_id, wanted):
        raise NotFound("not-a-member", "You are no member of this market.")
    choices.end(tx, person_id, command.market_id, [one for one in Wanted if not wanted[one]])
    return chosen


def end(tx: Connection, command: EndChoice) -> None:
    """End what a mail's link names; again, it stays ended."""
    found = choices.by_secret(tx, command.secret)
    if found is None:
        raise NotFound("no-such-choice", "Nobody is told anything by this link any more.")
    store.take_turns(tx, [found.person_id])
    choices.end(tx, found.person_id, found.market_id, [command.wanted])


def know_membership(tx: Connection, event: MembershipChanged, seq: int) -> None:
    """Keep who is a member; who is none any more is told nothing more, and chooses anew on coming back."""
    store.take_turns(tx, [event.person_id])
    is_new = choices.know_membership(tx, event.model_dump() | {"seq": seq})
    if is_new and event.standing is not Standing.MEMBER:
        choices.end(tx, event.person_id, event.market_id, Wanted)


def announce(tx: Connection, wanted: Wanted, window: Window) -> None:
    """Want something told of a sale, once."""
    if choices.enter(tx, window.distribution_id, wanted, window.model_dump_json()):
        subject = f"{window.distribution_id}:{wanted}"
        due_at = clock.now(tx)
        timers.schedule(tx, "tell_choosers", key=subject, subject=subject, due_at=due_at, version=1)


def call_off(tx: Connection, distribution_id: UUID) -> None:
    """Tell nothing more of a sale that is cancelled, also where its opening is heard of only later.

    Before anybody's turn is taken: who tells of a sale holds it first, then takes turns.
    """
    choices.call_off(tx, distribution_id)


def tell_choosers(tx: Connection, timer: Timer) -> None:
    """Write to the next who chose it, unless the sale is cancelled or closed by now."""
    sale, kind = timer.subject.split(":")
    wanted, now = Wanted(kind), clock.now(tx)
    entered = choices.announcement(tx, UUID(sale), wanted)
    if entered.content is None:
        return
    window = Window.model_validate_json(entered.content)
    if now >= window.closes_at:
        return
    if not choices.has_room(tx, ROOM):
        timers.again(tx, timer._replace(due_at=now + PAUSE))
    elif _tell_next(tx, wanted, window, entered.reached):
        timers.again(tx, timer)


def _tell_next(tx: Connection, wanted: Wanted, window: Window, after: UUID | None) -> bool:
    """Write to a batch; whether there may be more. Whoever ends a choice meanwhile waits, or is passed over."""
    batch = choices.choosers(tx, window.market_id, wanted, after, BATCH)
    if not batch:
        return False
    store.take_turns(tx, batch)
    secrets = choices.secrets_of(tx, window.market_id, wanted, batch)
    if wanted is Wanted.CLOSING_SOON:
        for person_id in choices.buyers(tx, window.market_id, window.distribution_id, secrets):
            del secrets[person_id]
    said = window.model_dump(mode="json")
    contents = {person: orjson.dumps(said | {"secret": str(secret)}).decode() for person, secret in secrets.items()}
    sales.write_by_choice(tx, wanted, window, contents)
    choices.reached(tx, window.distribution_id, wanted, batch[-1])
    return len(batch) == BATCH
