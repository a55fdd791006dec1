"""The one question that orders puts to another service: whether a mediator still has somebody's consent.

A withdrawal must end everything at once, and news of it could be late (decisions/0017). So its owner is asked before
the door opens, in no transaction; where members cannot answer, mediators wait and everybody else does not notice.
"""

from threading import Lock
from uuid import UUID

from bus import database, env
from bus.asking import Line
from bus.doors import Call
from contracts.consents import ReadConsent
from contracts.orders import OnBehalf
from services.orders.store import mediating

WITHIN = 1.0
"""Seconds; an act ends with its own deadline, three seconds after it was asked for."""
_lines: list[Line] = []
_opening = Lock()


def ask_its_owner(command: OnBehalf, call: Call) -> None:
    """NotAllowed `no-consent` where members does not know of one at this instant. A household needs none."""
    if command.on_behalf_of is not None and not _is_at_home(command.on_behalf_of, call):
        question = ReadConsent(consumer_id=command.on_behalf_of)
        _line().ask_raw(question, token=call.token, language=call.language, within=WITHIN)


def _is_at_home(consumer_id: UUID, call: Call) -> bool:
    with database.transaction() as tx:
        return mediating.is_adult(tx, call.asker.person_id, consumer_id)


def _line() -> Line:
    """The process's own line, opened by the first who needs it."""
    with _opening:
        if not _lines:
            _lines.append(Line(env.broker_url()))
        return _lines[0]
