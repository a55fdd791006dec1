"""From the JSON of a message to a mail in its reader's language, at the moment it is sent.

The first line of each text template is the subject. Texts are French; translations/<language>.po
has the others, and fr-tu.po those that a market says with `tu` to its consumers.
"""

import io
from functools import cache
from gettext import GNUTranslations, NullTranslations
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote
from uuid import UUID

import css_inline
import orjson
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from contracts.books import BooksStillOpen
from contracts.cancelling import OrderCalledOff, SaleCancelled
from contracts.day import OrderShortened, ProducerDroppedOut
from contracts.expiring import MarksExpired
from contracts.late import LateLinesAdded
from contracts.lists import PreparationList
from contracts.loans import LoanChanged
from contracts.lots import LotRecalled
from contracts.lowering import OrderRepriced
from contracts.orders import Order, OrderLine
from contracts.presence import PresenceConfirmed, ThresholdMissed
from contracts.raising import PriceConfirmationAsked, UnconfirmedLinesDropped
from contracts.reminding import HandoverNear
from contracts.shifting import FarmAskedAgain, LinesGivenUp, OrderShifted, SaleShifted
from contracts.withdrawing import OfferWithdrawn
from services.notifications import agreements, formats, listing, rules
from services.notifications.listing import Row
from services.notifications.rules import Kind
from services.notifications.store import Claimed

HERE = Path(__file__).resolve().parent
_inliner = css_inline.CSSInliner(load_remote_stylesheets=False)


class Attachment(NamedTuple):
    """A CSV file that goes with a mail."""

    name: str
    content: bytes


class Mail(NamedTuple):
    """One message to one person, ready to be sent; in the name of `sender`, a market, if any."""

    message_id: UUID
    about: str
    sender: str
    to_name: str
    to_address: str
    subject: str
    text: str
    html: str
    attachments: tuple[Attachment, ...] = ()


def write(message: Claimed, public_url: str) -> Mail:
    """The mail of a message; links begin with `public_url`."""
    return _WRITERS.get(message.kind, _letter)(message, formats.spoken(message.language), public_url)


def _order_mail(message: Claimed, language: str, public_url: str) -> Mail:
    order = Order.model_validate_json(message.content)
    rows = _rows(order, language)
    words = {
        "rows": rows,
        "mediator": next((act.mediator_name for act in order.acts if act.version == order.version), ""),
        "total": formats.money(order.total_cents, order.currency, language),
    }
    return _about_order(message, "order", order, words, public_url)


def _about_order(message: Claimed, template: str, order: Order, words: dict[str, Any], public_url: str) -> Mail:
    words = words | {"order": order, "link": public_url + rules.ORDER_PATH.format(order_id=order.order_id)}
    about = f"order {order.order_id} version {order.version}"
    return _mail(message, template, words, about=about, sender=order.market_name)


def _rows(order: Order, language: str) -> list[Row]:
    """What an order is owed for; of one that its consumer cancelled, what it was."""
    return [
        Row(
            formats.quantity(line.quantity, line.unit, language),
            _named(order, line, language),
            formats.money(line.amount_cents, order.currency, language),
        )
        for line in order.lines
        if line.quantity
    ]


def _named(order: Order, line: OrderLine, language: str) -> str:
    name = f"{line.name} – {line.producer_name}"
    if not line.substitutes:
        return name
    instead = translations(language).gettext("à la place de : %(name)s") % {"name": order.instead_of(line)}
    return f"{name} ({instead})"


def _shortage_mail(message: Claimed, language: str, public_url: str) -> Mail:
    event = OrderShortened.model_validate_json(message.content)
    order = event.order
    missing = [
        Row(formats.quantity(line.short, line.unit, language), f"{line.name} – {line.producer_name}")
        for line in order.lines
        if line.short
    ]
    words = {
        "event": event,
        "missing": missing,
        "rows": _rows(order, language),
        "total": formats.money(order.total_cents, order.currency, language),
    }
    return _about_order(message, "shortage", order, words, public_url)


def _repriced_mail(message: Claimed, language: str, public_url: str) -> Mail:
    event = OrderRepriced.model_validate_json(message.content)
    order = event.order
    line = next(line for line in order.lines if line.offer_id == event.offer_id)

    def money(cents: int) -> str:
        return formats.money(cents, order.currency, language)

    words = {
        "line": line,
        "old_price": money(event.old_price_cents),
        "price": money(line.price_cents),
        "old_total": money(event.old_total_cents),
        "total": money(order.total_cents),
        "rows": _rows(order, language),
    }
    return _about_order(message, "repriced", order, words, public_url)


