"""What farms, organisers and consumers are told of a sale, of its changes and of what is brought."""

from typing import Any

import orjson

from contracts.books import BooksStillOpen
from contracts.buyers import BuyerWrittenTo
from contracts.cancelling import SaleCancelled
from contracts.day import ProducerDroppedOut
from contracts.expiring import MarksExpired
from contracts.late import LateLinesAdded
from contracts.lists import PreparationList
from contracts.loans import LoanChanged
from contracts.lots import LotRecalled
from contracts.presence import PresenceConfirmed, ThresholdMissed
from contracts.replanning import PlanChanged
from contracts.shifting import FarmAskedAgain, LinesGivenUp, OrderShifted, SaleShifted
from contracts.windows import Window
from contracts.withdrawing import OfferWithdrawn
from services.notifications import formats, listing, rules
from services.notifications.composing import Attachment, Mail, mail, translations
from services.notifications.listing import Row
from services.notifications.rules import Kind
from services.notifications.store import Claimed


def _drop_out_mail(message: Claimed, language: str, public_url: str) -> Mail:
    event = ProducerDroppedOut.model_validate_json(message.content)
    words = {
        "event": event,
        "amount": formats.money(event.amount_cents, event.currency, language),
        "day": formats.day(event.starts_at, event.time_zone, language),
        "link": public_url + rules.TELEPHONE_PATH.format(distribution_id=event.distribution_id),
    }
    about = f"distribution {event.distribution_id} producer {event.producer_id}"
    return mail(message, "drop_out", words, about=about, sender=event.market_name)


def _sale_cancelled_mail(message: Claimed, language: str, _: str) -> Mail:
    event = SaleCancelled.model_validate_json(message.content)
    words = {
        "event": event,
        "amount": formats.money(event.amount_cents, event.currency, language),
        "day": formats.day(event.starts_at, event.time_zone, language),
    }
    about = f"distribution {event.distribution_id}"
    return mail(message, "sale_cancelled", words, about=about, sender=event.market_name)


def _plan_mail(message: Claimed, _: str, public_url: str) -> Mail:
    event = PlanChanged.model_validate_json(message.content)
    where = {"distribution_id": event.distribution_id, "producer_id": event.producers[0]}
    words = {"event": event, "link": public_url + rules.FARM_PRESENCE_PATH.format(**where)}
    about = f"distribution {event.distribution_id} producer {event.producers[0]}"
    return mail(message, "plan_changed", words, about=about, sender=event.market_name)


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
    return mail(message, str(message.kind), words, about=about, sender=event.shift.market_name)


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
    return mail(message, "marks_expired", words, about=about, sender=event.market_name)


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
    return mail(message, "withdrawn", words, about=about, sender=event.market_name)


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
    return mail(message, "late_lines", words, about=about, sender=event.market_name)


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
    return mail(message, "loan", words, about=f"loan {loan.loan_id} version {loan.version}", sender=loan.market_name)


def _recall_mail(message: Claimed, language: str, public_url: str) -> Mail:
    event = LotRecalled.model_validate_json(message.content)
    words = {
        "event": event,
        "rows": [(it, formats.quantity(it.quantity, it.unit, language)) for it in event.goods],
        "link": public_url + rules.ORDER_PATH.format(order_id=event.goods[-1].order_id),
    }
    about = f"producer {event.producer_id} recall {event.notice_id}"
    return mail(message, "recall", words, about=about, sender=event.goods[-1].market_name)


def _group_mail(message: Claimed, language: str, public_url: str) -> Mail:
    event = BuyerWrittenTo.model_validate_json(message.content)
    who = _who_writes(event, message.named, language)
    said = event.message
    words = {"event": event, "said": said, "who": who, "link": public_url + rules.ORDERS_PATH}
    about = f"distribution {said.distribution_id} message {said.message_id}"
    return mail(message, "group_message", words, about=about, sender=event.market_name)


def _who_writes(event: BuyerWrittenTo, name: str, language: str) -> str:
    """Whose words follow, by name and role, and to whom; a name that was forgotten since is left out."""
    _ = translations(language).gettext
    if event.message.producer_id is None:
        named = _("%(name)s, responsable du marché, écrit à tous ceux qui ont commandé pour le %(day)s (%(venue)s) :")
        nameless = _("Le marché écrit à tous ceux qui ont commandé pour le %(day)s (%(venue)s) :")
    else:
        named = _("%(name)s (%(farm)s) écrit à tous ceux qui ont commandé ses produits pour le %(day)s (%(venue)s) :")
        nameless = _("%(farm)s écrit à tous ceux qui ont commandé ses produits pour le %(day)s (%(venue)s) :")
    day = formats.day(event.starts_at, event.time_zone, language)
    values = {"name": name, "farm": event.message.producer_name, "day": day, "venue": event.venue_name}
    return (named if name else nameless) % values


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
    return mail(message, template, words, about=about, sender=event.market_name)


def _books_mail(message: Claimed, _: str, public_url: str) -> Mail:
    event = BooksStillOpen.model_validate_json(message.content)
    day = formats.day(event.starts_at, event.time_zone, formats.spoken(message.language))
    words = {"event": event, "day": day, "link": public_url + rules.BOOKS_PATH.format(**event.model_dump())}
    about = f"distribution {event.distribution_id}"
    return mail(message, "books", words, about=about, sender=event.market_name)


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
    written = mail(message, "preparation_list", words, about=about, sender=listed.market_name)
    gettext = translations(language).gettext
    name = gettext("preparation") + f"-{listed.starts_at:%Y-%m-%d}.csv"
    table = Attachment(name, listing.as_csv(listed, language, gettext))
    return written._replace(attachments=(table,))


def _window_mail(message: Claimed, _: str, public_url: str) -> Mail:
    window = Window.model_validate_json(message.content)
    secret = orjson.loads(message.content)["secret"]
    stop = public_url + rules.STOP_PATH.format(secret=secret, wanted=message.kind)
    link = public_url + rules.SHOP_PATH.format(distribution_id=window.distribution_id)
    words = {"window": window, "link": link, "stop": stop}
    about = f"distribution {window.distribution_id}"
    written = mail(message, "window", words, about=about, sender=window.market_name)
    return written._replace(stop=stop)


OF_KIND = {
    Kind.DROP_OUT: _drop_out_mail,
    Kind.SALE_CANCELLED: _sale_cancelled_mail,
    Kind.PLAN_CHANGED: _plan_mail,
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
    Kind.GROUP_MESSAGE: _group_mail,
    Kind.PREPARATION_LIST: _list_mail,
    Kind.WINDOW_OPENED: _window_mail,
    Kind.CLOSING_SOON: _window_mail,
}
