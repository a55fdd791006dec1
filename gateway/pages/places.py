"""Communes as people type them: a name or a post code, with or without what the page proposed."""

import re
from typing import Any

from flask import request

from contracts.messages import Command
from contracts.search import CommuneFound, FindCommunes
from gateway import asking
from gateway.pages.fields import Form

_PROPOSED = re.compile(r"(.*\S)\s*\((\d{5})\)")
"""`Caromb (84330)`, as the field proposes it."""


def proposed(commune: CommuneFound) -> str:
    """How a commune is written in a field that chooses one."""
    return f"{commune.name} ({commune.post_codes[0]})" if commune.post_codes else commune.name


def named(text: str) -> list[CommuneFound]:
    """The communes that a typed text may mean, the likeliest first; at most 10."""
    match = _PROPOSED.fullmatch(text.strip())
    name, post_code = (match[1], match[2]) if match else (text.strip()[:80], "")
    found: list[CommuneFound] = asking.ask(FindCommunes(text=name)) if name else []
    return [one for one in found if not post_code or post_code in one.post_codes] or found


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
        found = named(typed) if typed else []
        same = [one for one in found if one.name.casefold() == typed.casefold() or proposed(one) == typed]
        if len(same or found) == 1:
            return (same or found)[0].insee
        self.communes = same or found
        if typed:
            self.blame("insee", "place.several" if found else "place.unknown")
        return ""
