"""What went wrong, as a sentence that a person can act on, by the code that services give."""

from collections.abc import Mapping
from typing import Any

from gateway.pages.languages import N_, _

OF_FIELDS = {
    "missing": N_("À remplir."),
    "string_too_short": N_("Trop court : au moins %(min_length)s caractères."),
    "string_too_long": N_("Trop long : au plus %(max_length)s caractères."),
    "email": N_("Ce n’est pas une adresse e-mail."),
    "password.demo": N_("Ici, aucun mot de passe ne commence par « demo- » : choisissez-en un autre."),
    "new.demo": N_("Ici, aucun mot de passe ne commence par « demo- » : choisissez-en un autre."),
    "phone": N_("Ce n’est pas un numéro de téléphone."),
    "number": N_("Écrivez un nombre, par exemple 2,50."),
    "greater_than_equal": N_("Au moins %(ge)s."),
    "less_than_equal": N_("Au plus %(le)s."),
    "datetime": N_("Donnez le jour et l’heure."),
    "place.several": N_("Plusieurs communes s’appellent ainsi : choisissez la vôtre."),
    "place.unknown": N_("Nous ne connaissons pas cette commune."),
    "file.missing": N_("Choisissez un fichier."),
    "insee.missing": N_("Donnez une commune."),
    "insee.unknown": N_("Nous ne connaissons pas cette commune."),
    "siret.invalid": N_("Ce n’est pas un SIRET : 14 chiffres, dont le dernier est une clé."),
    "entity_kind.missing": N_("Dites de qui c’est le numéro."),
    "entity_number.missing": N_("Donnez le numéro RNA de l’association, ou un SIREN ou SIRET."),
    "entity_number.invalid": N_("Ce n’est ni un SIREN, ni un SIRET, ni le RNA d’une association (W et neuf chiffres)."),
    "brand_colour.pale": N_("Des lettres blanches ne se lisent pas sur cette couleur : choisissez-la plus sombre."),
    "brand_colour.string_pattern_mismatch": N_("Écrivez une couleur comme #1f5a3d."),
    "host.string_pattern_mismatch": N_("Écrivez un nom comme marche.example.org, sans https://."),
    "email.own": N_("C’est votre propre adresse."),
    "contact_email.value_error": N_("Ce n’est pas une adresse e-mail."),
    "contact_phone.string_pattern_mismatch": N_("Ce n’est pas un numéro de téléphone."),
    "served.several": N_("Plusieurs communes s’appellent ainsi : ajoutez le code postal, comme Caromb (84330)."),
    "served.unknown": N_("Nous ne connaissons pas l’une de ces communes."),
    "time_zone.value_error": N_("Ce n’est pas un fuseau horaire, comme Europe/Paris."),
    "closes_at.order": N_("Les commandes doivent fermer après leur ouverture."),
    "closes_at.past": N_("Les commandes seraient déjà closes."),
    "closes_at.invalid": N_("Vos lignes ferment entre l’ouverture et la clôture des commandes."),
    "starts_at.order": N_("La remise ne peut pas commencer avant la clôture des commandes."),
    "closes_at.closed": N_("Les commandes sont closes et ne rouvrent pas."),
    "starts_at.past": N_("La remise aurait déjà commencé."),
    "starts_at.same": N_("Ce sont les heures d’aujourd’hui : donnez-en d’autres."),
    "free_until.order": N_("Une heure à venir, au plus tard au début de la remise."),
    "ends_at.order": N_("La remise ne peut pas finir avant de commencer."),
    "capacity.missing": N_("Combien de commandes dans un créneau ? Le lieu ne le dit pas."),
    "capacity.too-many": N_("Ce lieu n’a pas de place pour autant de commandes dans un créneau."),
    "slots.uneven": N_("Les créneaux remplissent la remise : choisissez une durée qui la partage exactement."),
    "slots.too-long": N_("Une remise en créneaux dure au plus un jour."),
    "slot.unknown": N_("La remise n’a pas ce créneau."),
    "skipped.all": N_("Laissez au moins une date."),
    "skipped.unknown": N_("Ces dates ont changé : regardez-les à nouveau."),
    "venue_id.missing": N_("Choisissez un lieu de retrait."),
    "venue_id.unknown": N_("Ce marché n’a pas ce lieu de retrait."),
    "venue_id.unlent": N_("La commune ne prête pas ce lieu au marché à l’une de ces dates, ou à ces heures."),
    "venue_id.taken": N_("La commune a besoin de ce lieu l’un de ces jours."),
    "until_on.order": N_("Le dernier jour ne peut pas être avant le premier."),
    "until_on.past": N_("Ces jours sont passés."),
    "until_hour.order": N_("Le lieu est rendu après avoir été pris."),
    "weekdays.none": N_("Aucun de ces jours de la semaine n’est entre ces deux dates."),
    "term_from.outside": N_("Prêtez des jours qui ont été demandés."),
    "term_until.outside": N_("Prêtez des jours qui ont été demandés."),
    "term_until.none": N_("Aucun de ces jours de la semaine n’est entre ces deux dates."),
    "last_on.past": N_("Un préavis se donne pour aujourd’hui ou plus tard."),
    "last_on.order": N_("Le prêt finit de lui-même avant ce jour."),
    "begins_on.past": N_("Un jour à venir : le taux d’aujourd’hui se change avec le produit."),
    "purpose.missing": N_("Dites pour quoi."),
    "on-sale": N_("Il est en vente dans cette unité : retirez-le d’abord de la vente, puis remettez-le à son prix."),
    "unit.per-weight": N_("Ce qui est vendu à son poids se commande à la pièce."),
    "to_on.order": N_("Le dernier jour ne peut pas être avant le premier."),
    "approval_number.missing": N_("Donnez le numéro de l’établissement agréé."),
    "derogation_km.missing": N_("Dites jusqu’à quelle distance va la dérogation."),
    "derogation_kg.missing": N_("Dites combien la dérogation permet par semaine."),
    "estimated_grams.missing": N_("Dites à peu près combien pèse une pièce."),
    "maximum.order": N_("Le maximum ne peut pas être sous le minimum."),
    "stock.missing": N_("Dites combien il y en a."),
    "stock.unlimited": N_("Un stock sans limite n’a pas de chiffre."),
    "quantity.number": N_("Écrivez une quantité, par exemple 2 ou 0,5."),
    "quantity.not-on-the-sheet": N_("Ce produit n’est plus en vente ici."),
    "quantity.too-little": N_("Au moins %(minimum)s."),
    "quantity.too-much": N_("Au plus %(maximum)s."),
    "quantity.sold-out": N_("Il en reste %(left)s."),
    "quantity.off-step": N_("Se commande par %(step)s."),
    "quantity.line-closed": N_("La ferme a clos ses commandes."),
    "quantity.price-raised": N_("Son prix a augmenté depuis que vous l’avez regardé."),
    "quantity.price-asked": N_("Son prix a augmenté : confirmez-le d’abord, sur la page de la commande."),
    "lots.named-twice": N_("Écrivez chaque lot une seule fois."),
    "offer_id.missing": N_("Choisissez un produit."),
    "person_id.missing": N_("Choisissez pour qui."),
    "agreed.missing": N_("Dites qui a dit oui pour la ferme."),
    "short.too-much": N_("Il ne peut pas manquer plus que ce qui était commandé."),
    "carrier.missing": N_("Dites qui apporte les produits."),
    "amount_cents.missing": N_("Écrivez un montant."),
    "amount_cents.greater_than_equal": N_("Écrivez un montant au-dessus de zéro."),
    "amount_cents.less_than_equal": N_("C’est trop pour un seul paiement."),
    "float_cents.greater_than_equal": N_("Un fonds de caisse n’est pas sous zéro."),
    "float_cents.less_than_equal": N_("C’est trop pour un fonds de caisse."),
    "counted_cents.missing": N_("Écrivez ce qu’il y a dans la caisse, même si c’est 0."),
    "counted_cents.greater_than_equal": N_("Une caisse n’est pas sous zéro."),
    "counted_cents.less_than_equal": N_("C’est trop pour une caisse."),
    "parts.too_short": N_("Choisissez au moins une ferme à payer."),
    "parts.one-payee": N_("Un chèque ou une carte paie une seule ferme : choisissez laquelle."),
    "means.missing": N_("Choisissez comment c’est payé."),
    "reason.missing": N_("Dites pourquoi."),
    "date": N_("Donnez un jour."),
    "signed_on.missing": N_("Donnez le jour de la signature."),
    "signed_on.future": N_("Ce jour est encore à venir."),
    "given_on.future": N_("Ce jour est encore à venir."),
    "signed_on.too-old": N_("Ce papier a plus d’un an : il en faut un nouveau."),
    "signed_on.older": N_("Ce papier est plus ancien que le dernier, ou que sa fin."),
    "product_ids.missing": N_("Cochez les produits qui ont ce label."),
    "product_ids.unknown": N_("La ferme n’a pas ce produit."),
    "number.missing": N_("Donnez le numéro du certificat."),
    "valid_until.missing": N_("Donnez le dernier jour : ceci n’est donné que pour un temps."),
    "valid_until.past": N_("Ce jour est passé."),
    "valid_until.number": N_("Donnez un jour d’avant 2100."),
    "valid_until.less_than_equal": N_("Donnez un jour d’avant 2100."),
    "picture.not-a-photo": N_("Ce fichier n’est pas une photo lisible : choisissez un JPEG, un PNG ou un WebP."),
    "picture.too-many-pixels": N_("Cette photo a plus de 50 millions de pixels : choisissez-en une plus petite."),
    "picture.too-large": N_("Cette photo a plus de 12 Mo : choisissez-en une plus légère."),
    "picture.busy": N_("La photo n’a pas pu être préparée : choisissez-la à nouveau et renvoyez."),
    "picture.too-many-photos": N_("La ferme montre déjà 500 photos : enlevez-en une d’abord."),
    "picture.missing": N_("Choisissez un fichier."),
    "photo.unknown": N_("La ferme n’a plus cette photo : choisissez-la à nouveau."),
    "marks-of-farm": N_("Les labels sont ceux de la ferme : ajoutez-y ce produit, sur sa page « Labels »."),
    "rounded": N_("Ce nombre a été arrondi."),
    "columns": N_("Il y a plus de cases que de colonnes : mettez entre guillemets ce qui contient le séparateur."),
    "quote": N_("Un guillemet n’est pas refermé."),
    "twice": N_("Une ligne plus haut est le même produit."),
    "unit.of-price": N_("Le prix est celui de quoi ? piece, kg ou l."),
    "unit.unknown": N_("Cette unité n’est pas connue : piece, kg, g, l, cl ou ml."),
    "no-price": N_("Pas mis en vente : il n’a pas de prix."),
    "organic-needs-mark": N_("« Bio » ne se dit qu’avec le label AB : ajoutez-le à la ferme, sur sa page « Labels »."),
    "mark-expired": N_("Son label a expiré : vous pouvez en garder ou en enlever, pas en ajouter."),
    "per-weight": N_("Ce qui est vendu à son poids se commande à la pièce."),
}
"""By `field.code`, else by code."""
_KINDS = {
    "string_pattern_mismatch": {"phone": "phone"},
    "value_error": {"email": "email"},
    "int_parsing": {}, "int_from_float": {}, "decimal_parsing": {}, "float_parsing": {},
}  # fmt: skip
ANY_FIELD = N_("Cette valeur ne convient pas.")

