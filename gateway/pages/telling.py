"""What each command did, as the audit trail says it: who comes before, amounts and farms after."""

from typing import Any

from contracts.audit import Deed
from gateway.pages import formats
from gateway.pages.languages import N_, _
from gateway.pages.words import TABLES

SENTENCES = {
    "catalog.accept_terms": N_("a accepté la charte et les conditions du marché"),
    "catalog.add_holiday": N_("a noté un congé de la ferme"),
    "catalog.add_mark": N_("a ajouté un label à la ferme"),
    "catalog.add_paper": N_("a ajouté un papier de la ferme"),
    "catalog.add_product": N_("a ajouté un produit"),
    "catalog.add_taken_days": N_("a noté des jours où la commune garde un lieu"),
    "catalog.add_town_venue": N_("a ajouté un lieu que la commune prête"),
    "catalog.add_venue": N_("a ajouté un lieu de retrait"),
    "catalog.admit_producer": N_("a admis ou invité une ferme"),
    "catalog.answer_loan": N_("a répondu à une demande de prêt"),
    "catalog.archive_product": N_("a archivé un produit"),
    "catalog.ask_loan": N_("a demandé le prêt d’un lieu"),
    "catalog.ask_to_sell": N_("a demandé à vendre au marché"),
    "catalog.cancel_distribution": N_("a annulé une distribution avant son ouverture"),
    "catalog.change_distribution": N_("a changé le lieu ou les heures d’une distribution"),
    "catalog.change_mark": N_("a modifié un label de la ferme"),
    "catalog.change_market": N_("a modifié les réglages du marché"),
    "catalog.change_offer": N_("a modifié le prix ou le stock d’un produit en vente"),
    "catalog.change_producer": N_("a modifié la fiche de la ferme"),
    "catalog.change_product": N_("a modifié un produit"),
    "catalog.change_town_venue": N_("a modifié un lieu que la commune prête"),
    "catalog.change_venue": N_("a modifié un lieu de retrait"),
    "catalog.choose_usual_places": N_("a choisi les lieux où vient la ferme"),
    "catalog.decide_approval": N_("a approuvé ou refusé le marché"),
    "catalog.drop_vat_rate": N_("a retiré un taux de TVA à venir d’un produit"),
    "catalog.drop_vat_regime": N_("a retiré un régime de TVA de la ferme"),
    "catalog.end_admission": N_("a mis fin à la vente d’une ferme au marché"),
    "catalog.end_holiday": N_("a supprimé un congé de la ferme"),
    "catalog.end_loan": N_("a mis fin au prêt d’un lieu"),
    "catalog.end_mark": N_("a mis fin à un label de la ferme"),
    "catalog.end_paper": N_("a mis fin à un papier de la ferme"),
    "catalog.end_taken_days": N_("a libéré des jours d’un lieu"),
    "catalog.found_market": N_("a ouvert le marché"),
    "catalog.import_products": N_("a importé des produits"),
    "catalog.keep_photo": N_("a ajouté une photo"),
    "catalog.keep_logo": N_("a donné un logo au marché"),
    "catalog.make_offer": N_("a mis un produit en vente"),
    "catalog.participate": N_("a dit si la ferme participe à une distribution"),
    "catalog.plan_distribution": N_("a prévu des distributions"),
    "catalog.register_producer": N_("a inscrit la ferme"),
    "catalog.remove_logo": N_("a enlevé le logo du marché"),
    "catalog.set_producer_plan": N_("a changé la formule de la ferme"),
    "catalog.withdraw_loan": N_("a retiré une demande de prêt"),
    "catalog.withdraw_offer": N_("a retiré un produit de la vente"),
    "catalog.write_vat_rate": N_("a noté le taux de TVA à venir d’un produit"),
    "catalog.write_vat_regime": N_("a noté le régime de TVA de la ferme"),
    "members.add_person": N_("a inscrit une personne sans adresse e-mail"),
    "members.appoint_lender": N_("a nommé qui prête au nom d’une commune"),
    "members.appoint_mediator": N_("a nommé un médiateur, ou changé la fin de son droit"),
    "members.decide_membership": N_("a décidé d’une adhésion"),
    "members.end_consent": N_("a mis fin à un consentement"),
    "members.erase_person": N_("a effacé une personne sans adresse e-mail, à sa demande"),
    "members.give_consent": N_("a donné son consentement à un médiateur"),
    "members.grant_right": N_("a donné un droit, ou changé sa fin"),
    "members.renew_consent": N_("a renouvelé un consentement écrit"),
    "members.revoke_right": N_("a retiré un droit"),
    "notifications.write_market_word": N_("a écrit le mot du marché dans un e-mail"),
    "orders.add_late_lines": N_("a ajouté une ligne tardive à une commande"),
    "orders.amend_order": N_("a modifié une commande au nom de quelqu’un"),
    "orders.cancel_order": N_("a annulé une commande au nom de quelqu’un"),
    "orders.cancel_sale": N_("a annulé une vente"),
    "orders.change_stock": N_("a changé ce qui reste à vendre d’un produit"),
    "orders.choose_slot": N_("a choisi un créneau au nom de quelqu’un"),
    "orders.close_books": N_("a clos les comptes d’une distribution"),
    "orders.confirm_presence": N_("a dit comment viennent les produits de la ferme"),
    "orders.confirm_price": N_("a confirmé un prix au nom de quelqu’un"),
    "orders.decide_expired_marks": N_("a décidé des commandes d’un label expiré"),
    "orders.drop_out": N_("a déclaré qu’une ferme ne vient pas"),
    "orders.forget_guest": N_("a effacé le nom d’une commande tardive"),
    "orders.lower_price": N_("a baissé un prix pendant la vente"),
    "orders.note_lots": N_("a noté des numéros de lot"),
    "orders.place_late_order": N_("a écrit une commande tardive"),
    "orders.place_order": N_("a commandé au nom de quelqu’un"),
    "orders.raise_price": N_("a augmenté un prix pendant la vente"),
    "orders.recall_lot": N_("a rappelé un lot"),
    "orders.set_handover": N_("a noté ce que devient une commande à la remise"),
    "orders.set_stock": N_("a changé le stock d’un produit pendant la vente"),
    "orders.settle_lines": N_("a noté ce qu’une ferme a vraiment apporté"),
    "orders.share_shortage": N_("a réparti un manque entre les commandes"),
    "orders.shift_sale": N_("a décalé une distribution"),
    "orders.substitute": N_("a remplacé un produit par un autre"),
    "orders.withdraw_from_sale": N_("a retiré un produit d’une vente ouverte"),
    "orders.write_to_buyers": N_("a écrit à ceux qui ont commandé"),
    "payments.adjust": N_("a réduit ce qui est dû à la ferme"),
    "payments.count_till": N_("a compté une caisse"),
    "payments.end_mandate": N_("a mis fin à un mandat d’encaissement"),
    "payments.give_back": N_("a rendu de l’argent"),
    "payments.give_mandate": N_("a enregistré un mandat d’encaissement"),
    "payments.open_desk": N_("a ouvert un comptoir"),
    "payments.set_float": N_("a noté le fond de caisse"),
    "payments.take_payment": N_("a encaissé un paiement"),
    "payments.undo_movement": N_("a annulé une écriture de caisse"),
}
_AMOUNTS = ("amount_cents", "counted_cents", "float_cents", "price_cents")
_RIGHTS = {
    "organise": N_("responsable du marché"), "treasury": N_("trésorerie"), "handover": N_("à la remise"),
    "sell": N_("ferme"), "mediate": N_("médiation"), "operate": N_("administration du site"),
    "account": N_("comptable"), "lend": N_("prêt des lieux"),
}  # fmt: skip
_DECISIONS = {"admit": N_("admise"), "refuse": N_("refusée"), "ban": N_("exclue")}
_DETAILS = {
    "decision": _DECISIONS | TABLES["decision"], "state": TABLES["order"], "approval": TABLES["approval"],
    "presence": TABLES["presence"], "coming": TABLES["coming"], "plan": TABLES["plan"], "means": TABLES["means"],
    "right": _RIGHTS,
}  # fmt: skip
"""Facts that are said with their words."""


def sentence(deed: Deed) -> str:
    """What was done; the command's own name where a newer service did what this page does not know yet."""
    known = SENTENCES.get(deed.door)
    return _(known) if known else deed.door


def by_right(deed: Deed) -> str:
    """By which right; nothing for who acted for himself or had just made the object."""
    return _(_RIGHTS[deed.right]) if deed.right else ""


def detail(deed: Deed) -> str:
    """What was decided and the amount, as far as there is any."""
    said = [_(table[deed.facts[name]]) for name, table in _DETAILS.items() if deed.facts.get(name) in table]
    amount = _cents(deed)
    return ", ".join([*said, *([] if amount is None else [formats.money(amount)])])


def _cents(deed: Deed) -> int | None:
    """The amount that a deed was about, its parts together."""
    parts: list[dict[str, Any]] = [deed.facts, *deed.facts.get("parts", []), deed.facts.get("part", {})]
    found = [one[name] for one in parts for name in _AMOUNTS if name in one]
    return sum(found) if found else None
