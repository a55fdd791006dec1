"""The trade's words on the page: each value of the contracts' enumerations, in French."""

from gateway.pages.languages import N_, _

_CATEGORIES = {
    "vegetables": N_("Légumes"), "fruit": N_("Fruits"), "herbs": N_("Herbes et aromates"),
    "mushrooms": N_("Champignons"), "bread": N_("Pains"), "pastry": N_("Pâtisseries"),
    "cereals": N_("Céréales et farines"), "pulses": N_("Légumes secs"), "dairy": N_("Laitages"),
    "cheese": N_("Fromages"), "eggs": N_("Œufs"), "meat": N_("Viandes"), "poultry": N_("Volailles"),
    "charcuterie": N_("Charcuterie"), "fish": N_("Poissons"), "honey": N_("Miels"),
    "preserves": N_("Conserves et confitures"), "oil": N_("Huiles"), "drinks": N_("Boissons"),
    "wine_and_beer": N_("Vins et bières"), "prepared": N_("Plats préparés"), "plants": N_("Plants"),
    "cosmetics": N_("Cosmétiques"), "other": N_("Autres"),
}  # fmt: skip
_MARKS = {
    "ab": N_("Agriculture biologique (AB)"), "demeter": "Demeter",
    "nature_et_progres": "Nature & Progrès", "bio_coherence": "Bio Cohérence",
    "label_rouge": "Label Rouge", "aop": "AOP", "igp": "IGP",
    "hve": N_("Haute valeur environnementale"), "in_conversion": N_("En conversion vers l’agriculture biologique"),
}  # fmt: skip
_SHORT_MARKS = {"ab": "AB", "hve": "HVE", "in_conversion": N_("En conversion")}
_FLOORS = {
    "none": N_("aucun label"), "organic": N_("le label AB (agriculture biologique)"),
    "official": N_("un signe officiel : AB, Label Rouge, AOP ou IGP"),
}  # fmt: skip
_SCOPES = {"all": N_("tous ceux de la ferme"), "named": N_("certains produits")}
_DECISIONS = {"kept": N_("commandes gardées"), "withdrawn": N_("produits retirés")}
_ALLERGENS = {
    "gluten": N_("gluten"), "crustaceans": N_("crustacés"), "eggs": N_("œufs"), "fish": N_("poisson"),
    "peanuts": N_("arachides"), "soybeans": N_("soja"), "milk": N_("lait"), "nuts": N_("fruits à coque"),
    "celery": N_("céleri"), "mustard": N_("moutarde"), "sesame": N_("sésame"), "sulphites": N_("sulfites"),
    "lupin": N_("lupin"), "molluscs": N_("mollusques"),
}  # fmt: skip
_STORAGE = {"ambient": N_("température ambiante"), "chilled": N_("au frais"), "frozen": N_("surgelé")}
_GRADES = {"extra": N_("catégorie extra"), "1": N_("catégorie I"), "2": N_("catégorie II")}
_DATES = {"use_by": N_("à consommer jusqu’au (DLC)"), "best_before": N_("de préférence avant le (DDM)")}
_SANITARY = {
    "direct": N_("vendu par la ferme à qui le mange, sans intermédiaire"),
    "derogation": N_("dérogation à l’agrément, dans une distance et une quantité"),
    "approved": N_("établissement agréé"),
}
_PAPERS = {
    "insurance": N_("assurance"), "sanitary": N_("statut sanitaire"),
    "alcohol_licence": N_("licence pour l’alcool"), "other": N_("autre papier"),
}  # fmt: skip
_UNITS = {"piece": N_("à la pièce"), "kg": N_("au kilo"), "l": N_("au litre")}
_PRICING = {"per_pack": N_("prix de la pièce, du kilo ou du litre"), "per_weight": N_("pièce vendue à son poids")}
_STOCK = {
    "unlimited": N_("sans limite"), "per_distribution": N_("tant à chaque distribution"),
    "shared": N_("un stock commun à tous mes marchés"),
}  # fmt: skip
_KINDS = {
    "municipal": N_("marché d’une commune"), "producers": N_("groupement de producteurs"),
    "buying_group": N_("groupement d’achat"), "farm_shop": N_("magasin de ferme"),
}  # fmt: skip
_ENTITIES = {
    "town": N_("une commune ou un groupement de communes"), "association": N_("une association"),
    "company": N_("une société ou une exploitation"),
}  # fmt: skip
_MAILS = {
    "order_placed": N_("Commande enregistrée"), "order_changed": N_("Commande modifiée"),
    "order_cancelled": N_("Commande annulée"), "order_reminder": N_("Rappel avant la remise"),
    "order_shortened": N_("Il manque quelque chose"), "order_repriced": N_("Un prix a baissé"),
    "price_asked": N_("Un prix a augmenté : à confirmer"), "lines_dropped": N_("Produit retiré, faute de réponse"),
    "order_shifted": N_("Remise décalée"), "called_off": N_("Distribution annulée"),
    "window_opened": N_("Les commandes ouvrent"), "closing_soon": N_("Les commandes ferment bientôt"),
}  # fmt: skip
_PLANS = {"flexible": N_("formule FLEXIBLE"), "engaged": N_("formule ENGAGÉE")}
_APPROVALS = {"pending": N_("à approuver"), "approved": N_("approuvés"), "declined": N_("non approuvés")}
_JOINING = {
    "open": N_("ouvert : la première commande fait adhérer"), "on_request": N_("sur demande"),
    "closed": N_("fermé aux nouveaux"),
}  # fmt: skip
_PAYMENT = {"online": N_("en ligne"), "on_site": N_("sur place"), "both": N_("en ligne ou sur place")}
_STAGES = {
    "planned": N_("prévue"), "open": N_("commandes ouvertes"), "closing": N_("clôture en cours"),
    "closed": N_("commandes closes"), "handover": N_("remise en cours"), "closing_books": N_("clôture des comptes"),
    "final": N_("terminée"), "cancelling": N_("annulation en cours"), "cancelled": N_("annulée"),
}  # fmt: skip
_ADMISSIONS = {
    "asked": N_("demande envoyée"), "invited": N_("invitée"), "admitted": N_("admise"), "ended": N_("terminée"),
}  # fmt: skip
_PRESENCE = {"accepted": N_("présente"), "declined": N_("absente")}
_STANDINGS = {
    "member": N_("adhérent"), "waiting": N_("en attente"), "refused": N_("refusé"), "left": N_("parti"),
    "banned": N_("exclu"),
}  # fmt: skip
_ORDERS = {
    "placed": N_("enregistrée"), "handed_over": N_("remise"), "absent": N_("non retirée"), "cancelled": N_("annulée"),
}  # fmt: skip
_COMING = {
    "in_person": N_("la ferme vient"), "carried": N_("quelqu’un d’autre les apporte"),
    "withdrawn": N_("la ferme se retire"),
}  # fmt: skip
_MEANS = {"cash": N_("espèces"), "cheque": N_("chèque"), "card": N_("carte"), "transfer": N_("virement")}
_MOVEMENTS = {
    "owed": N_("dû"), "taken": N_("encaissé"), "given_back": N_("rendu"), "undone": N_("annulation"),
    "adjusted": N_("geste commercial"),
}  # fmt: skip
_SHARE_RULES = {
    "first_come": N_("les premiers qui ont commandé sont servis en entier"),
    "pro_rata": N_("chacun reçoit la même part, en unités entières"),
}
_UNCOLLECTED = {
    "still_due": N_("elle reste due, et repart avec la ferme"), "donated": N_("elle est donnée, et reste due"),
}  # fmt: skip
_OUTCOMES = {"new": N_("nouveau"), "changed": N_("modifié"), "same": N_("inchangé"), "faulty": N_("à corriger")}
_LOANS = {
    "asked": N_("demandé"), "granted": N_("accordé"), "refused": N_("refusé par la commune"),
    "withdrawn": N_("demande retirée"), "ended": N_("fin annoncée"),
}  # fmt: skip
_WEEKDAYS = {
    "1": N_("lundi"), "2": N_("mardi"), "3": N_("mercredi"), "4": N_("jeudi"), "5": N_("vendredi"), "6": N_("samedi"),
    "7": N_("dimanche"),
}  # fmt: skip
_MONTHS = {
    "1": N_("janvier"), "2": N_("février"), "3": N_("mars"), "4": N_("avril"), "5": N_("mai"), "6": N_("juin"),
    "7": N_("juillet"), "8": N_("août"), "9": N_("septembre"), "10": N_("octobre"), "11": N_("novembre"),
    "12": N_("décembre"),
}  # fmt: skip
_OWN_DATA = {
    "account": N_("Compte : nom, adresse, téléphone, langue"), "sessions": N_("Appareils connectés"),
    "memberships": N_("Adhésions aux marchés"), "grants": N_("Droits reçus, en cours ou terminés"),
    "markets": N_("Marchés que vous organisez"), "producers": N_("Fermes pour lesquelles vous vendez"),
    "orders": N_("Commandes, avec leurs lignes"), "movements": N_("Ce que vous avez dû et payé aux fermes"),
    "messages": N_("Messages qui vous ont été écrits"), "choices": N_("Messages que vous avez choisis"),
    "consents": N_("Qui peut commander en votre nom"), "people": N_("Pour qui vous pouvez commander"),
    "household": N_("Adultes du foyer"),
}  # fmt: skip
_REGIMES = {
    "normal": N_("Régime normal"), "franchise": N_("Franchise en base"),
    "flat_rate": N_("Remboursement forfaitaire agricole"),
}  # fmt: skip
_NO_VAT = {
    "franchise": N_("TVA non applicable, franchise en base"),
    "flat_rate": N_("TVA non facturée, remboursement forfaitaire agricole"),
}
_TEAM = {
    "organise": N_("Responsables"), "treasury": N_("Trésorerie"), "handover": N_("Remise des paniers"),
    "sell": N_("Au nom de la ferme"), "account": N_("Comptables"), "operate": N_("Administration du site"),
}  # fmt: skip
_TRUST = {
    "organise": N_("Tenir le marché : tout ce que vous y faites, et nommer d’autres personnes"),
    "treasury": N_("Tenir les caisses et clore les comptes"),
    "handover": N_("Remettre les paniers et encaisser à cette distribution"),
    "sell": N_("Agir au nom de la ferme : produits, prix, listes, caisses, et nommer d’autres personnes"),
    "account": N_("Lire les comptes et la TVA, sans rien y changer, jusqu’à une date"),
    "operate": N_("Administrer le site, et nommer d’autres personnes"),
}
_TRUSTED = {
    "organise": N_("Tenir un marché"), "treasury": N_("Tenir la caisse d’un marché"),
    "handover": N_("Remplacer un responsable à une distribution"), "sell": N_("Agir au nom d’une ferme"),
    "account": N_("Lire des comptes"), "mediate": N_("Commander au nom de personnes qui y consentent"),
    "lend": N_("Prêter les lieux d’une commune"), "operate": N_("Administrer ce site"),
}  # fmt: skip
TABLES = {
    "category": _CATEGORIES, "mark": _MARKS, "short_mark": _MARKS | _SHORT_MARKS, "floor": _FLOORS,
    "scope": _SCOPES, "decision": _DECISIONS, "allergen": _ALLERGENS,
    "grade": _GRADES, "date_kind": _DATES, "sanitary": _SANITARY, "paper": _PAPERS,
    "storage": _STORAGE, "unit": _UNITS, "pricing": _PRICING, "stock": _STOCK, "kind": _KINDS,
    "joining": _JOINING, "payment": _PAYMENT, "stage": _STAGES, "admission": _ADMISSIONS,
    "presence": _PRESENCE, "standing": _STANDINGS, "order": _ORDERS, "share_rule": _SHARE_RULES, "coming": _COMING,
    "entity": _ENTITIES, "approval": _APPROVALS, "plan": _PLANS,
    "outcome": _OUTCOMES, "month": _MONTHS, "means": _MEANS, "movement": _MOVEMENTS,
    "uncollected": _UNCOLLECTED, "loan": _LOANS, "weekday": _WEEKDAYS,
    "own_data": _OWN_DATA, "mail": _MAILS, "team": _TEAM, "trust": _TRUST, "trusted": _TRUSTED,
    "regime": _REGIMES, "no_vat": _NO_VAT,
}  # fmt: skip


def word(value: object, table: str) -> str:
    """How a value is called on the page; one that is newer than this page is shown as it is."""
    known = TABLES[table].get(str(value))
    return _(known) if known else str(value)


def choices(table: str) -> list[tuple[str, str]]:
    """Every value of a table with its word, for a field to choose from."""
    return [(value, _(text)) for value, text in TABLES[table].items()]
