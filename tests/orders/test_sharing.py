"""Thirty of thirty-seven came: who goes short, by properties that hold for any orders."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.day import ShareRule
from services.orders.rules import shares

pytestmark = pytest.mark.check

PACKS = st.sampled_from([1, 2, 250, 500])
COUNTS = st.lists(st.integers(1, 40), min_size=1, max_size=30)
RULES = st.sampled_from(list(ShareRule))


@given(RULES, st.integers(0, 20_000), COUNTS, PACKS)
def test_all_that_came_is_given_out_in_whole_packs_and_nobody_gets_more_than_was_ordered(
    rule: ShareRule, came: int, counts: list[int], pack: int
) -> None:
    ordered = [count * pack for count in counts]
    got = shares(rule, came, ordered, pack)
    assert all(0 <= g <= wanted and g % pack == 0 for g, wanted in zip(got, ordered, strict=True))
    assert min(came, sum(ordered)) - sum(got) in range(pack), "less than a pack is left over"


@given(st.integers(0, 1200), COUNTS)
def test_by_parts_nobody_is_a_whole_pack_away_from_his_part(came: int, ordered: list[int]) -> None:
    came = min(came, sum(ordered))
    got = shares(ShareRule.PRO_RATA, came, ordered, 1)
    assert all(abs(g * sum(ordered) - came * w) < sum(ordered) for g, w in zip(got, ordered, strict=True))


@pytest.mark.parametrize(
    "rule, came, ordered, got",
    [
        (ShareRule.FIRST_COME, 30, [10, 15, 12], [10, 15, 5]),
        (ShareRule.PRO_RATA, 30, [10, 15, 12], [8, 12, 10]),
        (ShareRule.PRO_RATA, 2, [1, 1, 1], [1, 1, 0]),
        (ShareRule.PRO_RATA, 0, [3], [0]),
        (ShareRule.FIRST_COME, 99, [3, 4], [3, 4]),
    ],
)
def test_known_cases(rule: ShareRule, came: int, ordered: list[int], got: list[int]) -> None:
    assert shares(rule, came, ordered, 1) == got
