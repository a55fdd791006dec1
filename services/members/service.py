"""The doors and ears of members.

Doors that prove a password are `alone`: a try is counted in one transaction, the hash is made in
none, the effect has its own.
"""

# A door's sentence is its command's docstring, an ear's its event's.

import os
import secrets
from datetime import UTC, datetime
from functools import partial
from uuid import UUID

import uuid_utils.compat as uuid
from nameko.extensions import DependencyProvider
from sqlalchemy import Connection, Row

from bus import clock, database, env, log, trail
from bus.doors import Call, answer
from bus.envelope import Heard
from bus.hearing import hear
from bus.housekeeping import Housekeeping
from bus.timers import Timer, due
from contracts import accounts as asked
from contracts import audit
from contracts import consents as leave
from contracts import households as homes
from contracts import members as said
from contracts.catalog import MarketChanged
from contracts.errors import malformed_field
from contracts.loans import AppointLender
from contracts.messages import Refused
from contracts.orders import ConsumerJoined
from contracts.producers import ProducerChanged
from contracts.replanning import DistributionPlanned
from contracts.windows import WindowOpened
from services.members import passwords, rules, tokens
from services.members.actions import accounts, consents, grants, households, keys, memberships, sessions, upkeep
from services.members.actions.accounts import Fresh
from services.members.once import known, once, proved
from services.members.store import owning

trail.learn("members", *owning.OBJECTS)


class Beginning(DependencyProvider):
    """Before the first question: keys to sign with, the first operator."""

    def setup(self) -> None:
        env.switch("HALLE_DEMO")  # a wrong value stops the start, not somebody's sign-in
        database.atomically(begin)


def begin(tx: Connection) -> None:
    """What every start makes sure of."""
    upkeep.begin(tx, tokens.new_key(), _operator_email(), clock.now(tx))