def _price_asked_mail(message: Claimed, language: str, public_url: str) -> Mail:
    event = PriceConfirmationAsked.model_validate_json(message.content)
    order = event.order
    line = next(line for line in order.lines if line.offer_id == event.offer_id)
    asked = line.model_copy(update={"price_cents": line.asked_cents})
    amounts = {
        "old_price": line.price_cents,
        "price": asked.price_cents,
        "amount": line.amount_cents,
        "new_amount": asked.amount(line.quantity),
    }
    words = {
        "event": event,
        "line": line,
        "quantity": formats.quantity(line.quantity, line.unit, language),
    } | {name: formats.money(cents, order.currency, language) for name, cents in amounts.items()}
    return _about_order(message, "price_asked", order, words, public_url)


def _dropped_mail(message: Claimed, language: str, public_url: str) -> Mail:
    order = UnconfirmedLinesDropped.model_validate_json(message.content).order
    dropped = [
        Row(formats.quantity(line.quantity, line.unit, language), f"{line.name} – {line.producer_name}")
        for line in order.dropped
    ]
    words = {
        "dropped": dropped,
        "rows": _rows(order, language),
        "total": formats.money(order.total_cents, order.currency, language),
    }
    return _about_order(message, "lines_dropped", order, words, public_url)


def _drop_out_mail(message: Claimed, language: str, public_url: str) -> Mail:
    event = ProducerDroppedOut.model_validate_json(message.content)
    words = {
        "event": event,
        "amount": formats.money(event.amount_cents, event.currency, language),
        "day": formats.day(event.starts_at, event.time_zone, language),
        "link": public_url + rules.TELEPHONE_PATH.format(distribution_id=event.distribution_id),
    }
    about = f"distribution {event.distribution_id} producer {event.producer_id}"
    return _mail(message, "drop_out", words, about=about, sender=event.market_name)


def _called_off_mail(message: Claimed, language: str, public_url: str) -> Mail:
    event = OrderCalledOff.model_validate_json(message.content)
    order = event.order
    words = {
        "event": event,
        "rows": _rows(order, language),
        "day": formats.day(event.starts_at, event.time_zone, language),
    }
    return _about_order(message, "called_off", order, words, public_url)


def _reminder_mail(message: Claimed, language: str, public_url: str) -> Mail:
    event = HandoverNear.model_validate_json(message.content)
    order = event.order
    words = {
        "event": event,
        "order": order,
        "rows": _rows(order, language),
        "total": formats.money(order.total_cents, order.currency, language),
        "link": public_url + rules.ORDER_PATH.format(order_id=order.order_id),
    }
    return _mail(message, "reminder", words, about=f"order {order.order_id} reminder", sender=order.market_name)


def _sale_cancelled_mail(message: Claimed, language: str, _: str) -> Mail:
    event = SaleCancelled.model_validate_json(message.content)
    words = {
        "event": event,
        "amount": formats.money(event.amount_cents, event.currency, language),
        "day": formats.day(event.starts_at, event.time_zone, language),
    }
    about = f"distribution {event.distribution_id}"
    return _mail(message, "sale_cancelled", words, about=about, sender=event.market_name)


def _order_shifted_mail(message: Claimed, _: str, public_url: str) -> Mail:
    event = OrderShifted.model_validate_json(message.content)
    link = public_url + rules.ORDER_PATH.format(order_id=event.order_id)
    return _shift_mail(message, event, {"link": link, "order": event.order})


def _farm_asked_again_mail(message: Claimed, _: str, public_url: str) -> Mail:
    event = FarmAskedAgain.model_validate_json(message.content)
    where = {"distribution_id": event.shift.distribution_id, "producer_id": event.producer_id}
    return _shift_mail(message, event, {"link": public_url + rules.PRESENCE_PATH.format(**where)})


def _sale_shifted_mail(message: Claimed, language: str, public_url: str) -> Mail:
    event = SaleShifted.model_validate_json(message.content)
    amount = formats.money(event.amount_cents, event.currency, language)
    link = public_url + rules.SHIFT_PATH.format(distribution_id=event.distribution_id)
    return _shift_mail(message, event, {"link": link, "amount": amount})


def _shift_mail(message: Claimed, event: OrderShifted | FarmAskedAgain | SaleShifted, words: dict[str, Any]) -> Mail:
    about = f"distribution {event.shift.distribution_id} shift {event.shift.number}"
    words = words | {"event": event, "new": event.shift}
    return _mail(message, str(message.kind), words, about=about, sender=event.shift.market_name)


def _given_up_mail(message: Claimed, language: str, public_url: str) -> Mail:
    event = LinesGivenUp.model_validate_json(message.content)
    rows = [Row(formats.quantity(line.quantity, line.unit, language), line.name) for line in event.lines]
    return _about_farm(message, "lines_given_up", event, {"rows": rows}, public_url, rules.FARM_DAY_PATH)


