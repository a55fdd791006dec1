"""Answers of services as the words of a template, in the order in which they are printed.

Nothing is computed here but which line stands where: quantities and amounts are those of the contracts.
"""

import io
from collections.abc import Callable, Iterable
from typing import Any
from uuid import UUID

import segno

from bus.wire import adapter
from contracts.consents import Consent
from contracts.day import FarmRow, TelephoneRow
from contracts.lists import HandoverRow, PreparationList
from contracts.lots import Lot, ProductLots
from contracts.orders import Order, OrderLine, OrderState
from contracts.presence import Presence
from gateway.catalogues import N_
from gateway.printing.papers import COMMANDS, Kind, Paper
from gateway.printing.pen import AMBIENT, Part, Pen, Words, by_storage
from gateway.writing import folded


def shape(paper: Paper) -> Words:
    """What a paper says; reads the answers that came with it."""
    commands = COMMANDS[paper.kind]
    *found, sale = (adapter(command).validate_json(it) for command, it in zip(commands, paper.answers, strict=True))
    return _SHAPES[paper.kind](Pen(paper, sale), *found)


def _preparation(pen: Pen, found: PreparationList) -> Words:
    _ = pen.text
    groups = by_storage((it.quantity, it) for it in found.totals)
    return {
        **pen.heading(_("Ce que %(producer)s apporte", producer=found.producer_name)),
        "empty": _("Rien n’a été commandé à la ferme."),
        "columns": [_("Quantité"), _("Produit"), _("Montant")],
        "groups": [
            [
                pen.cold(storage),
                [[*pen.lotted(quantity, it, it.lots), pen.money(it.amount_cents)] for quantity, it in goods],
            ]
            for storage, goods in groups
        ],
        "total": [_("Total, TVA comprise"), pen.money(found.amount_cents)],
        "count": pen.ngettext("%(count)s commande", "%(count)s commandes", len(found.orders)),
        "order_columns": [_("N°"), _("Nom"), _("Produits")],
        "orders": [
            [_number(one), pen.name(one.name), pen.shelves(zip(one.quantities, found.totals, strict=True))]
            for one in found.orders
        ],
    }


def _delivery_note(pen: Pen, rows: list[FarmRow], presences: list[Presence], noted: list[ProductLots]) -> Words:
    _ = pen.text
    lots: dict[UUID, list[Lot]] = {one.offer_id: one.lots for one in noted}
    farms = [one for one in presences if one.producer_id == pen.paper.about["producer_id"]]
    rows = [row for row in rows if any(line.quantity for line in row.lines)]
    return {
        **pen.heading(_("Bon de livraison")),
        "farm": [[_("Ferme"), it.producer_name, _("Apporté par"), it.carrier or it.producer_name] for it in farms],
        "empty": _("Rien n’a été commandé à la ferme."),
        "columns": [_("Quantité"), _("Produit"), _("Conservation")],
        "totals": [
            [*pen.lotted(quantity, line, lots.get(line.offer_id, [])), pen.cold(storage) or _("température ambiante")]
            for storage, goods in by_storage(_sums(rows))
            for quantity, line in goods
        ],
        "count": pen.ngettext("%(count)s commande", "%(count)s commandes", len(rows)),
        "order_columns": [_("N°"), _("Nom"), _("Produits")],
        "orders": [[_number(row), pen.name(row.name), pen.shelves(_goods(row.lines))] for row in rows],
        "signatures": [_("Remis au transporteur"), _("Reçu au marché")],
    }


def _handover(pen: Pen, rows: list[HandoverRow]) -> Words:
    _ = pen.text
    return {
        **pen.heading(_("Liste de remise")),
        "empty": _("Personne n’a commandé."),
        "count": pen.ngettext("%(count)s commande, par nom", "%(count)s commandes, par nom", len(rows)),
        "columns": [_("N°"), _("Nom"), _("Produits"), _("Total, remis")],
        "rows": [
            {
                "name": _whose(pen, row),
                "by": _by(pen, row),
                "number": _number(row),
                "slot": pen.slot(row.slot),
                "shelves": [
                    [pen.cold(storage), _farms(pen, goods)] for storage, goods in by_storage(_goods(row.lines))
                ],
                "total": pen.money(row.total_cents),
                "state": pen.state(row.state),
            }
            for row in sorted(rows, key=lambda row: folded(row.recipient or row.name))
        ],
    }


