"""A server that takes a connection and never answers: what was opened towards it is closed again."""

import gc
import socket
from collections.abc import Iterator
from contextlib import closing

import psycopg
import pytest

from bus import connecting


@pytest.fixture
def without_cycle_search() -> Iterator[None]:
    """As in a process that has little to do, which searches for cycles minutes later."""
    gc.disable()
    yield
    gc.enable()


@pytest.mark.usefixtures("without_cycle_search")
def test_an_attempt_given_up_lets_go_of_its_socket(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connecting, "PATIENCE", 2)
    with closing(socket.create_server(("127.0.0.1", 0))) as silent:
        url = f"postgresql+psycopg://somebody:secret@127.0.0.1:{silent.getsockname()[1]}/nothing"
        with pytest.raises(psycopg.errors.ConnectionTimeout) as failure:
            connecting.connect(url)
        with closing(silent.accept()[0]) as taken:
            taken.settimeout(10)
            while taken.recv(1024):
                continue
        assert "timeout" in str(failure.value)
