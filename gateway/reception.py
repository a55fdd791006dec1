"""What all requests of a gateway share: its settings, the line to the services, what it keeps, its presses."""

from functools import partial
from typing import NamedTuple, Protocol
from uuid import UUID

from flask import current_app

from bus.wire import Answer, adapter
from contracts.accounts import Identify, Identity
from contracts.approval import Brand, FindBrand
from contracts.messages import Command
from contracts.orders import ReadAvailability, ReadSaleSheet
from contracts.photos import PhotoFile, PhotoSize, ReadPhoto
from contracts.showing import ListMarketsShown, MarketShown, ReadVoice, Voice
from gateway.album import Album
from gateway.brands import Brands
from gateway.identities import Identities
from gateway.open_data import OpenData
from gateway.printing.press import Press
from gateway.settings import Settings
from gateway.sheets import Sheets
from gateway.voices import Voices


class Asking(Protocol):
    """A line to the services: `bus.asking.Line`, or a small one of a test."""

    def ask_raw(
        self,
        command: Command,
        *,
        token: str | None = None,
        key: str | None = None,
        language: str = "fr",
        within: float = 10.0,
    ) -> Answer:
        """The answer to a command, as JSON bytes."""

    def put(
        self,
        door: str,
        question: bytes,
        *,
        token: str | None = None,
        key: str | None = None,
        language: str = "fr",
        within: float = 10.0,
    ) -> Answer:
        """The answer to a command that is JSON bytes already."""


class Reception(NamedTuple):
    """One per process; found by `reception()` wherever a request is in hand."""

    settings: Settings
    line: Asking
    identities: Identities
    sheets: Sheets
    open_data: OpenData
    brands: Brands
    voices: Voices
    press: Press
    """For single papers, while a person waits."""
    bindery: Press
    """For all papers of a sale at once: seconds of work, so one at a time and never before a single paper."""
    darkroom: Press
    """For photos: half a second each, and half a gigabyte for the largest, so one at a time."""
    album: Album


def open_reception(settings: Settings, line: Asking) -> Reception:
    """A reception that knows nobody and nothing yet."""

    def identify(secret: str) -> Identity:
        return Identity.model_validate_json(line.ask_raw(Identify(secret=secret)).body)

    def sheet(distribution_id: str) -> tuple[bytes, bytes]:
        asked = UUID(distribution_id)
        return (
            line.ask_raw(ReadSaleSheet(distribution_id=asked), within=5.0).body,
            line.ask_raw(ReadAvailability(distribution_id=asked), within=5.0).body,
        )

    def markets(after: UUID | None, limit: int) -> list[MarketShown]:
        body = line.ask_raw(ListMarketsShown(after=after, limit=limit)).body
        found: list[MarketShown] = adapter(ListMarketsShown).validate_json(body)
        return found

    def photo(photo: str, size: str) -> bytes:
        asked = ReadPhoto(photo=photo, size=PhotoSize(size))
        return PhotoFile.model_validate_json(line.ask_raw(asked).body).content

    def brand(host: str) -> Brand | None:
        found: Brand | None = adapter(FindBrand).validate_json(line.ask_raw(FindBrand(host=host)).body)
        return found

    return Reception(
        settings,
        line,
        Identities(identify),
        Sheets(sheet),
        OpenData(markets, settings.public_url),
        Brands(settings.public_url, brand),
        Voices(partial(_voice, line)),
        press=Press(at_once=2, waiting=6, seconds=20),
        bindery=Press(at_once=1, waiting=1, seconds=240),
        darkroom=Press(at_once=1, waiting=8, seconds=20, task="developing"),
        album=Album(photo),
    )


def _voice(line: Asking, market_id: UUID) -> Voice:
    return Voice.model_validate_json(line.ask_raw(ReadVoice(market_id=market_id)).body)


def reception() -> Reception:
    """The reception of the application in hand."""
    found: Reception = current_app.extensions["reception"]
    return found
