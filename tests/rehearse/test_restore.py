"""The table of a restore reports each way in which a backup could differ from what people were told."""

from typing import Any

from tests.chaos.judge import essence
from tests.rehearse.restore import Loss, compare


def told(order_id: str, version: int, quantity: int) -> dict[str, Any]:
    lines = [{"offer_id": "eggs", "quantity": quantity, "amount_cents": 40 * quantity}]
    about = {"order_id": order_id, "version": version, "state": "placed", "total_cents": 40 * quantity}
    return about | {"lines": lines}


def a_loss() -> Loss:
    """Bob's order was there before the backup, was changed after it, and Charlie's came too late for it."""
    bobs, changed, charlies = told("bob", 1, 6), told("bob", 2, 12), told("charlie", 1, 3)
    loss = Loss(before={"bob": bobs}, last={"bob": changed, "charlie": charlies})
    loss.told = {(one["order_id"], one["version"]): one for one in (bobs, changed, charlies)}
    loss.there = {"bob": essence(bobs)}
    return loss


def not_well(loss: Loss) -> list[str]:
    return [figure.name for figure in compare(loss) if figure.ok is False]


def test_what_came_after_the_backup_is_counted_and_no_fault() -> None:
    loss = a_loss()
    assert not_well(loss) == []
    assert [figure.value for figure in compare(loss) if figure.ok is None] == [1, 1]


def test_an_order_acknowledged_before_the_backup_that_is_gone_is_a_fault() -> None:
    loss = a_loss()
    loss.there = {}
    assert not_well(loss) == ["orders acknowledged before the backup that are in it"]


def test_an_older_version_than_was_acknowledged_before_the_backup_is_a_fault() -> None:
    loss = a_loss()
    loss.before = {"bob": loss.last["bob"]}
    assert not_well(loss) == ["orders acknowledged before the backup that are in it"]


def test_an_order_that_is_not_as_it_was_told_or_was_told_to_nobody_is_a_fault() -> None:
    loss = a_loss()
    loss.there = {"bob": essence(told("bob", 1, 5)), "nobody": essence(told("nobody", 1, 1))}
    assert [figure.value for figure in compare(loss) if figure.ok is False] == ["2"]
