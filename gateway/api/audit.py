"""The audit trail, as each service keeps its own."""

from gateway import trails
from gateway.api import door
from gateway.api.door import Route

part = door.part("audit", "What was done by right: for a market's organisers, a farm's sellers, operators.")
door.add(part, *(Route("GET", f"/audit/{kept.service()}", kept) for kept in trails.KEPT_BY))
