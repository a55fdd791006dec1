"""Sessions and identity tokens: what ends at once, and what goes on."""

import base64
import json
import time
from datetime import UTC, datetime, timedelta

import pytest
import uuid_utils.compat as uuid
from joserfc import jwt
from joserfc.jwk import OKPKey

from bus import database, identity, tables
from contracts.accounts import (
    ChangeAccount,
    ChangePassword,
    EndOtherSessions,
    EndSession,
    EraseAccount,
    Identify,
    ListSessions,
    MyAccount,
    SignOut,
    SignUp,
)
from contracts.errors import Conflict, NotAllowed, NotFound
from contracts.members import (
    GrantChanged,
    MembershipChanged,
    PersonChanged,
    PersonErased,
    Standing,
    TokensRevoked,
)
from services.members.store import sessions as store
from tests.members.conftest import PASSWORD, Person, Town

ALICE = "alice@example.org"


def refused(town: Town, token: str) -> bool:
    try:
        town.ask_with(MyAccount(), token)
    except NotAllowed as error:
        return error.code == "sign-in"
    return False


def test_an_identity_says_who_and_for_ten_minutes(town: Town, alice: Person) -> None:
    told = alice.identify()
    assert (told.name, told.email, told.language) == ("Alice", ALICE, "fr")
    assert 590 < told.expires_at.timestamp() - time.time() <= 600
    asker = identity.verify(told.token)
    assert (asker.person_id, asker.session_id) == (told.person_id, told.session_id)


def test_an_ended_session_is_refused_at_once_and_others_go_on(town: Town, alice: Person) -> None:
    telephone = town.sign_in(ALICE, device="Téléphone")
    lost = alice.identify()
    token = telephone.token
    town.ask(EndSession(session_id=lost.session_id), telephone)
    assert refused(town, lost.token)
    assert refused(town, token)
    with pytest.raises(NotAllowed, match="sign-in"):
        alice.identify()
    assert not refused(town, telephone.token)
    (listed,) = town.ask(ListSessions(), telephone)
    assert (listed.device, listed.address, listed.is_current) == ("Téléphone", "192.0.2.1", True)


def test_all_other_sessions_end_together(town: Town, alice: Person) -> None:
    others = [town.sign_in(ALICE) for _ in range(3)]
    town.ask(EndOtherSessions(), alice)
    for other in others:
        with pytest.raises(NotAllowed, match="sign-in"):
            other.identify()
    assert len(town.ask(ListSessions(), alice)) == 1


def test_nobody_ends_anothers_session(town: Town, alice: Person, charlie: Person) -> None:
    with pytest.raises(NotFound, match="no-session"):
        town.ask(EndSession(session_id=alice.identify().session_id), charlie)
    assert alice.identify().name == "Alice"
    assert len(town.ask(ListSessions(), charlie)) == 1


def test_signing_out_twice_is_signing_out(town: Town, alice: Person) -> None:
    token = alice.token
    town.ask(SignOut(secret=alice.secret))
    town.ask(SignOut(secret=alice.secret))
    town.ask(SignOut(secret="never a secret"))
    assert refused(town, token)
    assert len(town.said(TokensRevoked)) == 1


def test_a_session_lives_thirty_days_after_it_was_last_seen(town: Town, alice: Person) -> None:
    for _ in range(3):
        town.wait(days=29)
        alice.identify()
    town.wait(days=30, seconds=1)
    with pytest.raises(NotAllowed, match="sign-in"):
        alice.identify()


def test_a_token_of_the_instant_of_a_revocation_is_void_and_the_next_is_good(town: Town, alice: Person) -> None:
    """Whatever the clocks of two workers say: here one is an hour ahead, then one an hour behind."""
    digest = town.service.sessions.rules.digest(alice.secret)
    now = town.rows("select halle_now() as now")[0].now
    ahead = datetime.now(UTC) + timedelta(hours=1)
    with database.transaction() as tx:
        issued = store.see(tx, digest, now, ahead, timedelta(days=1)).token_at  # type: ignore[union-attr]
        revoked = store.revoke(tx, alice.id, datetime.now(UTC)).not_before
        again = store.see(tx, digest, now, datetime.now(UTC), timedelta(days=1)).token_at  # type: ignore[union-attr]
        later = store.revoke(tx, alice.id, datetime.now(UTC)).not_before
    assert issued < revoked <= again < later


def test_an_issue_instant_survives_the_token_to_the_microsecond(town: Town, alice: Person) -> None:
    for _ in range(50):
        token = alice.token
        (row,) = town.rows("select max(token_at) as at from sessions")
        assert identity.verify(token).issued_at == row.at


def test_a_forged_token_is_refused(town: Town, alice: Person) -> None:
    token = alice.token
    head, body, signature = token.split(".")
    claims = json.loads(base64.urlsafe_b64decode(body + "=="))
    stranger = OKPKey.generate_key("Ed25519", private=True)
    kid = json.loads(base64.urlsafe_b64decode(head + "=="))["kid"]
    forged = jwt.encode({"alg": "Ed25519", "kid": kid}, claims, stranger, algorithms=["Ed25519"])
    nothing = base64.urlsafe_b64encode(b'{"alg":"none"}').rstrip(b"=").decode()
    for wrong in (forged, f"{nothing}.{body}.", f"{head}.{body}.{signature[:-4]}AAAA", "x"):
        assert refused(town, wrong)


