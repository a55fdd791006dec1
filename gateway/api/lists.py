"""The lists of a sale, for programs as JSON and for spreadsheets as CSV."""

from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import UUID

from flask import Response

from contracts.buyers import ReadBuyers
from contracts.day import ReadTelephoneList
from contracts.lists import ReadHandoverList, ReadPreparationList
from contracts.lots import FindLot
from contracts.messages import Command
from contracts.tills import ReadTills
from contracts.vat import ReadVat
from gateway import asking, csv_tables, session
from gateway.api import door
from gateway.api.door import Route

PREPARATION = "/distributions/<uuid:distribution_id>/preparation-lists/<uuid:producer_id>"
HANDOVER = "/distributions/<uuid:distribution_id>/handover-list"
AS_CSV = {"description": "A table for spreadsheets", "content": {csv_tables.TYPE: {}}}
Table = Callable[[Any, str], bytes]


def _csv(route: Route, table: Table, name: str, **path: UUID) -> Response:
    door.admit(route.command)
    found = asking.ask(door.parse(route, path))
    response = Response(table(found, session.visitor().language), content_type=csv_tables.TYPE)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response


def _as_csv(rule: str, command: type[Command], table: Table, name: str) -> None:
    route = Route("GET", f"{rule}.csv", command, answers=AS_CSV)
    view = partial(_csv, route, table, name)
    view.__name__ = f"{command.door.split('.')[1]}_csv"  # type: ignore[attr-defined]
    door.add_by(part, route, view)


part = door.part("lists", "The lists of a sale, for those who may see them.")
door.add(
    part,
    Route("GET", PREPARATION, ReadPreparationList),
    Route("GET", HANDOVER, ReadHandoverList),
    Route("GET", "/vat", ReadVat),
)
_as_csv(PREPARATION, ReadPreparationList, csv_tables.preparation, "preparation")
_as_csv("/distributions/<uuid:distribution_id>/telephone-list", ReadTelephoneList, csv_tables.telephone, "telephone")
_as_csv("/distributions/<uuid:distribution_id>/buyers", ReadBuyers, csv_tables.buyers, "telephone")
_as_csv("/distributions/<uuid:distribution_id>/cheques", ReadTills, csv_tables.cheques, "cheques")
_as_csv("/producers/<uuid:producer_id>/lots", FindLot, csv_tables.lot, "lot")
_as_csv("/vat", ReadVat, csv_tables.vat, "vat")
_as_csv(HANDOVER, ReadHandoverList, csv_tables.handover, "handover")
