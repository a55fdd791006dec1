"""What consumers are told of their orders."""

from typing import Any

from contracts.cancelling import OrderCalledOff
from contracts.day import OrderShortened
from contracts.lowering import OrderRepriced
from contracts.orders import Order, OrderLine
from contracts.raising import PriceConfirmationAsked, UnconfirmedLinesDropped
from contracts.reminding import HandoverNear
from services.notifications import formats, rules
from services.notifications.composing import Mail, mail, translations
from services.notifications.listing import Row
from services.notifications.rules import Kind
from services.notifications.store import Claimed


def _order_mail(message: Claimed, language: str, public_url: str) -> Mail:
    order = Order.model_validate_json(message.content)
    rows = _rows(order, language)
    words = {
        "rows": rows,
        "act": next((act for act in order.acts if act.version == order.version and act.mediator_name), None),
        "total": formats.money(order.total_cents, order.currency, language),
    }
    return _about_order(message, "order", order, words, public_url)


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
    return mail(message, "reminder", words, about=f"order {order.order_id} reminder", sender=order.market_name)


def _about_order(message: Claimed, template: str, order: Order, words: dict[str, Any], public_url: str) -> Mail:
    words = words | {"order": order, "link": public_url + rules.ORDER_PATH.format(order_id=order.order_id)}
    about = f"order {order.order_id} version {order.version}"
    return mail(message, template, words, about=about, sender=order.market_name)


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
    ] + _fee(order, language)


def _fee(order: Order, language: str) -> list[Row]:
    """What of it goes to the market itself."""
    if order.fee is None:
        return []
    name = translations(language).gettext("Participation aux frais")
    return [Row("", f"{name} – {order.fee.payee}", formats.money(order.fee_cents, order.currency, language))]


def _named(order: Order, line: OrderLine, language: str) -> str:
    name = f"{line.name} – {line.producer_name}"
    if not line.substitutes:
        return name
    instead = translations(language).gettext("à la place de : %(name)s") % {"name": order.instead_of(line)}
    return f"{name} ({instead})"


OF_KIND = dict.fromkeys(rules.ORDER_MAILS, _order_mail) | {
    Kind.ORDER_SHORTENED: _shortage_mail,
    Kind.ORDER_REPRICED: _repriced_mail,
    Kind.PRICE_ASKED: _price_asked_mail,
    Kind.LINES_DROPPED: _dropped_mail,
    Kind.CALLED_OFF: _called_off_mail,
    Kind.ORDER_REMINDER: _reminder_mail,
}
