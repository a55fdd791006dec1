"""What was said since an instant, and which of its listeners have heard it: fact by fact, over all databases."""

from collections import defaultdict
from datetime import datetime
from uuid import UUID

from contracts.messages import EVENTS
from deploy import processes
from tests.bench.town import Town


def heard(town: Town, since: datetime) -> dict[str, tuple[int, int]]:
    """By queue, how many facts were said since, and how many of those stand in the listener's inbox."""
    said: dict[str, set[UUID]] = defaultdict(set)
    inbox: dict[tuple[str, str], set[UUID]] = defaultdict(set)
    for service in processes.services():
        for kind, factid in town.rows(service, "select type, factid from outbox where said_at >= %s", since):
            for queue in EVENTS[kind].queues():
                said[queue].add(factid)
    for service in processes.services():
        for handler, factid in town.rows(service, "select handler, factid from inbox where heard_at >= %s", since):
            inbox[service, handler].add(factid)
    return {
        queue: (len(facts), len(facts & inbox[service, handler]))
        for queue, facts in sorted(said.items())
        for service, _, handler in [queue.split(".")]
        if service in processes.services()
    }
