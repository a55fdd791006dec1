"""Who stands behind a market, which towns it serves, how it shows itself, and whether it may be seen by all.

What an organiser writes of it is part of `catalog.MarketDetails`; approving is in `approval`.
"""

from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, EmailStr, Field, StringConstraints

from contracts.messages import Model

INSEE = r"^\d[0-9AB]\d{3}$"
Insee = Annotated[str, StringConstraints(pattern=INSEE)]
Email = Annotated[EmailStr, Field(max_length=254)]
Phone = Annotated[str, StringConstraints(pattern=r"^\+?[0-9][0-9 .()/-]{3,23}$")]
Colour = Annotated[str, StringConstraints(pattern=r"^#[0-9a-fA-F]{6}$"), AfterValidator(str.lower)]
HostName = Annotated[
    str,
    StringConstraints(max_length=253, pattern=r"^[A-Za-z0-9][A-Za-z0-9.-]*\.[A-Za-z]{2,63}$"),
    AfterValidator(str.lower),
]


class EntityKind(StrEnum):
    """What a legal entity is, and so which number it has."""

    TOWN = "town"
    ASSOCIATION = "association"
    COMPANY = "company"


class Approval(StrEnum):
    """What an operator said of a market; a public market is found and read by all once it is approved."""

    PENDING = "pending"
    APPROVED = "approved"
    DECLINED = "declined"


class MarketIdentity(Model):
    """What an organiser writes about who a market is."""

    entity_kind: EntityKind | None = None
    """Nothing where nobody has said it yet; such a market is not approved."""
    entity_number: str = Field(default="", max_length=20)
    """SIREN or SIRET, or an association's RNA; a town may leave it out."""
    contact_email: Email | None = None
    """Shown on the market's page, as is the telephone."""
    contact_phone: Phone | None = None
    served: list[Insee] = Field(default=[], max_length=100)
    """Towns that it serves beside its own: it is found near each of them."""
    says_tu: bool = False
    """Whether it addresses its consumers by `tu`; its language otherwise is `vous`."""
    brand_name: str = Field(default="", max_length=60)
    """Under which it shows itself at its own host name; else its name."""
    brand_colour: Colour | None = None
    """Behind white letters, so it must be dark enough to read them."""
    host: HostName | None = None
    """A name of its own, at which the instance shows this market and nothing else first."""


class ServedTown(Model):
    """A town that a market serves."""

    insee: Insee
    name: str
    post_codes: list[str] = Field(default=[])