def _marks_expired_mail(message: Claimed, language: str, public_url: str) -> Mail:
    event = MarksExpired.model_validate_json(message.content)
    expired = event.expired
    words = {
        "event": event,
        "names": ", ".join(expired.names),
        "amount": formats.money(expired.amount_cents, expired.currency, language),
        "day": formats.day(event.starts_at, event.time_zone, language),
        "link": public_url + rules.EXPIRED_MARKS_PATH.format(distribution_id=expired.distribution_id),
    }
    about = f"distribution {expired.distribution_id} producer {expired.producer_id}"
    return _mail(message, "marks_expired", words, about=about, sender=event.market_name)


def _withdrawn_mail(message: Claimed, language: str, public_url: str) -> Mail:
    event = OfferWithdrawn.model_validate_json(message.content)
    gone = event.withdrawal
    path = rules.WITHDRAWALS_PATH.format(distribution_id=gone.distribution_id, producer_id=gone.producer_id)
    words = {
        "event": event,
        "amount": formats.money(gone.amount_cents, gone.currency, language),
        "day": formats.day(event.starts_at, event.time_zone, language),
        "link": public_url + path,
    }
    about = f"distribution {gone.distribution_id} producer {gone.producer_id}"
    return _mail(message, "withdrawn", words, about=about, sender=event.market_name)


def _late_mail(message: Claimed, language: str, public_url: str) -> Mail:
    event = LateLinesAdded.model_validate_json(message.content)
    path = rules.FARM_DAY_PATH.format(distribution_id=event.distribution_id, producer_id=event.producer_id)
    words = {
        "event": event,
        "first": event.lines[0],
        "rows": [Row(formats.quantity(line.quantity, line.unit, language), line.name) for line in event.lines],
        "day": formats.day(event.starts_at, event.time_zone, language),
        "link": public_url + path,
    }
    about = f"distribution {event.distribution_id} producer {event.producer_id}"
    return _mail(message, "late_lines", words, about=about, sender=event.market_name)


def _loan_mail(message: Claimed, language: str, public_url: str) -> Mail:
    event = LoanChanged.model_validate_json(message.content)
    loan = event.loan
    path = rules.TOWN_LOANS_PATH if message.kind is Kind.TOWN_LOAN else rules.MARKET_LOANS_PATH
    words = {
        "loan": loan,
        "days": [formats.day(starts_at, event.time_zone, language) for starts_at in event.displaced],
        "weekdays": formats.weekdays(loan.weekdays, language),
        "hours": f"{loan.from_hour:%H:%M}–{loan.until_hour:%H:%M}",
        "link": public_url + path.format(market_id=loan.market_id, insee=loan.insee),
    }
    return _mail(message, "loan", words, about=f"loan {loan.loan_id} version {loan.version}", sender=loan.market_name)


def _recall_mail(message: Claimed, language: str, public_url: str) -> Mail:
    event = LotRecalled.model_validate_json(message.content)
    words = {
        "event": event,
        "rows": [(it, formats.quantity(it.quantity, it.unit, language)) for it in event.goods],
        "link": public_url + rules.ORDER_PATH.format(order_id=event.goods[-1].order_id),
    }
    about = f"producer {event.producer_id} lot {event.lot}"
    return _mail(message, "recall", words, about=about, sender=event.goods[-1].market_name)


def _threshold_mail(message: Claimed, language: str, public_url: str) -> Mail:
    event = ThresholdMissed.model_validate_json(message.content)
    amounts = {
        "ordered": formats.money(event.ordered_cents, event.currency, language),
        "threshold": formats.money(event.threshold_cents, event.currency, language),
    }
    return _about_farm(message, "threshold", event, amounts, public_url)


def _presence_mail(message: Claimed, _: str, public_url: str) -> Mail:
    return _about_farm(message, "presence", PresenceConfirmed.model_validate_json(message.content), {}, public_url)


def _about_farm(
    message: Claimed,
    template: str,
    event: ThresholdMissed | PresenceConfirmed | LinesGivenUp,
    words: dict[str, Any],
    public_url: str,
    where: str = rules.PRESENCE_PATH,
) -> Mail:
    path = where.format(distribution_id=event.distribution_id, producer_id=event.producer_id)
    day = formats.day(event.starts_at, event.time_zone, formats.spoken(message.language))
    about = f"distribution {event.distribution_id} producer {event.producer_id}"
    words = words | {"event": event, "day": day, "link": public_url + path}
    return _mail(message, template, words, about=about, sender=event.market_name)


def _books_mail(message: Claimed, _: str, public_url: str) -> Mail:
    event = BooksStillOpen.model_validate_json(message.content)
    day = formats.day(event.starts_at, event.time_zone, formats.spoken(message.language))
    words = {"event": event, "day": day, "link": public_url + rules.BOOKS_PATH.format(**event.model_dump())}
    about = f"distribution {event.distribution_id}"
    return _mail(message, "books", words, about=about, sender=event.market_name)