def _telephone(pen: Pen, rows: list[TelephoneRow]) -> Words:
    _ = pen.text
    return {
        **pen.heading(_("Liste de téléphone")),
        "empty": _("Personne à appeler : rien ne manque à ceux que nos mails n’atteignent pas."),
        "why": _(
            "Il manque quelque chose à ces commandes, un prix y a augmenté, ou elles sont décalées ou annulées, et "
            "aucun mail n’atteint ces personnes."
        ),
        "columns": [_("N°"), _("Nom"), _("Téléphone"), _("Ce qu’il y a à dire"), _("Total à payer"), _("Appelé")],
        "rows": [
            {
                "number": _number(row),
                "name": pen.name(row.name),
                "recipient": _("Pour %(name)s", name=row.recipient) if row.recipient else "",
                "phone": row.phone or _("aucun numéro"),
                "shifted": _("remise décalée") if row.shifted else "",
                "short": _to_say(pen, row),
                "owed": pen.state(row.state) if row.state is OrderState.CANCELLED else pen.money(row.total_cents),
            }
            for row in rows
        ],
    }


def _to_say(pen: Pen, row: TelephoneRow) -> list[list[str]]:
    """What an order lacks, and what its person is asked."""
    _ = pen.text
    short = [[*pen.part(line.short, line), line.producer_name] for line in row.short]
    dropped = [[*pen.part(line.quantity, line), line.producer_name] for line in row.dropped]
    asked = [
        [*pen.part(line.quantity, line), _("confirmer à %(price)s ?", price=pen.money(line.asked_cents or 0))]
        for line in row.asked
    ]
    return short + dropped + asked


def _stickers(pen: Pen, rows: list[HandoverRow]) -> Words:
    _ = pen.text
    placed = [row for row in rows if row.state is OrderState.PLACED]
    return {
        **pen.heading(_("Étiquettes")),
        "empty": _("Personne n’a commandé."),
        "stickers": [_sticker(pen, row) for row in placed if any(line.quantity for line in row.lines)],
    }


def _cheque_amounts(pen: Pen, rows: list[HandoverRow]) -> Words:
    _ = pen.text
    return {
        **pen.heading(_("Montants des chèques")),
        "empty": _("Personne n’a commandé."),
        "why": _("Un chèque par ferme, à son ordre. Une pesée ou un manque peut encore changer un montant."),
        "columns": [_("N°"), _("Nom"), _("À l’ordre de"), _("Total")],
        "rows": [
            [
                _number(row),
                _whose(pen, row),
                [(farm, pen.money(cents)) for farm, cents in row.payees],
                pen.money(row.total_cents),
            ]
            for row in sorted(rows, key=lambda row: folded(row.recipient or row.name))
            if row.total_cents
        ],
    }


def _sticker(pen: Pen, row: HandoverRow) -> Words:
    """By its number one finds a basket; its code opens the order at the counter."""
    goods = _goods(row.lines)
    farms = len({line.producer_id for _, line in goods})
    address = f"{pen.paper.public_url}/o/{row.order_id}"
    return {
        "number": _number(row),
        "name": _whose(pen, row),
        "farms": pen.ngettext("%(count)s ferme", "%(count)s fermes", farms),
        "cold": [pen.cold(storage) for storage, _ in by_storage(goods) if storage != AMBIENT],
        "address": address,
        "code": _code(address),
    }


def _slip(pen: Pen, order: Order, consent: Consent) -> Words:
    """For somebody whom no mail reaches: what was ordered in whose name, and that the consent may be ended."""
    _ = pen.text
    may_change = N_("Cette commande peut être changée ou annulée jusqu’au %(when)s.")
    heading = pen.heading(_("Commande de %(name)s", name=pen.name(consent.consumer_name)), may_change)
    return {
        **heading,
        "facts": [
            [_("Retrait"), heading["when"]],
            [_("Lieu"), heading["where"]],
            *([[_("Créneau de retrait"), pen.slot(order.slot)]] if pen.slot(order.slot) else []),
            [_("N°") if order.number else _("Code"), _number(order)],
            *([[_("Pour"), order.recipient]] if order.recipient else []),
            *[
                [_("En médiation"), f"{pen.name(act.mediator_name)}, {pen.moment(act.acted_at)}"]
                for act in order.acts
                if act.by_consent
            ],
            *([[_("État"), pen.state(order.state)]] if pen.state(order.state) else []),
        ],
        "columns": [_("Quantité"), _("Produit"), _("Ferme"), _("Montant")],
        "rows": [
            [*pen.part(quantity, line), line.producer_name, pen.money(line.amount_cents)]
            for quantity, line in _goods(order.lines)
        ]
        + ([["", _("Participation aux frais"), order.fee.payee, pen.money(order.fee_cents)]] if order.fee else []),
        "total": [_("Total, TVA comprise"), pen.money(order.total_cents)],
        "consent": _(
            "%(mediator)s commande au nom de %(consumer)s, avec son accord écrit du %(signed)s, valable "
            "jusqu’au %(until)s. Un mot suffit pour y mettre fin, à tout moment.",
            mediator=pen.name(consent.mediator_name),
            consumer=pen.name(consent.consumer_name),
            signed=pen.day(consent.signed_on),
            until=pen.day(consent.valid_until),
        ),
    }


