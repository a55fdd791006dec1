"""What a door checks before it opens, what it keeps, and how an answer crosses the wire."""

import json
import time
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from importlib import import_module
from typing import Any
from uuid import UUID, uuid4

import eventlet
import pytest
from joserfc import jwt
from joserfc.jwk import OKPKey
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from bus import database, doors, identity, tables, trail
from bus.doors import Call
from bus.wire import Answer, Kind, rebuild
from contracts.audit import ListOrdersDeeds
from contracts.day import DropOut
from contracts.errors import NotAllowed, NotFound
from contracts.members import Right
from contracts.messages import Refused
from contracts.orders import CancelOrder, ChangeStock, Left, ReadAvailability, ReadOrder
from tests.cast import BOB, FARM

COMMAND = ChangeStock(distribution_id=UUID(int=1), offer_id=UUID(int=2), left=3)


class Town:
    """A town's signing key, known to the service under test."""

    def __init__(self, kid: str = "first") -> None:
        self.key = OKPKey.generate_key("Ed25519", {"kid": kid, "alg": "Ed25519", "use": "sig"})

    def publish(self) -> "Town":
        with database.transaction() as tx:
            statement = text(
                "insert into verification_keys values (:issuer, jsonb_build_array(cast(:key as jsonb)), 1)"
            )
            tx.execute(statement, {"issuer": identity.issuer(), "key": json.dumps(self.key.as_dict(private=False))})
        identity.forget_keys()
        return self

    def token(self, **changes: Any) -> str:
        now = time.time()
        claims = {"iss": identity.issuer(), "sub": str(BOB), "sid": str(uuid4()), "iat": now, "exp": now + 600}
        header = {"alg": identity.ALGORITHM, "kid": self.key.kid}
        return jwt.encode(header, claims | changes, self.key, algorithms=[identity.ALGORITHM])


class Question:
    """What a broker would deliver."""

    def __init__(self, command: Any, **headers: Any) -> None:
        self.body = command if isinstance(command, bytes) else command.model_dump_json().encode()
        self.headers = {"deadline": repr(time.time() + 5)} | headers


def ask(command: Any, method: Any, **headers: Any) -> Answer:
    return doors.conduct(type(command), Question(command, **headers), method)  # type: ignore[arg-type]


def yes(_tx: Connection, command: ChangeStock, _call: Call) -> Left:
    return Left(offer_id=command.offer_id, left=command.left)


def code(answer: Answer) -> str:
    assert answer.kind is Kind.ERROR, answer
    return rebuild(answer.body).code


def test_the_same_key_gives_the_same_answer_and_acts_once(kernel: None) -> None:
    token, acted = Town().publish().token(), []

    def act(tx: Connection, command: ChangeStock, call: Call) -> Left:
        acted.append(call.key)
        return Left(offer_id=command.offer_id, left=len(acted))

    first = ask(COMMAND, act, token=token, key="k" * 8)
    assert first.kind is Kind.ANSWER and ask(COMMAND, act, token=token, key="k" * 8) == first
    assert len(acted) == 1
    other = COMMAND.model_copy(update={"left": 4})
    assert code(ask(other, act, token=token, key="k" * 8)) == "key-reused"


def test_a_list_of_thousands_lets_others_have_their_turn_between_its_items(kernel: None) -> None:
    turns: list[str] = []

    def left(_tx: Connection, command: ReadAvailability, _call: Call) -> Iterator[Left]:
        for number in range(3):
            turns.append("item")
            yield Left(offer_id=command.distribution_id, left=number)

    def another() -> None:
        for _ in range(3):
            turns.append("another")
            eventlet.sleep(0)

    eventlet.spawn(another)
    answer = ask(ReadAvailability(distribution_id=UUID(int=1)), left)
    assert [one["left"] for one in json.loads(answer.body)] == [0, 1, 2]
    assert turns == ["item", "another"] * 3


def test_what_is_done_by_right_leaves_a_row_that_nobody_changes(kernel: None) -> None:
    token = Town().publish().token()
    with database.transaction() as tx:
        row = {"grant_id": uuid4(), "person_id": BOB, "right": "sell", "object_id": FARM, "holds": True, "seq": 1}
        tx.execute(tables.grants.insert().values(row))
    out = DropOut(distribution_id=UUID(int=1), producer_id=FARM, orders=3, amount_cents=1240, reason="Bob est malade")
    ask(out, lambda *_: Refused(code="dropped-out", message="Already."), token=token, key="k" * 8)
    for _ in range(2):
        assert ask(out, lambda *_: b"{}", token=token, key="l" * 8).kind is Kind.ANSWER
    own = CancelOrder(order_id=UUID(int=3), version=1)
    assert ask(own, lambda *_: b"{}", token=token, key="m" * 8).kind is Kind.ANSWER
    with database.transaction() as tx:
        (deed,) = trail.read(tx, BOB, ListOrdersDeeds(object_id=FARM)).deeds
        with pytest.raises(NotFound):
            trail.read(tx, BOB, ListOrdersDeeds())
    assert (deed.person_id, deed.right, deed.held_on, deed.objects) == (BOB, Right.SELL, FARM, [FARM])
    assert deed.facts == {
        "distribution_id": str(UUID(int=1)), "producer_id": str(FARM), "orders": 3, "amount_cents": 1240,
    }  # fmt: skip
    for change in ("delete from trail", "update trail set person_id = uuidv7()"):
        with pytest.raises(DBAPIError, match="only written"), database.transaction() as tx:
            tx.execute(text(change))