def _list_mail(message: Claimed, language: str, _: str) -> Mail:
    listed = PreparationList.model_validate_json(message.content)
    currency = getattr(listed, "currency", "EUR")
    day = formats.day(listed.starts_at, listed.time_zone, language)
    words = {
        "listed": listed,
        "sections": listing.sections(listed, currency, language),
        "baskets": listing.baskets(listed, language),
        "total": formats.money(listed.amount_cents, currency, language),
        "day": day,
        "hour": formats.hour(listed.starts_at, listed.time_zone, language),
    }
    about = f"distribution {listed.distribution_id} producer {listed.producer_id}"
    mail = _mail(message, "preparation_list", words, about=about, sender=listed.market_name)
    gettext = translations(language).gettext
    name = gettext("preparation") + f"-{listed.starts_at:%Y-%m-%d}.csv"
    table = Attachment(name, listing.as_csv(listed, language, gettext))
    return mail._replace(attachments=(table,))


def _agreement_mail(message: Claimed, language: str, public_url: str) -> Mail:
    said = agreements.OF_KIND[message.kind](message, language, public_url)
    return _mail(message, said.template, said.words, about=said.about, sender=said.sender)


def _letter(message: Claimed, _: str, public_url: str) -> Mail:
    secret = orjson.loads(message.content)["secret"] or ""
    link = public_url + rules.PATHS[message.kind].format(secret=quote(secret, safe=""))
    return _mail(message, "letter", {"link": link}, about=str(message.kind), sender="")


_WRITERS = dict.fromkeys(rules.ORDER_MAILS, _order_mail) | {
    Kind.ORDER_SHORTENED: _shortage_mail,
    Kind.ORDER_REPRICED: _repriced_mail,
    Kind.PRICE_ASKED: _price_asked_mail,
    Kind.LINES_DROPPED: _dropped_mail,
    Kind.DROP_OUT: _drop_out_mail,
    Kind.CALLED_OFF: _called_off_mail,
    Kind.ORDER_REMINDER: _reminder_mail,
    Kind.SALE_CANCELLED: _sale_cancelled_mail,
    Kind.ORDER_SHIFTED: _order_shifted_mail,
    Kind.FARM_ASKED_AGAIN: _farm_asked_again_mail,
    Kind.SALE_SHIFTED: _sale_shifted_mail,
    Kind.LINES_GIVEN_UP: _given_up_mail,
    Kind.THRESHOLD_MISSED: _threshold_mail,
    Kind.PRESENCE_CONFIRMED: _presence_mail,
    Kind.BOOKS_STILL_OPEN: _books_mail,
    Kind.MARKS_EXPIRED: _marks_expired_mail,
    Kind.OFFER_WITHDRAWN: _withdrawn_mail,
    Kind.LATE_LINES: _late_mail,
    Kind.LOAN: _loan_mail,
    Kind.TOWN_LOAN: _loan_mail,
    Kind.RECALL: _recall_mail,
    Kind.PREPARATION_LIST: _list_mail,
    **dict.fromkeys(agreements.OF_KIND, _agreement_mail),
}
"""What is no letter."""


def _mail(message: Claimed, template: str, words: dict[str, Any], *, about: str, sender: str) -> Mail:
    language = formats.spoken(message.language)
    environment = _environment("fr-tu" if language == "fr" and message.says_tu else language)
    words = words | {"kind": message.kind, "name": message.name, "language": language}
    subject, text = environment.get_template(f"{template}.txt").render(words).split("\n", 1)
    html = environment.get_template(f"{template}.html").render(words | {"subject": subject})
    return Mail(
        message_id=message.message_id,
        about=about,
        sender=sender,
        to_name=message.name,
        to_address=message.address,
        subject=" ".join(subject.split()),
        text=text.strip() + "\n",
        html=_inliner.inline(html),
    )


@cache
def translations(voice: str) -> NullTranslations:
    """The catalogue of a language, or of French with `tu`; what it does not have is said as the templates have it."""
    source = HERE / "translations" / f"{voice}.po"
    if not source.exists():
        return NullTranslations()
    compiled = io.BytesIO()
    with source.open("rb") as lines:
        write_mo(compiled, read_po(lines, locale=voice[:2]))
    compiled.seek(0)
    return GNUTranslations(compiled)


@cache
def _environment(voice: str) -> Environment:
    language = voice[:2]
    environment = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        extensions=["jinja2.ext.i18n"],
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.install_gettext_translations(translations(voice), newstyle=True)  # type: ignore[attr-defined]
    environment.globals["day"] = lambda at, zone: formats.day(at, zone, language)
    environment.globals["calendar_day"] = lambda on: formats.calendar_day(on, language)
    environment.globals["hour"] = lambda at, zone: formats.hour(at, zone, language)
    return environment
