"""What is told to whom, and how long we try. Pure.

A message's id is made from what it is about, so that whoever writes it again writes the same one.
"""

from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID, uuid5

from contracts.members import Right
from contracts.notifications import Wanted

FAMILY = UUID("6f0d3f0e-3c0b-5f0e-9d0a-3f2f6f1f7c11")
"""Namespace of the ids of messages; a copy of a message has the same id as long as this stands."""

LADDER = (1, 5, 30, 300, 1800)
"""Seconds until the next try after the first, second ... failure; the last one is repeated."""
TRIED_FOR = timedelta(days=3)
"""What is older than this and fails once more is given up; so is what waits for an address."""
KEPT_FOR = timedelta(days=30)
"""How long the content of a sent order mail is kept."""


class Kind(StrEnum):
    """What a message tells."""

    ORDER_PLACED = "order_placed"
    ORDER_CHANGED = "order_changed"
    ORDER_CANCELLED = "order_cancelled"
    ORDER_SHORTENED = "order_shortened"
    ORDER_REPRICED = "order_repriced"
    PRICE_ASKED = "price_asked"
    LINES_DROPPED = "lines_dropped"
    DROP_OUT = "drop_out"
    CALLED_OFF = "called_off"
    ORDER_REMINDER = "order_reminder"
    SALE_CANCELLED = "sale_cancelled"
    PLAN_CHANGED = "plan_changed"
    ORDER_SHIFTED = "order_shifted"
    FARM_ASKED_AGAIN = "farm_asked_again"
    SALE_SHIFTED = "sale_shifted"
    LINES_GIVEN_UP = "lines_given_up"
    THRESHOLD_MISSED = "threshold_missed"
    PRESENCE_CONFIRMED = "presence_confirmed"
    BOOKS_STILL_OPEN = "books_still_open"
    MARKS_EXPIRED = "marks_expired"
    OFFER_WITHDRAWN = "offer_withdrawn"
    LATE_LINES = "late_lines"
    LOAN = "loan"
    TOWN_LOAN = "town_loan"
    """The same to those who lend in the town's name."""
    RECALL = "recall"
    """Of a lot of goods that somebody has at home: sent whatever he wants to hear of."""
    GROUP_MESSAGE = "group_message"
    """Of a market or a farm to everybody who ordered."""
    ADMISSION = "admission"
    TERMS = "terms"
    APPROVAL = "approval"
    """Of a market, to its organisers."""
    APPROVAL_AS_OPERATOR = "approval_as_operator"
    CONSENT = "consent"
    CONSENT_ENDING = "consent_ending"
    """Soon, or by now; by itself in both cases."""
    RIGHT_GIVEN = "right_given"
    """To whoever was named."""
    PREPARATION_LIST = "preparation_list"
    WINDOW_OPENED = "window_opened"
    CLOSING_SOON = "closing_soon"
    """This and the one before only to members who chose it."""
    CONFIRM_EMAIL = "confirm_email"
    RESET_PASSWORD = "reset_password"  # noqa: S105 (a letter's name)
    ALREADY_REGISTERED = "already_registered"
    NEW_ADDRESS = "new_address"
    ADDRESS_CHANGED = "address_changed"
    """To the one that an account had."""
    HOUSEHOLD = "household"
    """An invitation to order for the household of somebody else."""


