"""What a market's own words about itself may be, and what an edit does to its approval. Pure."""

from typing import NamedTuple

from contracts.identity import Approval, EntityKind, MarketIdentity
from contracts.products import Fault

LEAST_CONTRAST = 5
"""WCAG 2.1 asks 4.5 of normal text; links stand on paper that is a little darker than white."""


class Entity(NamedTuple):
    """Who is behind a market: what was approved."""

    kind: EntityKind | None
    number: str
    name: str


def identity_fault(wanted: MarketIdentity) -> Fault | None:
    """What the fields say against one another; the number itself is checked elsewhere."""
    if wanted.entity_number and wanted.entity_kind is None:
        return Fault(field="entity_kind", code="missing", message="Say what this number is the number of.")
    if wanted.entity_kind in (EntityKind.ASSOCIATION, EntityKind.COMPANY) and not wanted.entity_number:
        return Fault(field="entity_number", code="missing", message="Give the number of the association or company.")
    if wanted.brand_colour and contrast_with_white(wanted.brand_colour) < LEAST_CONTRAST:
        return Fault(field="brand_colour", code="pale", message="White letters cannot be read on this colour.")
    return None


def contrast_with_white(colour: str) -> float:
    """From 1 (white) to 21 (black), by the relative luminance of WCAG 2.1."""
    red, green, blue = (_linear(int(colour[place : place + 2], 16) / 255) for place in (1, 3, 5))
    return 1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05)


def approval_after_edit(approval: Approval, before: Entity, after: Entity) -> Approval:
    """A declined market that was mended asks again; so does one that was handed to another legal entity."""
    if approval is Approval.DECLINED:
        return Approval.PENDING
    is_another = before.kind is not None and before != after
    return Approval.PENDING if is_another else approval


def _linear(share: float) -> float:
    return share / 12.92 if share <= 0.04045 else float(((share + 0.055) / 1.055) ** 2.4)
