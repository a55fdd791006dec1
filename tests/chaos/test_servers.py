"""What chaos makes of the broker's log: a part that was told to stop is explained, one that broke is not."""

import pytest

from tests.chaos.servers import postgres_errors, unexplained

pytestmark = pytest.mark.check

STOPPED = """\
2026-11-22 05:59:55.487632+00:00 [error] <0.774.0> ** Generic server <0.774.0> terminating
2026-11-22 05:59:55.487632+00:00 [error] <0.774.0> ** Last message in was {'$gen_cast',terminate}
2026-11-22 05:59:55.487632+00:00 [error] <0.774.0> ** Reason for termination ==
2026-11-22 05:59:55.487632+00:00 [error] <0.774.0> ** noproc"""
BROKEN = STOPPED.replace("{'$gen_cast',terminate}", "{publish}").replace("noproc", "badmatch")


def test_a_channel_that_was_told_to_stop_is_explained() -> None:
    assert unexplained(STOPPED.splitlines()) == []


def test_a_channel_that_broke_is_told_line_by_line() -> None:
    assert unexplained(BROKEN.splitlines()) == BROKEN.splitlines()
    assert unexplained([*BROKEN.splitlines(), *STOPPED.replace("0.774.0", "0.9.0").splitlines()]) == BROKEN.splitlines()


def test_who_is_stopped_at_the_door_is_no_error_and_who_waits_there_is() -> None:
    def at(second: int, words: str) -> str:
        return f"2026-11-23 03:58:{second}.650 UTC [12973] {words}"

    waits = "FATAL:  canceling authentication due to timeout"
    stops, stopped = "LOG:  received fast shutdown request", "LOG:  database system is shut down"
    other = at(46, "ERROR:  division by zero")
    log = [at(41, waits), at(45, stops), at(46, waits), other, at(47, stopped), at(58, waits)]
    assert postgres_errors(log) == [log[0], other, log[-1]]