ORDER_MAILS = frozenset({Kind.ORDER_PLACED, Kind.ORDER_CHANGED, Kind.ORDER_CANCELLED})
ORDER_NEWS = frozenset(
    {
        Kind.ORDER_SHORTENED,
        Kind.ORDER_REPRICED,
        Kind.PRICE_ASKED,
        Kind.LINES_DROPPED,
        Kind.CALLED_OFF,
        Kind.ORDER_SHIFTED,
        Kind.ORDER_REMINDER,
    }
)
PATHS = {
    Kind.CONFIRM_EMAIL: "/confirm?secret={secret}",
    Kind.NEW_ADDRESS: "/confirm?secret={secret}",
    Kind.RESET_PASSWORD: "/reset-password?secret={secret}",
    Kind.ALREADY_REGISTERED: "/sign-in",
    Kind.ADDRESS_CHANGED: "/about",
    Kind.HOUSEHOLD: "/account/household",
}
"""Where a letter's link leads, below the public address of the instance."""
LETTERS = frozenset(PATHS)
"""Sent to the address they carry, whoever reads there; the others are sent to a person."""
ORDER_PATH = "/orders/{order_id}"
ORDERS_PATH = "/orders"
PRESENCE_PATH = "/distributions/{distribution_id}/producers/{producer_id}/presence"
FARM_PRESENCE_PATH = "/farms/{producer_id}/distributions/{distribution_id}"
SHIFT_PATH = "/distributions/{distribution_id}/shift"
BOOKS_PATH = "/distributions/{distribution_id}/books"
EXPIRED_MARKS_PATH = "/distributions/{distribution_id}/expired-marks"
WITHDRAWALS_PATH = "/distributions/{distribution_id}/producers/{producer_id}/withdrawals"
FARM_DAY_PATH = "/distributions/{distribution_id}/producers/{producer_id}/day"
MARKET_LOANS_PATH = "/organise/{market_id}/loans"
TOWN_LOANS_PATH = "/towns/{insee}/loans"
MARKET_FARMS_PATH = "/organise/{market_id}/producers"
FARM_MARKET_PATH = "/farms/{producer_id}/markets/{market_id}"
DESK_PATH = "/organise/{market_id}"
APPROVALS_PATH = "/operate/markets?approval={approval}"
RIGHT_PATHS = {
    Right.ORGANISE: "/organise",
    Right.SELL: "/farms",
    Right.MEDIATE: "/people",
    Right.OPERATE: "/operate/markets",
    Right.ACCOUNT: "/figures",
    Right.LEND: "/towns",
}
"""Where somebody finds what was given; the rest is on `ENTRUSTED_PATH`."""
ENTRUSTED_PATH = "/entrusted"
CONSUMER_PATH = "/account"
MEDIATOR_PATH = "/people"
SHOP_PATH = "/distributions/{distribution_id}"
STOP_PATH = "/stop-messages/{secret}/{wanted}"
LOGO_PATH = "/api/v1/photos/{logo}/small"
TELEPHONE_PATH = "/distributions/{distribution_id}/telephone-list"


class State(StrEnum):
    """Where a message stands."""

    WAITING_FOR_ADDRESS = "waiting_for_address"
    DUE = "due"
    SENT = "sent"
    FAILED = "failed"
    """Refused for good, or tried for three days."""
    UNADDRESSED = "unaddressed"
    """Its person had no confirmed address for three days; no failure, for many people have none."""


MOVES = {
    # Sent although it waits: the address was withdrawn while the mail was under way.
    State.WAITING_FOR_ADDRESS: {State.DUE, State.SENT, State.UNADDRESSED},
    State.DUE: {State.WAITING_FOR_ADDRESS, State.SENT, State.FAILED},
}
UNSENT = frozenset(MOVES)


def order_mail_id(order_id: UUID, version: int) -> UUID:
    """One mail per version of an order."""
    return uuid5(FAMILY, f"order:{order_id}:{version}")


def adult_mail_id(message_id: UUID, person_id: UUID) -> UUID:
    """One copy per mail to a consumer and other adult of the household."""
    return uuid5(FAMILY, f"adult:{message_id}:{person_id}")


def reminder_mail_id(order_id: UUID, starts_at: datetime) -> UUID:
    """One mail per order and hour of its hand-over."""
    return uuid5(FAMILY, f"reminder:{order_id}:{starts_at.isoformat()}")


def drop_out_mail_id(drop_out_id: UUID, person_id: UUID) -> UUID:
    """One mail per farm that does not come and person who must know."""
    return uuid5(FAMILY, f"drop-out:{drop_out_id}:{person_id}")


def presence_mail_id(presence_id: UUID, version: int, person_id: UUID) -> UUID:
    """One mail per question (version 0) or answer about how a farm comes, and person who must know."""
    return uuid5(FAMILY, f"presence:{presence_id}:{version}:{person_id}")


def books_mail_id(reminder_id: UUID, person_id: UUID) -> UUID:
    """One mail per reminder of open books and organiser."""
    return uuid5(FAMILY, f"books:{reminder_id}:{person_id}")