def test_a_door_that_opens_its_own_transaction_writes_its_own_trail() -> None:
    """Placing does so on behalf of somebody; any other such door is to be looked at first."""
    services = (import_module(f"services.{name}.service") for name in ("members", "catalog", "orders", "payments"))
    methods = (method for service in services for method in vars(service.Doors).values())
    alone = (door.command for it in methods for door in getattr(it, "nameko_entrypoints", ()) if door.alone)
    assert [command.door for command in alone if command.by] == ["orders.place_order"]


def test_whoever_must_be_asked_first_is_asked_before_a_kept_answer_is_given(kernel: None) -> None:
    token, asked = Town().publish().token(), []

    def first(command: ChangeStock, call: Call) -> None:
        asked.append(call.token)
        if len(asked) > 1:
            raise NotAllowed("no-consent", "Not any longer.")

    message = Question(COMMAND, token=token, key="k" * 8)
    answers = [doors.conduct(ChangeStock, message, yes, first=first) for _ in range(2)]  # type: ignore[arg-type]
    assert answers[0].kind is Kind.ANSWER and code(answers[1]) == "no-consent"
    assert asked == [token, token]


def test_a_refusal_keeps_nothing_and_is_judged_again(kernel: None) -> None:
    token = Town().publish().token()

    def refuse(tx: Connection, _command: ChangeStock, _call: Call) -> Refused:
        tx.execute(text("insert into grants values (uuidv7(), uuidv7(), 'sell', null, true, null, 1)"))
        return Refused(code="not-now", message="Not now.")

    assert ask(COMMAND, refuse, token=token, key="k" * 8).kind is Kind.REFUSED
    with database.transaction() as tx:
        assert (
            tx.execute(text("select (select count(*) from grants) + (select count(*) from idempotency)")).scalar() == 0
        )
    assert ask(COMMAND, yes, token=token, key="k" * 8).kind is Kind.ANSWER


def test_who_acts_needs_a_key_and_who_asks_needs_a_token(kernel: None) -> None:
    token = Town().publish().token()
    assert code(ask(COMMAND, yes, token=token)) == "key-missing"
    assert code(ask(COMMAND, yes, key="k" * 8)) == "sign-in"
    open_question = ReadAvailability(distribution_id=UUID(int=1))
    assert ask(open_question, lambda *_: {"distribution_id": UUID(int=1), "left": []}).kind is not Kind.ERROR


@pytest.mark.parametrize(
    "changes",
    [{"exp": 1.0}, {"iss": "/towns/elsewhere/members"}, {"sub": "nobody"}, {"iat": 9e9}, {"sid": None}],
    ids=["expired", "of another instance", "no person", "from the future", "no session"],
)
def test_a_token_that_is_not_ours_or_not_of_now_is_refused(kernel: None, changes: dict[str, Any]) -> None:
    token = Town().publish().token(**changes)
    assert code(ask(ReadOrder(order_id=UUID(int=1)), yes, token=token)) == "sign-in"


def test_a_forged_token_is_refused(kernel: None) -> None:
    Town().publish()
    forged = Town().token()
    assert code(ask(ReadOrder(order_id=UUID(int=1)), yes, token=forged)) == "sign-in"
    unsigned = ".".join([forged.split(".")[0], forged.split(".")[1], ""])
    assert code(ask(ReadOrder(order_id=UUID(int=1)), yes, token=unsigned)) == "sign-in"
    header = json.dumps({"alg": identity.ALGORITHM, "kid": "first", "crit": [[]]}).encode()
    odd = ".".join([urlsafe_b64encode(header).decode().rstrip("="), *forged.split(".")[1:]])
    assert code(ask(ReadOrder(order_id=UUID(int=1)), yes, token=odd)) == "sign-in"


def test_a_revoked_token_is_refused_at_once_and_a_newer_one_is_not(kernel: None) -> None:
    town = Town().publish()
    old = town.token(iat=time.time() - 10)
    with database.transaction() as tx:
        tx.execute(text("insert into not_before values (:person, now() - interval '5 seconds', 1)"), {"person": BOB})
    assert code(ask(COMMAND, yes, token=old, key="k" * 8)) == "sign-in"
    assert ask(COMMAND, yes, token=town.token(), key="k" * 8).kind is Kind.ANSWER


def test_nothing_is_done_for_somebody_who_no_longer_waits(kernel: None) -> None:
    token = Town().publish().token()
    late = ask(COMMAND, yes, token=token, key="k" * 8, deadline=repr(time.time() - 1))
    assert code(late) == "too-late"


def test_faults_are_named_by_field_and_a_bug_shows_nothing(kernel: None) -> None:
    token = Town().publish().token()
    body = b'{"distribution_id": "x", "offer_id": "00000000-0000-0000-0000-000000000001", "left": -1}'
    faults = doors.conduct(ChangeStock, Question(body, token=token, key="k" * 8), yes)  # type: ignore[arg-type]
    assert [one["field"] for one in rebuild(faults.body).details["fields"]] == ["distribution_id", "left"]

    nul = body.replace(b'"x"', b'"a\\u0000b"')
    refused = doors.conduct(ChangeStock, Question(nul, token=token, key="k" * 8), yes)  # type: ignore[arg-type]
    assert [one["code"] for one in rebuild(refused.body).details["fields"]] == ["nul"]

    def break_down(*_: Any) -> None:
        raise ZeroDivisionError("secret detail")

    bug = ask(COMMAND, break_down, token=token, key="k" * 8)
    assert bug.kind is Kind.BUG and b"secret" not in bug.body
