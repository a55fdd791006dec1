"""The keys of identity tokens: made once, published before they sign, replaced."""

import base64
import json
import threading

from bus import database, identity
from contracts.members import KeysChanged
from tests.members.conftest import Person, Town


def kid(token: str) -> str:
    head = token.split(".")[0]
    found: str = json.loads(base64.urlsafe_b64decode(head + "=" * (-len(head) % 4)))["kid"]
    return found


def test_ten_workers_that_start_together_make_one_key(town: Town) -> None:
    with database.transaction() as tx:
        for table in ("signing_keys", "verification_keys", "outbox", "timers"):
            tx.exec_driver_sql(f"delete from {table}")
    starts = [threading.Thread(target=database.atomically, args=[town.service.begin]) for _ in range(10)]
    for start in starts:
        start.start()
    for start in starts:
        start.join()
    assert len(town.rows("select 1 from signing_keys")) == 1
    assert town.seqs(KeysChanged) == [1]


def test_only_the_public_half_is_published(town: Town) -> None:
    (said,) = town.said(KeysChanged)
    assert said.issuer == identity.issuer()
    assert [set(key) for key in said.keys] == [{"crv", "x", "kty", "kid"}]


def test_a_new_key_is_known_an_hour_before_it_signs(town: Town, alice: Person) -> None:
    old = alice.token
    town.wait(days=15)
    alice.identify()
    town.wait(days=15, seconds=1)
    town.ring()
    assert [len(said.keys) for said in town.said(KeysChanged)] == [1, 2]
    assert kid(alice.token) == kid(old)
    town.wait(hours=1, seconds=1)
    alice.identify()
    town.ring()
    new = alice.token
    assert kid(new) != kid(old)
    assert kid(new) in {key["kid"] for key in town.said(KeysChanged)[-1].keys}
    identity.forget_keys()
    assert identity.verify(old).person_id == identity.verify(new).person_id


def test_two_keys_are_valid_at_most_and_the_set_only_gets_newer(town: Town) -> None:
    for _ in range(4):
        town.wait(days=31)
        town.ring()
        town.wait(hours=2)
        town.ring()
    assert [len(said.keys) for said in town.said(KeysChanged)] == [1, 2, 2, 2, 2]
    assert town.seqs(KeysChanged) == [1, 2, 3, 4, 5]
    assert len({said.keys[0]["kid"] for said in town.said(KeysChanged)}) > 1
    (kept,) = town.rows("select seq, keys from verification_keys")
    assert kept.seq == 5
    assert kept[1] == town.said(KeysChanged)[-1].keys


def test_after_a_year_switched_off_there_is_one_new_key(town: Town) -> None:
    town.wait(days=365)
    town.ring()
    assert town.seqs(KeysChanged) == [1, 2]