def _pick_up_slip(pen: Pen, order: Order) -> Words:
    """For whoever fetches an order, or has it for a gift: what, where and when, and no price."""
    _ = pen.text
    heading = pen.heading(_("Bon de retrait"))
    code = [_("N°") if order.number else _("Code"), _number(order)]
    return {
        **heading,
        "facts": [
            *([[_("Pour"), order.recipient]] if order.recipient else []),
            code,
            [_("Retrait"), heading["when"]],
            [_("Lieu"), heading["where"]],
            *([[_("Créneau de retrait"), pen.slot(order.slot)]] if pen.slot(order.slot) else []),
            *([[_("État"), pen.state(order.state)]] if pen.state(order.state) else []),
        ],
        "code": _code(f"{pen.paper.public_url}/o/{order.order_id}"),
        "columns": [_("Quantité"), _("Produit"), _("Ferme")],
        "rows": [[*pen.part(quantity, line), line.producer_name] for quantity, line in _goods(order.lines)],
        "hint": _("À montrer au marché."),
    }


_SHAPES: dict[Kind, Callable[..., Words]] = {
    Kind.PREPARATION: _preparation,
    Kind.HANDOVER: _handover,
    Kind.DELIVERY_NOTE: _delivery_note,
    Kind.TELEPHONE: _telephone,
    Kind.STICKERS: _stickers,
    Kind.SLIP: _slip,
    Kind.PICK_UP_SLIP: _pick_up_slip,
    Kind.CHEQUE_AMOUNTS: _cheque_amounts,
}


def _number(order: Any) -> str:
    """By which an order is known: before the close it has a code only."""
    return str(order.number or order.code)


def _whose(pen: Pen, row: HandoverRow) -> str:
    return pen.name(row.recipient or row.name)


def _by(pen: Pen, row: HandoverRow) -> str:
    """Who ordered, where it was not whom it is for; who else of the household may come; who did it in their name."""
    ordered = [pen.text(N_("commandé par %(name)s"), name=row.name)] if row.recipient else []
    mediated = [pen.text(N_("en médiation : %(name)s"), name=row.mediator)] if row.mediator else []
    adults = [pen.text(N_("ou %(names)s"), names=", ".join(one.name for one in row.adults))] if row.adults else []
    return ", ".join(ordered + adults + mediated)


def _goods(lines: Iterable[OrderLine]) -> list[tuple[int, OrderLine]]:
    return [(line.quantity, line) for line in lines if line.quantity]


def _farms(pen: Pen, goods: Iterable[tuple[int, OrderLine]]) -> list[tuple[str, list[Part]]]:
    """Parts under the name of their farm, farms by name as on the page."""
    farms: dict[str, list[Part]] = {}
    for quantity, line in goods:
        farms.setdefault(line.producer_name, []).append(pen.part(quantity, line))
    return sorted(farms.items())


def _sums(rows: Iterable[FarmRow]) -> list[tuple[int, OrderLine]]:
    """Each product with how much of it comes in all."""
    lines: dict[UUID, OrderLine] = {}
    quantities: dict[UUID, int] = {}
    for line in (line for row in rows for line in row.lines):
        lines.setdefault(line.offer_id, line)
        quantities[line.offer_id] = quantities.get(line.offer_id, 0) + line.quantity
    return [(quantities[offer], line) for offer, line in lines.items()]


def _code(address: str) -> str:
    """A QR code as SVG. Its mask is fixed: choosing among eight takes five times as long, and all can be read."""
    svg = io.BytesIO()
    segno.make_qr(address, error="m", mask=4).save(svg, kind="svg", border=0, xmldecl=False)
    return svg.getvalue().decode()