OF_REFUSALS = {
    "csrf": N_("Cette page était trop ancienne. Vérifiez ce qui suit, puis envoyez à nouveau."),
    "malformed": N_("Vérifiez ce qui est signalé ci-dessous."),
    "key-reused": N_("Ce formulaire a déjà été envoyé. Vérifiez ce qui suit, puis envoyez à nouveau."),
    "wrong-email-or-password": N_("L’adresse e-mail ou le mot de passe n’est pas le bon."),
    "confirm-email": N_("Suivez d’abord le lien de la lettre que nous vous avons envoyée."),
    "wrong-password": N_("Ce n’est pas votre mot de passe."),
    "too-many-tries": N_("Trop d’essais. Attendez %(seconds)s secondes, puis essayez encore."),
    "link-over": N_("Ce lien a déjà servi, ou il est trop ancien. Demandez-en un autre."),
    "last-holder": N_("Vous êtes la dernière personne à avoir ce droit : partagez-le d’abord."),
    "outlasts-yours": N_("Ce droit dure plus longtemps que le vôtre."),
    "sold-out": N_("Il n’en reste pas assez. Rien n’a été enregistré : corrigez et envoyez à nouveau."),
    "slot-full": N_("Ce créneau est complet. Rien n’a été enregistré : choisissez-en un autre."),
    "window-closed": N_("Les commandes sont closes depuis %(closes_at)s."),
    "line-closed": N_(
        "Certaines lignes ne peuvent plus être changées. Rien n’a été enregistré : envoyez à nouveau pour garder le "
        "reste."
    ),
    "mark-expired": N_(
        "Le label que ce marché demande a expiré pour certaines lignes : on ne peut plus en ajouter. Rien n’a été "
        "enregistré."
    ),
    "withdrawn": N_("Ces produits sont retirés de la vente, et tout le monde en a été prévenu."),
    "below-ordered": N_(
        "Il y en a moins que ce qui est commandé et gardé : %(ordered)s sont commandés. Rien n’a été enregistré."
    ),
    "not-lower": N_(
        "Ce n’est pas moins que le prix actuel. Pour demander plus, augmentez le prix : ceux qui ont commandé sont "
        "d’abord interrogés."
    ),
    "not-higher": N_("Ce n’est pas plus que le prix actuel. Pour demander moins, baissez le prix : c’est immédiat."),
    "price-raised": N_(
        "Un prix a augmenté depuis que vous l’avez regardé. Rien n’a été enregistré : regardez ce qui est signalé, "
        "puis envoyez à nouveau si vous êtes d’accord."
    ),
    "price-asked": N_(
        "Un prix a augmenté : sur la page de la commande, confirmez-le ou retirez le produit. Rien n’a été enregistré."
    ),
    "price-moved": N_("Ce prix a changé entre-temps. Le voici tel qu’il est maintenant."),
    "not-a-member": N_("Ce marché est réservé à ses adhérents : demandez d’abord à y adhérer."),
    "market-closed-to-newcomers": N_("Ce marché n’accueille plus de nouveaux adhérents."),
    "banned": N_("Les responsables de ce marché ne vous y admettent pas."),
    "order-changed": N_("Votre commande a changé entre-temps. La voici telle qu’elle est maintenant."),
    "not-closed": N_("Les commandes sont encore ouvertes ou en train d’être comptées : attendez la clôture."),
    "cancelled": N_("Cette commande est annulée : par la personne qui l’avait passée, ou parce que rien n’en vient."),
    "handed-over": N_("Cette commande a été remise : rien ne s’y ajoute plus."),
    "absent": N_("Personne n’est venu pour cette commande : rien ne s’y ajoute plus."),
    "dearer": N_("Cela coûte plus que ce qui manque : cochez que la personne est d’accord, ou donnez-en moins."),
    "order-stands": N_("Cette personne a déjà une commande ici : ajoutez-y les produits."),
    "dropped-out": N_("Cette ferme s’est désistée, et tout le monde en a été prévenu."),
    "figures-moved": N_("Ces commandes ont changé entre-temps. Voici les chiffres tels qu’ils sont maintenant."),
    "no-such-sale": N_("Cette ferme ne participe pas à cette vente, ou vous ne la voyez pas."),
    "nobody-ordered": N_("Personne n’a de commande ici : il n’y a personne à qui écrire."),
    "too-many-messages": N_(
        "Trois messages par jour au plus à ceux d’une même distribution : le prochain attend demain, ou le téléphone."
    ),
    "orders-over": N_(
        "Cette remise est passée depuis plus d’une semaine : on n’écrit plus à ceux qui y avaient commandé."
    ),
    "not-cancellable": N_(
        "Cette vente est en train d’être comptée, remise ou annulée : elle ne peut pas être annulée."
    ),
    "not-shiftable": N_("Cette vente est en train d’être comptée, remise ou annulée : elle ne peut pas être décalée."),
    "not-asked": N_("La ferme a atteint son seuil, ou n’en a pas : elle ne peut que se désister."),
    "cash-limit": N_("La loi limite les espèces à 1 000 € par ferme et par commande : %(farms)s."),
    "no-mandate": N_("Ce comptoir n’a pas le mandat de : %(farms)s. Encaissez dans la caisse de la ferme."),
    "books-closed": N_("Les comptes de cette distribution sont clos : ils ne changent plus."),
    "more-than-paid": N_("C’est plus que ce qui a été payé."),
    "more-than-owed": N_("C’est plus que ce qui était dû."),
    "undone": N_("C’était déjà annulé."),
    "orders-open": N_("Dites d’abord de chaque commande si elle a été remise ou non retirée : %(numbers)s."),
    "not-handed-over": N_("La remise n’a pas commencé, ou la vente a été annulée : il n’y a pas encore de comptes."),
    "ref-taken": N_("Un autre produit de la ferme porte déjà cette référence."),
    "not-admitted": N_("Ce marché n’a pas encore admis la ferme : demandez d’abord à y vendre."),
    "offered-already": N_("Ce produit est déjà en vente à ce marché."),
    "archived": N_("Ce produit est archivé."),
    "not-planned": N_("Cette distribution a déjà ouvert, ou elle a été annulée : elle ne se change plus ici."),
    "membership-changed": N_("Cette adhésion a changé entre-temps. La voici telle qu’elle est maintenant."),
    "unknown-columns": N_("La première ligne doit nommer les colonnes : name, unit, price…"),
    "too-many-lines": N_("Un fichier peut avoir 2 000 lignes : partagez-le."),
    "market-asked": N_(
        "Ce marché est demandé : l’administration du site doit dire oui avant que des distributions soient prévues."
    ),
    "too-far": N_("La ferme est à %(km)s km, plus que les %(max_km)s km de ce marché : dites pourquoi l’admettre."),
    "host-taken": N_("Un autre marché se montre déjà sous ce nom d’hôte."),
    "own-market": N_("Une seconde personne doit décider d’un marché que vous avez fondé ou que vous organisez."),
    "place-asked": N_("La commune ne lui a pas encore prêté de lieu : sa réponse vient d’abord."),
    "lent-already": N_("Le lieu est déjà prêté à ce moment-là."),
    "loan-answered": N_("Quelqu’un a déjà répondu, ou le marché ne le demande plus."),
    "not-lent": N_("Ce lieu n’est pas prêté."),
    "entity-unknown": N_("Ses responsables doivent d’abord dire qui en répond."),
    "not-yours": N_("Vous n’avez pas le droit de faire cela ici."),
    "right-missing": N_("Vous n’avez pas le droit de faire cela ici."),
    "no-consent": N_("Cette personne ne vous autorise pas, ou plus, à commander en son nom."),
    "consent-unheard": N_("Cette autorisation n’est pas encore connue partout : réessayez dans un instant."),
    "no-such-mediator": N_("Personne n’est médiateur dans cette commune avec cette adresse."),
    "household-full": N_("Un foyer a huit autres adultes au plus."),
    "named-already": N_("Cette personne est déjà invitée."),
    "in-a-household": N_("Quittez d’abord le foyer dont vous êtes."),
    "no-such-adult": N_("Cette personne n’est pas de votre foyer, ou l’invitation n’est plus là."),
    "no-such-consent": N_("Cette autorisation n’existe pas."),
    "unknown-email": N_("Personne n’a de compte avec cette adresse."),
    "no-such-place": N_("Nous ne connaissons pas cette commune ni ce code postal."),
    "place-without-point": N_("Nous ne savons pas où se trouve cette commune : utilisez votre position."),
    "no-such-order": N_("Vous n’avez pas cette commande."),
    "no-such-distribution": N_("Cette vente n’existe pas, ou elle n’a pas encore ouvert."),
    "no-such-market": N_("Ce marché n’existe pas, ou il n’est pas public."),
    "no-market": N_("Ce marché n’existe pas encore pour nous : réessayez dans un instant."),
    "no-such-producer": N_("Cette ferme n’existe pas."),
    "no-such-product": N_("Ce produit n’existe pas."),
    "no-such-offer": N_("Cette offre n’est pas à vous, ou son stock est sans limite."),
    "no-such-list": N_("Il n’y a pas de telle liste pour vous."),
    "no-session": N_("Cet appareil était déjà déconnecté."),
    "not-found": N_("Cette page n’existe pas."),
    "method-not-allowed": N_("Cette page ne s’ouvre pas ainsi."),
    "too-large": N_("Ce qui a été envoyé est trop gros."),
    "bug": N_("Quelque chose s’est cassé chez nous. Nous sommes prévenus ; réessayez plus tard."),
}
CHANGED = N_("Cela a changé entre-temps. Rechargez la page et recommencez.")
NOT_FOUND = N_("Cela n’existe pas, ou vous ne pouvez pas le voir.")
NOT_ALLOWED = N_("Vous n’avez pas le droit de faire cela ici.")
OTHERWISE = N_("Cela n’a pas marché.")


