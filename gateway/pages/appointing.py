"""Whom operators name for a town, and the towns that one is named for: mediators, and who lends its places."""

from uuid import UUID

from flask import Response, request

from contracts.members import ListGrants, RevokeRight, Right
from contracts.messages import Command
from contracts.towns import insee_of, is_insee, town_id
from gateway import asking
from gateway.pages import places
from gateway.pages.fields import Form
from gateway.pages.places import PlaceForm
from gateway.pages.site import go, person, show


def appointed(page: str, command: type[Command], right: Right) -> Response:
    """Those of a town, and a new one; for operators, and for those who are named there already."""
    person()
    form = PlaceForm(command)
    if form.send_from():
        return go(page, "saved", insee=insee_of(form.answer.object_id) or "", town=request.form.get("place", ""))
    typed = request.args.get("town", "").strip()
    towns = places.meant(typed)
    insee = request.args.get("insee", "") or (towns[0].insee if len(towns) == 1 else "")
    found = asking.ask(ListGrants(right=right, object_id=town_id(insee))).grants if is_insee(insee) else []
    seen = {"insee": insee, "town": typed, "towns": [(one.insee, places.proposed(one)) for one in towns]}
    return show(f"{page}.html", form.status, form=form, found=found, **seen)


def ended(page: str, grant_id: UUID) -> Response:
    """Take the right back."""
    is_done = Form(RevokeRight).send(grant_id=grant_id)
    seen = {name: request.form.get(name, "") for name in ("insee", "town")}
    return go(page, "saved" if is_done else "not-done", **seen)


def own_towns(right: Right) -> list[str]:
    """INSEE codes of the towns on which the visitor holds a right."""
    held = [one.object_id for one in person().rights if one.right is right and one.object_id]
    return sorted(insee for town in held if (insee := insee_of(town)))
