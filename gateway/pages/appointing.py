"""Whom operators name for a town, and the towns that one is named for: mediators, and who lends its places."""

from uuid import UUID

from flask import Response, request

from contracts.members import ListGrants, RevokeRight, Right
from contracts.messages import Command
from contracts.towns import insee_of, is_insee, town_id
from gateway import asking
from gateway.pages.fields import Form
from gateway.pages.places import PlaceForm
from gateway.pages.site import go, person, show


def appointed(page: str, command: type[Command], right: Right) -> Response:
    """Those of a town, and a new one; for operators, and for those who are named there already."""
    person()
    form = PlaceForm(command)
    if form.send_from():
        return go(page, "saved", insee=insee_of(form.answer.object_id) or "")
    insee = request.args.get("insee", "")
    found = asking.ask(ListGrants(right=right, object_id=town_id(insee))).grants if is_insee(insee) else []
    return show(f"{page}.html", form.status, form=form, found=found, insee=insee)


def ended(page: str, grant_id: UUID) -> Response:
    """Take the right back."""
    is_done = Form(RevokeRight).send(grant_id=grant_id)
    return go(page, "saved" if is_done else "not-done", insee=request.form.get("insee", ""))


def own_towns(right: Right) -> list[str]:
    """INSEE codes of the towns on which the visitor holds a right."""
    held = [one.object_id for one in person().rights if one.right is right and one.object_id]
    return sorted(insee for town in held if (insee := insee_of(town)))