def of_field(field: str, code: str, context: Mapping[str, Any] | None = None) -> str:
    """What is wrong with one field, `short` of `lines.3.short`; `context` has the limits that it broke."""
    field = field.rsplit(".", 1)[-1]
    code = "datetime" if code.startswith("datetime") else "date" if code.startswith("date_") else code
    if code in _KINDS:
        code = _KINDS[code].get(field, "number" if code.endswith(("parsing", "float")) else code)
    text = OF_FIELDS.get(f"{field}.{code}") or OF_FIELDS.get(code, ANY_FIELD)
    return _filled(text, context or {}, ANY_FIELD)


def of_refusal(code: str, details: Mapping[str, Any] | None = None, status: int = 0) -> str:
    """What is in the way of the whole."""
    text = OF_REFUSALS.get(code) or _of_family(code, status)
    values = {name: _listed(value) for name, value in (details or {}).items()}
    return _filled(text, values, OTHERWISE)


def _of_family(code: str, status: int) -> str:
    if code.endswith("-changed"):
        return CHANGED
    return {404: NOT_FOUND, 403: NOT_ALLOWED, 400: OF_REFUSALS["malformed"], 500: OF_REFUSALS["bug"]}.get(
        status, OTHERWISE
    )


def _listed(value: object) -> object:
    """Several farms or numbers, as a sentence names them."""
    return ", ".join(map(str, value)) if isinstance(value, list) else value


def _filled(text: str, values: Mapping[str, Any], otherwise: str) -> str:
    try:
        return _(text) % values
    except (KeyError, TypeError):
        return _(otherwise)
