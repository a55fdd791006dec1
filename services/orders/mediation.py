"""The one question that orders puts to another service: whether a mediator still has somebody's consent.

A withdrawal must end everything at once, and news of it could be late (decisions/0017). So its owner is asked before
the door opens, in no transaction; where members cannot answer, mediators wait and everybody else does not notice.
"""

from threading import Lock

from bus import env
from bus.asking import Line
from bus.doors import Call
from contracts.consents import ReadConsent
from contracts.orders import OnBehalf

WITHIN = 1.0
"""Seconds; an act ends with its own deadline, three seconds after it was asked for."""
_lines: list[Line] = []
_opening = Lock()


def ask_its_owner(command: OnBehalf, call: Call) -> None:
    """NotAllowed `no-consent` where members does not know of one at this instant."""
    if command.on_behalf_of is not None:
        question = ReadConsent(consumer_id=command.on_behalf_of)
        _line().ask_raw(question, token=call.token, language=call.language, within=WITHIN)


def _line() -> Line:
    """The process's own line, opened by the first who needs it."""
    with _opening:
        if not _lines:
            _lines.append(Line(env.broker_url()))
        return _lines[0]
