"""From the JSON of a message to a mail in its reader's language, at the moment it is sent."""

from urllib.parse import quote

import orjson

from services.notifications import agreements, formats, order_mails, rules, sale_mails
from services.notifications.composing import Mail, mail
from services.notifications.store import Claimed


def write(message: Claimed, public_url: str) -> Mail:
    """The mail of a message; links begin with `public_url`."""
    if message.market.logo:
        logo = public_url + rules.LOGO_PATH.format(logo=message.market.logo)
        message = message._replace(market=message.market._replace(logo=logo))
    return _WRITERS.get(message.kind, _letter)(message, formats.spoken(message.language), public_url)


def _agreement_mail(message: Claimed, language: str, public_url: str) -> Mail:
    said = agreements.OF_KIND[message.kind](message, language, public_url)
    return mail(message, said.template, said.words, about=said.about, sender=said.sender)


def _letter(message: Claimed, _: str, public_url: str) -> Mail:
    secret = orjson.loads(message.content)["secret"] or ""
    link = public_url + rules.PATHS[message.kind].format(secret=quote(secret, safe=""))
    return mail(message, "letter", {"link": link, "by": message.named}, about=str(message.kind), sender="")


_WRITERS = order_mails.OF_KIND | sale_mails.OF_KIND | dict.fromkeys(agreements.OF_KIND, _agreement_mail)
"""What is no letter."""
