"""What a paper is made of: its kind, the answers of services as they came, and who prints it when."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

from contracts.day import ReadFarmLines, ReadTelephoneList
from contracts.messages import Command
from contracts.orders import ReadHandoverList, ReadPreparationList
from contracts.planning import ReadDistribution
from contracts.presence import ListPresences


class Kind(StrEnum):
    """A list on paper, by the name of its template and of its file."""

    PREPARATION = "preparation"
    HANDOVER = "handover"
    DELIVERY_NOTE = "delivery-note"
    TELEPHONE = "telephone"
    STICKERS = "stickers"


COMMANDS: Mapping[Kind, tuple[type[Command], ...]] = {
    Kind.PREPARATION: (ReadPreparationList, ReadDistribution),
    Kind.HANDOVER: (ReadHandoverList, ReadDistribution),
    Kind.DELIVERY_NOTE: (ReadFarmLines, ListPresences, ReadDistribution),
    Kind.TELEPHONE: (ReadTelephoneList, ReadDistribution),
    Kind.STICKERS: (ReadHandoverList, ReadDistribution),
}
"""What is asked for a paper; the first of them decides who may have it."""


class Paper(NamedTuple):
    """A paper to be made. Answers travel unread: to read thousands of orders takes a processor as long as to print."""

    kind: Kind
    about: Mapping[str, UUID]
    """The distribution, and the producer of whose goods it tells."""
    answers: tuple[bytes, ...]
    """To the commands of its kind."""
    language: str
    printed_at: datetime
    public_url: str
    """Where the codes on stickers lead."""
