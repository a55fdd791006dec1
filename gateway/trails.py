"""An audit trail as it is read: every service keeps its own; here they are one, newest first, with names."""

from collections.abc import Iterable, Iterator
from uuid import UUID

from contracts.audit import (
    Deed,
    Deeds,
    ListCatalogDeeds,
    ListDeeds,
    ListMembersDeeds,
    ListNotificationsDeeds,
    ListOrdersDeeds,
    ListPaymentsDeeds,
    NameActors,
    PersonName,
)
from gateway import asking

KEPT_BY: tuple[type[ListDeeds], ...] = (
    ListMembersDeeds,
    ListCatalogDeeds,
    ListOrdersDeeds,
    ListPaymentsDeeds,
    ListNotificationsDeeds,
)

AT_ONCE = 100
"""People whose names are asked for in one question."""


def page(wanted: ListDeeds) -> Deeds:
    """A page over all services, as one of them would answer it."""
    fields = wanted.model_dump()
    pages: list[Deeds] = [asking.ask(kind.model_validate(fields)) for kind in KEPT_BY]
    deeds = sorted((deed for one in pages for deed in one.deeds), key=lambda deed: deed.deed_id, reverse=True)
    has_more = len(deeds) > wanted.limit or any(one.following for one in pages)
    shown = deeds[: wanted.limit]
    return Deeds(deeds=shown, following=shown[-1].deed_id if has_more else None)


def every(wanted: ListDeeds) -> Iterator[Deed]:
    """All of it, page after page."""
    while True:
        found = page(wanted)
        yield from found.deeds
        if found.following is None:
            return
        wanted = wanted.model_copy(update={"after": found.following})


def names(deeds: Iterable[Deed]) -> dict[UUID, str]:
    """What those are called who acted; who has no account any more is left out."""
    return named(deed.person_id for deed in deeds)


def named(person_ids: Iterable[UUID]) -> dict[UUID, str]:
    """The same of anybody who ever held a right."""
    people = sorted(set(person_ids))
    found: list[PersonName] = []
    for first in range(0, len(people), AT_ONCE):
        found += asking.ask(NameActors(person_ids=people[first : first + AT_ONCE]))
    return {one.person_id: one.name for one in found}