def expiry_mail_id(expiry_id: UUID, version: int, person_id: UUID) -> UUID:
    """One mail per marks that expired, or decision about them, and person who must know."""
    return uuid5(FAMILY, f"expiry:{expiry_id}:{version}:{person_id}")


def withdrawal_mail_id(withdrawal_id: UUID, version: int, person_id: UUID) -> UUID:
    """One mail per decision about a product that was withdrawn, and person who must know."""
    return uuid5(FAMILY, f"withdrawal:{withdrawal_id}:{version}:{person_id}")


def agreement_mail_id(kind: Kind, about: UUID, version: object, person_id: UUID) -> UUID:
    """One mail per version of what was agreed, or ended, and person who must know."""
    return uuid5(FAMILY, f"{kind}:{about}:{version}:{person_id}")


def late_mail_id(late_id: UUID, person_id: UUID) -> UUID:
    """One mail per addition after the close and person who sells for the farm."""
    return uuid5(FAMILY, f"late:{late_id}:{person_id}")


def loan_mail_id(loan_id: UUID, version: int, person_id: UUID) -> UUID:
    """One mail per word about a loan and person on one of its sides."""
    return uuid5(FAMILY, f"loan:{loan_id}:{version}:{person_id}")


def recall_mail_id(notice_id: UUID) -> UUID:
    """One mail per recalled lot and person who got some of it."""
    return uuid5(FAMILY, f"recall:{notice_id}")


def group_mail_id(message_id: UUID, person_id: UUID) -> UUID:
    """One mail per group message and person, also where somebody ordered and shares another's household."""
    return uuid5(FAMILY, f"group-message:{message_id}:{person_id}")


def cancelled_sale_mail_id(distribution_id: UUID, person_id: UUID) -> UUID:
    """One mail per sale that is cancelled and person who would have come to work there."""
    return uuid5(FAMILY, f"cancelled-sale:{distribution_id}:{person_id}")


def plan_mail_id(distribution_id: UUID, version: int, producer_id: UUID, person_id: UUID) -> UUID:
    """One mail per version of a plan, farm that had said it comes, and person who sells for it."""
    return uuid5(FAMILY, f"plan:{distribution_id}:{version}:{producer_id}:{person_id}")


def shift_mail_id(about: UUID, number: int, person_id: UUID) -> UUID:
    """One mail per shift, order (or farm, or sale) and person who must know."""
    return uuid5(FAMILY, f"shift:{about}:{number}:{person_id}")


def given_up_mail_id(given_up_id: UUID, person_id: UUID) -> UUID:
    """One mail per order that was cancelled freely, and person who sells for a farm that had it on its list."""
    return uuid5(FAMILY, f"given-up:{given_up_id}:{person_id}")


def list_mail_id(list_id: UUID, person_id: UUID) -> UUID:
    """One mail per list and person who sells."""
    return uuid5(FAMILY, f"preparation-list:{list_id}:{person_id}")


def choice_mail_id(wanted: Wanted, distribution_id: UUID, person_id: UUID) -> UUID:
    """One mail per sale, thing that is told by choice, and person who chose it."""
    return uuid5(FAMILY, f"{wanted}:{distribution_id}:{person_id}")


def letter_mail_id(letter_id: UUID) -> UUID:
    """One mail per letter asked for."""
    return uuid5(FAMILY, f"letter:{letter_id}")


def pause(failures: int) -> timedelta:
    """How long to wait after so many failures."""
    return timedelta(seconds=LADDER[min(max(failures, 1), len(LADDER)) - 1])


def is_given_up(age: timedelta) -> bool:
    """Whether a message that failed at this age is not tried again."""
    return age >= TRIED_FOR


def is_kept(kind: Kind) -> bool:
    """Whether the content outlives the sending: not a secret, not other people's names."""
    return kind in ORDER_MAILS | ORDER_NEWS


def greeted_name(name: str) -> str:
    """The name with which a letter begins; nothing for one that carries a link.

    Anybody may have a letter sent to any address, and a name is a place for advertisements.
    """
    return name if len(name) <= 60 and not set(name) & set("/:@") else ""