def test_a_token_of_another_town_or_of_yesterday_is_refused(town: Town, alice: Person) -> None:
    with database.transaction() as tx:
        key = OKPKey.import_key(store.signing_key(tx))
    good = json.loads(base64.urlsafe_b64decode(alice.token.split(".")[1] + "=="))
    old = {"iat": good["iat"] - 9000, "exp": good["exp"] - 9000}
    for wrong in ({"iss": "/towns/other/members"}, old, {"iat": good["iat"] + 900}):
        header = {"alg": "Ed25519", "kid": key.kid}
        assert refused(town, jwt.encode(header, good | wrong, key, algorithms=["Ed25519"]))


def test_changing_the_password_keeps_this_session_only(town: Town, alice: Person) -> None:
    other, token = town.sign_in(ALICE), alice.token
    change = ChangePassword(current=PASSWORD, new="an entirely new one")
    town.ask(change, alice, key="k")
    assert refused(town, token)
    town.ask(change, alice, key="k")
    with pytest.raises(NotAllowed, match="sign-in"):
        other.identify()
    assert town.ask(MyAccount(), alice).email == ALICE
    assert town.sign_in(ALICE, "an entirely new one").id == alice.id


def test_a_change_of_account_is_told_in_order(town: Town, alice: Person) -> None:
    wanted = ChangeAccount(name="Alice Martin", phone="06 12 34 56 78", language="en")
    assert town.ask(wanted, alice).phone == "06 12 34 56 78"
    town.ask(wanted.model_copy(update={"phone": None}), alice)
    told = town.said(PersonChanged)
    assert [t.phone for t in told] == [None, "06 12 34 56 78", None]
    seqs = town.seqs(PersonChanged)
    assert seqs == sorted(set(seqs))


def test_an_erased_account_leaves_nothing_but_its_id(town: Town, alice: Person) -> None:
    market = town.market(alice)
    from contracts.members import JoinMarket

    town.ask(JoinMarket(market_id=market, message="I am Alice"), alice)
    token = alice.token
    with pytest.raises(NotAllowed, match="wrong-password"):
        town.ask(EraseAccount(password="wrong"), alice)
    town.ask(EraseAccount(password=PASSWORD), alice)
    assert refused(town, token)
    with pytest.raises(NotAllowed, match="sign-in"):
        alice.identify()
    for table in (*town.service.accounts.store.accounts.metadata.tables,):
        kept = str(town.rows(f'select t::text from "{table}" t')).lower()
        assert "alice" not in kept, table
    assert town.said(PersonErased)[-1].person_id == alice.id
    assert town.seqs(PersonErased)[-1] > town.seqs(PersonChanged)[-1]
    assert not town.said(GrantChanged)[-1].holds
    assert town.said(MembershipChanged)[-1].standing is Standing.LEFT
    assert town.said(TokensRevoked)


def test_an_erased_address_may_sign_up_again_as_somebody_new(town: Town, alice: Person) -> None:
    town.ask(EraseAccount(password=PASSWORD), alice)
    with pytest.raises(NotAllowed, match="wrong-email-or-password"):
        town.sign_in(ALICE)
    assert town.meet("Alice").id != alice.id


def test_a_stranger_may_do_nothing_that_needs_a_person(town: Town) -> None:
    from contracts.messages import COMMANDS

    for command in COMMANDS.values():
        if command.service() != "members" or command.open_to_strangers:
            continue
        with pytest.raises(NotAllowed, match="sign-in"):
            town.ask_with(command.model_construct(), None)


def test_the_daily_sweep_drops_what_is_over_and_comes_again(town: Town, alice: Person) -> None:
    town.ask(SignUp(email="never@example.org", password=PASSWORD, name="Never"))
    town.reset_secret(ALICE)
    town.ring()
    assert town.rows("select 1 from accounts where email = 'never@example.org'")
    town.wait(days=8)
    alice.identify()
    town.wait(days=29)
    town.ring()
    assert not town.rows("select 1 from links")
    assert not town.rows("select 1 from tries")
    assert [row.email for row in town.rows("select email from accounts")] == [ALICE]
    assert alice.identify().name == "Alice"
    town.wait(days=31)
    town.ring()
    assert not town.rows("select 1 from sessions")


def test_an_answer_to_a_reused_key_of_another_question_is_refused(town: Town, alice: Person) -> None:
    town.ask(ChangeAccount(name="A", language="fr"), alice, key="k")
    with pytest.raises(Conflict, match="key-reused"):
        town.ask(ChangeAccount(name="B", language="fr"), alice, key="k")
    assert tables.not_before is not None
    with pytest.raises(NotAllowed, match="sign-in"):
        town.ask(Identify(secret=str(uuid.uuid4())))
