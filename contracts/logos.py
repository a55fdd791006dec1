"""The logo of a market's brand: a picture kept as photos are, one of each market, read as they are by its id."""

from uuid import UUID

from contracts.catalog import Market
from contracts.members import Right
from contracts.messages import Command
from contracts.photos import Picture


class KeepLogo(Command, door="catalog.keep_logo", answers=Market, acts=True, by=(Right.ORGANISE,)):
    """Show a market by a logo, for its organisers, in place of the one before.

    The body is a JPEG, PNG or WebP file. What is transparent in it becomes white, or dark where the logo is too pale
    for that.
    """

    market_id: UUID
    picture: Picture


class RemoveLogo(Command, door="catalog.remove_logo", answers=Market, acts=True, by=(Right.ORGANISE,)):
    """Show a market by its name alone again; its logo is kept no longer."""

    market_id: UUID