class Doors:
    """What may be asked of members."""

    name = "members"
    beginning = Beginning()

    @answer(asked.SignUp, alone=True)
    def sign_up(self, command: asked.SignUp, call: Call) -> bytes:
        _refuse_a_demos("password", command.password)
        with database.transaction() as tx:
            if kept := known(tx, command, call):
                return kept
        password = passwords.hash_of(command.password)
        return once(command, call, lambda tx: accounts.sign_up(tx, command, password, _fresh(), clock.now(tx)))

    @answer(asked.AskConfirmation)
    def ask_confirmation(self, tx: Connection, command: asked.AskConfirmation, call: Call) -> None:
        accounts.ask_confirmation(tx, command.email, _fresh(), clock.now(tx))

    @answer(asked.ConfirmEmail)
    def confirm_email(self, tx: Connection, command: asked.ConfirmEmail, call: Call) -> None:
        accounts.confirm(tx, command.secret, uuid.uuid7(), clock.now(tx), _operator_email())

    @answer(asked.SignIn, alone=True)
    def sign_in(self, command: asked.SignIn, call: Call) -> asked.Session | Refused:
        email, address = command.email, str(command.address)
        seen = database.atomically(lambda tx: sessions.try_sign_in(tx, email, address, clock.now(tx)))
        if isinstance(seen, Refused):
            return seen
        kept = seen.password_hash if seen else None
        is_right = passwords.is_right(kept, command.password) and not _is_a_demos(command.password)
        if seen is None or not is_right:
            raise sessions.wrong_sign_in()
        if seen.confirmed_at is None:
            database.atomically(lambda tx: sessions.forgive(tx, command, clock.now(tx)))
            raise sessions.unconfirmed()
        new = partial(
            sessions.begin,
            secret=secrets.token_urlsafe(32),
            session_id=uuid.uuid7(),
            key=call.key or "",
        )
        return database.atomically(lambda tx: new(tx, seen, command, now=clock.now(tx)))

    @answer(asked.Identify)
    def identify(self, tx: Connection, command: asked.Identify, call: Call) -> asked.Identity:
        return sessions.identify(tx, command.secret, clock.now(tx), _moment())

    @answer(asked.SignOut)
    def sign_out(self, tx: Connection, command: asked.SignOut, call: Call) -> None:
        sessions.sign_out(tx, command.secret, clock.now(tx), _moment())

    @answer(asked.ListSessions)
    def list_sessions(self, tx: Connection, command: asked.ListSessions, call: Call) -> list[asked.ListedSession]:
        who = call.asker
        return sessions.list_own(tx, who.person_id, who.session_id, clock.now(tx))

    @answer(asked.EndSession)
    def end_session(self, tx: Connection, command: asked.EndSession, call: Call) -> None:
        person_id = call.asker.person_id
        sessions.end(tx, person_id, command.session_id, clock.now(tx), _moment())

    @answer(asked.EndOtherSessions)
    def end_other_sessions(self, tx: Connection, command: asked.EndOtherSessions, call: Call) -> None:
        who = call.asker
        sessions.end_all(tx, who.person_id, clock.now(tx), _moment(), but=who.session_id)

    @answer(asked.AskReset)
    def ask_reset(self, tx: Connection, command: asked.AskReset, call: Call) -> None:
        accounts.ask_reset(tx, command.email, _fresh(), clock.now(tx))

    @answer(asked.ResetPassword, alone=True)
    def reset_password(self, command: asked.ResetPassword, call: Call) -> bytes:
        _refuse_a_demos("password", command.password)
        with database.transaction() as tx:
            if kept := known(tx, command, call):
                return kept
            accounts.check_reset(tx, command.secret, clock.now(tx))
        new = command.secret, passwords.hash_of(command.password)
        reset = partial(accounts.reset, operator_email=_operator_email())
        return once(command, call, lambda tx: reset(tx, *new, now=clock.now(tx), moment=_moment()))

    @answer(asked.ChangePassword, alone=True)
    def change_password(self, command: asked.ChangePassword, call: Call) -> bytes | Refused:
        _refuse_a_demos("new", command.new)
        seen = proved(command, call, command.current)
        if not isinstance(seen, Row):
            return seen
        new = seen, call.asker.session_id, passwords.hash_of(command.new)
        change = accounts.change_password
        return once(command, call, lambda tx: change(tx, *new, now=clock.now(tx), moment=_moment()))

    @answer(asked.MyAccount)
    def my_account(self, tx: Connection, command: asked.MyAccount, call: Call) -> asked.Account:
        return accounts.read(tx, call.asker.person_id)

    @answer(asked.ChangeAccount)
    def change_account(self, tx: Connection, command: asked.ChangeAccount, call: Call) -> asked.Account:
        return accounts.change(tx, call.asker.person_id, command)

    @answer(asked.AskNewAddress, alone=True)
    def ask_new_address(self, command: asked.AskNewAddress, call: Call) -> bytes | Refused:
        seen = proved(command, call, command.password)
        if not isinstance(seen, Row):
            return seen
        wanted = seen, command.email, _fresh()
        return once(command, call, lambda tx: accounts.ask_new_address(tx, *wanted, clock.now(tx)))

    @answer(asked.EraseAccount, alone=True)
    def erase_account(self, command: asked.EraseAccount, call: Call) -> bytes | Refused:
        seen = proved(command, call, command.password)
        if not isinstance(seen, Row):
            return seen
        answered = once(command, call, lambda tx: accounts.erase(tx, seen, clock.now(tx), _moment()))
        log.kept("erased", person_id=str(seen.person_id))
        return answered

    @answer(leave.ErasePerson)
    def erase_person(self, tx: Connection, command: leave.ErasePerson, call: Call) -> None:
        asker = call.asker.person_id
        person_id = accounts.erase_person(tx, asker, command.consent_id, clock.now(tx), _moment())
        log.kept("erased", person_id=str(person_id))

    @answer(homes.MyHousehold)
    def my_household(self, tx: Connection, command: homes.MyHousehold, call: Call) -> homes.Household:
        return households.read(tx, call.asker.person_id)

    @answer(homes.NameAdult)
    def name_adult(self, tx: Connection, command: homes.NameAdult, call: Call) -> homes.Household | Refused:
        new = {"adult_id": uuid.uuid7(), "letter_id": uuid.uuid7()}
        return households.name(tx, call.asker.person_id, command, **new, now=clock.now(tx))

    @answer(homes.JoinHousehold)
    def join_household(self, tx: Connection, command: homes.JoinHousehold, call: Call) -> homes.Household | Refused:
        return households.join(tx, call.asker.person_id, command.adult_id, clock.now(tx))

    @answer(homes.EndAdult)
    def end_adult(self, tx: Connection, command: homes.EndAdult, call: Call) -> homes.Household:
        return households.end(tx, call.asker.person_id, command.adult_id)

    @answer(said.JoinMarket)
    def join_market(self, tx: Connection, command: said.JoinMarket, call: Call) -> said.Membership | Refused:
        place, now = (call.asker.person_id, command.market_id, command.message), clock.now(tx)
        return memberships.join(tx, *place, membership_id=uuid.uuid7(), now=now)

    @answer(said.LeaveMarket)
    def leave_market(self, tx: Connection, command: said.LeaveMarket, call: Call) -> said.Membership:
        return memberships.leave(tx, call.asker.person_id, command.market_id, clock.now(tx))

    @answer(said.MyMemberships)
    def my_memberships(self, tx: Connection, command: said.MyMemberships, call: Call) -> said.Memberships:
        return memberships.list_own(tx, call.asker.person_id, command)

    @answer(said.ListMembers)
    def list_members(self, tx: Connection, command: said.ListMembers, call: Call) -> said.Members:
        return memberships.list_members(tx, call.asker.person_id, command)

    @answer(said.DecideMembership)
    def decide_membership(self, tx: Connection, command: said.DecideMembership, call: Call) -> said.Member:
        return memberships.decide(tx, call.asker.person_id, command, clock.now(tx))

    @answer(said.GrantRight)
    def grant_right(self, tx: Connection, command: said.GrantRight, call: Call) -> said.Grant | Refused:
        return grants.grant(tx, call.asker.person_id, command, clock.now(tx))

    @answer(said.RevokeRight)
    def revoke_right(self, tx: Connection, command: said.RevokeRight, call: Call) -> Refused | None:
        return grants.revoke(tx, call.asker.person_id, command.grant_id)

    @answer(said.MyGrants)
    def my_grants(self, tx: Connection, command: said.MyGrants, call: Call) -> said.OwnGrants:
        return grants.list_own(tx, call.asker.person_id, command)

    @answer(said.ListGrants)
    def list_grants(self, tx: Connection, command: said.ListGrants, call: Call) -> said.Grants:
        return grants.list_on(tx, call.asker.person_id, command)

    @answer(audit.ListMembersDeeds)
    def list_members_audit(self, tx: Connection, command: audit.ListMembersDeeds, call: Call) -> audit.Deeds:
        return trail.read(tx, call.asker.person_id, command)

    @answer(audit.NameActors)
    def name_actors(self, tx: Connection, command: audit.NameActors, call: Call) -> list[audit.PersonName]:
        return grants.name_actors(tx, call.asker.person_id, command)

    @answer(leave.AppointMediator)
    def appoint_mediator(self, tx: Connection, command: leave.AppointMediator, call: Call) -> said.Grant | Refused:
        return grants.appoint_mediator(tx, call.asker.person_id, command, clock.now(tx))

    @answer(AppointLender)
    def appoint_lender(self, tx: Connection, command: AppointLender, call: Call) -> said.Grant | Refused:
        return grants.appoint_lender(tx, call.asker.person_id, command, clock.now(tx))

    @answer(leave.AddPerson)
    def add_person(self, tx: Connection, command: leave.AddPerson, call: Call) -> leave.Consent:
        return accounts.add_person(tx, call.asker.person_id, command, uuid.uuid7(), clock.now(tx))

    @answer(leave.GiveConsent)
    def give_consent(self, tx: Connection, command: leave.GiveConsent, call: Call) -> leave.Consent | Refused:
        return consents.give(tx, call.asker.person_id, command, clock.now(tx))

    @answer(leave.RenewConsent)
    def renew_consent(self, tx: Connection, command: leave.RenewConsent, call: Call) -> leave.Consent:
        return consents.renew(tx, call.asker.person_id, command, clock.now(tx))

    @answer(leave.EndConsent)
    def end_consent(self, tx: Connection, command: leave.EndConsent, call: Call) -> leave.Consent:
        return consents.end(tx, call.asker.person_id, command.consent_id, clock.now(tx))

    @answer(leave.ReadConsent)
    def read_consent(self, tx: Connection, command: leave.ReadConsent, call: Call) -> leave.Consent:
        return consents.read(tx, call.asker.person_id, command.consumer_id)

    @answer(leave.MyConsents)
    def my_consents(self, tx: Connection, command: leave.MyConsents, call: Call) -> leave.Consents:
        return consents.list_given(tx, call.asker.person_id, command)

    @answer(leave.MyPeople)
    def my_people(self, tx: Connection, command: leave.MyPeople, call: Call) -> leave.Consents:
        return consents.list_people(tx, call.asker.person_id, command)


