"""Communes as people type them: a name or a post code, with or without what the page proposed."""

import re
from collections.abc import Iterable
from typing import Any, Protocol

from flask import request

from contracts.messages import Command
from contracts.search import CommuneFound, FindCommunes
from gateway import asking
from gateway.pages.fields import Form

_PROPOSED = re.compile(r"(.*\S)\s*\((\d{5})\)")
"""`Caromb (84330)`, as the field proposes it."""
PROPOSED, NAMESAKES = 10, 100
"""Communes that are looked at: there are twelve Sainte-Colombe, of which a post code names one."""


class Commune(Protocol):
    """A commune with its post codes, as several answers hold one."""

    @property
    def name(self) -> str: ...

    @property
    def post_codes(self) -> list[str]: ...


def proposed(commune: Commune) -> str:
    """How a commune is written in a field that chooses one."""
    return f"{commune.name} ({commune.post_codes[0]})" if commune.post_codes else commune.name


def written_lines(communes: Iterable[Commune]) -> str:
    """Several of them, one a line, as a field of many shows them."""
    return "\n".join(proposed(one) for one in communes)


def named(text: str) -> list[CommuneFound]:
    """The communes that a typed text may mean, the likeliest first."""
    match = _PROPOSED.fullmatch(text.strip())
    name, post_code = (match[1], match[2]) if match else (text.strip()[:80], "")
    limit = NAMESAKES if post_code else PROPOSED
    found: list[CommuneFound] = asking.ask(FindCommunes(text=name, limit=limit)) if name else []
    return [one for one in found if not post_code or post_code in one.post_codes] or found


def meant(typed: str) -> list[CommuneFound]:
    """The one commune that a typed text means, or those to choose from."""
    found = named(typed)
    return [one for one in found if one.name.casefold() == typed.casefold() or proposed(one) == typed] or found


class PlaceForm(Form):
    """A form with a commune in it: `place` is typed, `insee` was proposed or is found here."""

    def __init__(self, command: type[Command], shown: dict[str, Any] | None = None, **readers: Any) -> None:
        super().__init__(command, shown, **readers)
        self.communes: list[CommuneFound] = []
        """What to choose from, where several are meant."""

    def send_from(self, **fixed: Any) -> bool:
        """Send with the commune that is meant."""
        if request.method == "POST":
            insee = request.form.get("insee") or self._insee()
            fixed |= {"insee": insee} if insee else {}
        return self.send(**fixed)

    def _insee(self) -> str:
        """The one commune that is meant; several are shown to choose from."""
        typed = request.form.get("place", "").strip()
        found = meant(typed)
        if len(found) == 1:
            return found[0].insee
        self.communes = found
        if typed:
            self.blame("insee", "place.several" if found else "place.unknown")
        return ""

    def codes(self, name: str) -> list[str]:
        """The communes of a field of many, one a line; where one is not clear, the field is to blame."""
        codes = []
        for typed in filter(None, map(str.strip, request.form.get(name, "").splitlines())):
            found = meant(typed)
            if len(found) != 1:
                self.blame(name, "several" if found else "unknown")
            codes += [one.insee for one in found[:1]]
        return codes
