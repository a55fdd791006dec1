"""What a person on call types about messages that nobody could take is done, or refused in a sentence."""

import pytest
from sqlalchemy import text

from bus import operate
from bus.database import transaction

PARK = "insert into parked (queue, message, error, parked_at) values ('orders.ears', 'body', 'why', halle_now())"


@pytest.fixture
def parked(kernel: None) -> str:
    """A message as `dead list` names it."""
    with transaction() as tx:
        number = tx.execute(text(f"{PARK} returning id")).scalar_one()
    return f"orders:{number}"


def test_a_parked_message_is_listed_shown_and_dropped(parked: str, capsys: pytest.CaptureFixture[str]) -> None:
    for words in (["list"], ["show", parked], ["drop", parked], ["list"]):
        assert operate.main(["dead", *words]) == 0
    said = capsys.readouterr().out
    assert said.count(parked) == 3 and said.endswith("Nothing is parked.\n")


@pytest.mark.parametrize("word", ["show", "replay", "drop"])
def test_a_message_that_there_is_not_is_said_to_be_none(
    word: str, parked: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit, match="there is no parked message orders:4711"):
        operate.main(["dead", word, "orders:4711"])
    assert capsys.readouterr().out == ""


def test_an_instant_that_is_none_is_named(kernel: None, capsys: pytest.CaptureFixture[str]) -> None:
    replay = ["replay", "--type", "orders.order_placed.v1", "--since"]
    assert operate.main([*replay, "2026-12-01T00:00:00Z"]) == 0
    with pytest.raises(SystemExit):
        operate.main([*replay, "last week"])
    assert "argument --since" in capsys.readouterr().err
