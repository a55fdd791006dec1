"""The numbers of legal entities, checked by their own algorithm where they have one."""

import re

from stdnum.exceptions import ValidationError
from stdnum.fr import siren, siret

from contracts.errors import malformed_field
from contracts.identity import EntityKind

_RNA = re.compile(r"W[0-9A-Z]\d{8}")
"""Of an association: no digit of it checks the others."""
_SIREN_DIGITS = 9


def checked_siret(number: str) -> str:
    """A SIRET without spaces; Malformed where it is none."""
    try:
        return str(siret.validate(number))
    except ValidationError as error:
        raise malformed_field("siret", "This is no SIRET: 14 digits, the last one checks.") from error


def checked_entity_number(kind: EntityKind | None, number: str) -> str:
    """A SIREN, a SIRET or an association's RNA, without spaces; Malformed where it is none of them."""
    plain = re.sub(r"[\s.-]", "", number).upper()
    if not plain or (kind is EntityKind.ASSOCIATION and _RNA.fullmatch(plain)):
        return plain
    try:
        return str((siren if len(plain) == _SIREN_DIGITS else siret).validate(plain))
    except ValidationError as error:
        raise malformed_field("entity_number", "This is no SIREN, no SIRET and no RNA of an association.") from error
