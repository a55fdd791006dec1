"""Towns as objects of rights: a commune's INSEE code, written into a UUID, so that nobody has to look either up."""

import re
from uuid import UUID

from contracts.identity import INSEE

_PREFIX = "00000000-0000-8000-8000-00"
"""Of version 8, which RFC 9562 leaves to everybody's own use; the last five bytes are the code."""


def town_id(insee: str) -> UUID:
    """The object of `mediate:<town>` and `lend:<town>`."""
    return UUID(f"{_PREFIX}{insee.encode().hex()}")


def is_insee(text: str) -> bool:
    """Whether a text is written as INSEE codes are."""
    return re.fullmatch(INSEE, text) is not None


def insee_of(object_id: UUID) -> str | None:
    """The commune that an object is; nothing where it is none."""
    code = object_id.bytes[-5:]
    return code.decode() if str(object_id).startswith(_PREFIX) and code.isalnum() else None
