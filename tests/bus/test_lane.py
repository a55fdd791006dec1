"""A relay's hold on one database: who loses it lets go of all that was under way."""

import pytest
from sqlalchemy import text

from bus import database
from bus.lane import Lane
from deploy.ports import free_port
from tests.bus.test_relay import say


def test_a_leader_whose_database_stays_away_lets_go(kernel: None, monkeypatch: pytest.MonkeyPatch) -> None:
    lane = Lane("test", "orders")
    lane.remembered = True
    say(1)
    (row,) = lane.read()
    lane.confirm(row)
    with database.transaction() as tx:
        others = "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'halle-relay'"
        assert tx.execute(text(others)).scalar_one()
    monkeypatch.setattr(lane, "_url", f"postgresql+psycopg://nobody@127.0.0.1:{free_port()}/nothing")
    lane.mark()
    assert lane.broken
    monkeypatch.setattr(lane, "_tried", 0.0)
    assert lane.read() == []
    assert lane.broken
