"""What a paper is made of: its kind, the answers of services as they came, and who prints it when."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

from contracts.consents import ReadConsent
from contracts.day import ReadFarmLines, ReadTelephoneList
from contracts.lists import ReadHandoverList, ReadPreparationList
from contracts.lots import ReadLots
from contracts.messages import Command
from contracts.orders import ReadOrder, ReadSaleSheet
from contracts.presence import ListPresences


class Kind(StrEnum):
    """A list on paper, by the name of its template and of its file."""

    PREPARATION = "preparation"
    HANDOVER = "handover"
    DELIVERY_NOTE = "delivery-note"
    TELEPHONE = "telephone"
    STICKERS = "stickers"
    SLIP = "slip"
    PICK_UP_SLIP = "pick-up-slip"
    CHEQUE_AMOUNTS = "cheque-amounts"


COMMANDS: Mapping[Kind, tuple[type[Command], ...]] = {
    Kind.PREPARATION: (ReadPreparationList, ReadSaleSheet),
    Kind.HANDOVER: (ReadHandoverList, ReadSaleSheet),
    Kind.DELIVERY_NOTE: (ReadFarmLines, ListPresences, ReadLots, ReadSaleSheet),
    Kind.TELEPHONE: (ReadTelephoneList, ReadSaleSheet),
    Kind.STICKERS: (ReadHandoverList, ReadSaleSheet),
    Kind.SLIP: (ReadOrder, ReadConsent, ReadSaleSheet),
    Kind.PICK_UP_SLIP: (ReadOrder, ReadSaleSheet),
    Kind.CHEQUE_AMOUNTS: (ReadHandoverList, ReadSaleSheet),
}
"""What is asked for a paper. The first decides who may have it; the last is the sale, as orders has it."""


class Paper(NamedTuple):
    """A paper to be made. Answers travel unread: to read thousands of orders takes a processor as long as to print."""

    kind: Kind
    about: Mapping[str, UUID]
    """The distribution, and the producer of whose goods it tells, or the order."""
    answers: tuple[bytes, ...]
    """To the commands of its kind."""
    language: str
    printed_at: datetime
    public_url: str
    """Where the codes on stickers lead."""
