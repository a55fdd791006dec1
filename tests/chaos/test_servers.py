"""What chaos makes of the broker's log: a part that was told to stop is explained, one that broke is not."""

import pytest

from tests.chaos.servers import unexplained

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