class Listeners(Housekeeping):
    """What members hears, and does when it is due. Grants and revocations are its own."""

    name = "members"
    beginning = Beginning()

    @hear(MarketChanged)
    def know_market(self, tx: Connection, event: MarketChanged, heard: Heard) -> None:
        memberships.know_market(tx, event, heard.seq)

    @hear(ProducerChanged)
    def know_producer(self, tx: Connection, event: ProducerChanged, heard: Heard) -> None:
        grants.know_farm(tx, event, heard.seq)

    @hear(DistributionPlanned)
    def know_plan(self, tx: Connection, event: DistributionPlanned, heard: Heard) -> None:
        grants.know_plan(tx, event.distribution_id, event.market_id)

    @hear(WindowOpened)
    def know_opened(self, tx: Connection, event: WindowOpened, heard: Heard) -> None:
        """What was planned before `DistributionPlanned` was said is known from its opening on."""
        grants.know_plan(tx, event.distribution_id, event.market_id)

    @hear(ConsumerJoined)
    def let_join(self, tx: Connection, event: ConsumerJoined, heard: Heard) -> None:
        memberships.let_join(
            tx,
            event.person_id,
            event.market_id,
            membership_id=uuid.uuid7(),
            ordered_at=heard.time,
            now=clock.now(tx),
        )

    @due(keys.ROTATE)
    def rotate_keys(self, tx: Connection, timer: Timer) -> None:
        keys.rotate(tx, tokens.new_key(), timer.version, clock.now(tx))

    @due(keys.TURN)
    def sign_with_the_next_key(self, tx: Connection, timer: Timer) -> None:
        keys.turn(tx)

    @due(consents.WARN)
    def warn_of_consent(self, tx: Connection, timer: Timer) -> None:
        consents.tell_end(tx, UUID(timer.subject), timer.version, over=False)

    @due(consents.LAPSE)
    def lapse_of_consent(self, tx: Connection, timer: Timer) -> None:
        consents.tell_end(tx, UUID(timer.subject), timer.version, over=True)

    @due(upkeep.PRUNE)
    def prune_accounts(self, tx: Connection, timer: Timer) -> None:
        upkeep.prune(tx, timer.version, clock.now(tx))


def _fresh() -> Fresh:
    return Fresh(uuid.uuid7(), uuid.uuid7(), secrets.token_urlsafe(32))


def _moment() -> datetime:
    """The real time, which tokens live by; it does not move with the clock of a demo."""
    return datetime.now(UTC)


def _is_a_demos(password: str) -> bool:
    """Whether this is a demonstration's password, and this instance is none."""
    return rules.is_for_demos(password) and not env.switch("HALLE_DEMO")


def _refuse_a_demos(field: str, password: str) -> None:
    """What a demonstration prints for everybody is nobody's secret elsewhere."""
    if _is_a_demos(password):
        raise malformed_field(field, f"No password begins with {rules.OF_DEMOS} here: choose another.", "demo")


def _operator_email() -> str | None:
    """Whose confirmed account operates this instance from its first day."""
    return os.environ.get("HALLE_OPERATOR_EMAIL", "").strip().lower() or None
