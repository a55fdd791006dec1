"""`./halle dead | replay | trace | person`: what a person on call does to messages, and reads of a person.

`dead list|show ID|replay ID...|drop ID...` works on parked messages of every service; `replay --type T [--since ISO]`
says events again (harmless: every handler knows what it has heard); `trace SUBJECT` shows an order's whole story.
`person NAME` finds somebody's id, `person ID` prints all that is kept of that person.
"""

import argparse
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from textwrap import indent
from typing import Any
from uuid import UUID

import orjson
import pika
from pika.adapters.blocking_connection import BlockingChannel
from pika.exceptions import UnroutableError
from sqlalchemy import Connection, create_engine, text

from bus import dossier, env, topology


@contextmanager
def _database(service: str) -> Iterator[Connection]:
    engine = create_engine(env.database_url(service))
    with engine.begin() as tx:
        yield tx
    engine.dispose()


def _each(statement: str, **parameters: Any) -> Iterator[tuple[str, Any]]:
    """Rows of one statement in every service's database, each with its service."""
    for service in env.database_services():
        with _database(service) as tx:
            for row in tx.execute(text(statement), parameters).all():
                yield service, row


def dead_list(_: argparse.Namespace) -> int:
    rows = list(_each("select id, queue, error, parked_at from parked where settled_at is null order by id"))
    for service, row in rows:
        print(f"{service}:{row.id}\t{row.parked_at:%Y-%m-%d %H:%M:%S}\t{row.queue}\t{row.error[:120]}")
    print(f"{len(rows)} parked" if rows else "Nothing is parked.")
    return 0


def dead_show(wanted: argparse.Namespace) -> int:
    for service, number in _ids(wanted.ids):
        with _database(service) as tx:
            row = _parked(tx, service, number)
        print(f"{service}:{row.id} {row.queue} parked {row.parked_at}\n{row.error}")
        print(bytes(row.message).decode("utf-8", "replace"))
    return 0


def dead_replay(wanted: argparse.Namespace) -> int:
    """Give parked messages back to their queues, confirmed by the broker, then settle them."""
    connection = pika.BlockingConnection(topology.connection_parameters(env.broker_url()))
    channel = connection.channel()
    channel.confirm_delivery()
    for service, number in _ids(wanted.ids):
        with _database(service) as tx:
            row = _parked(tx, service, number)
            _give_back(channel, row)
            _settle(tx, number)
        print(f"{service}:{number} is back in {row.queue}")
    connection.close()
    return 0


def dead_drop(wanted: argparse.Namespace) -> int:
    """Settle parked messages without another try; the rows stay until they are pruned."""
    for service, number in _ids(wanted.ids):
        with _database(service) as tx:
            _parked(tx, service, number)
            _settle(tx, number)
        print(f"{service}:{number} dropped")
    return 0


def _parked(tx: Connection, service: str, number: int) -> Any:
    """A parked message, held until the transaction ends; stops with a sentence where there is none."""
    row = tx.execute(text("select * from parked where id = :id for update"), {"id": number}).first()
    if row is None:
        raise SystemExit(f"halle: Nothing is parked as {service}:{number}.")
    return row


def _give_back(channel: BlockingChannel, row: Any) -> None:
    properties = pika.BasicProperties(delivery_mode=2, content_type="application/cloudevents+json")
    try:
        channel.basic_publish("", row.queue, bytes(row.message), properties, mandatory=True)
    except UnroutableError:
        raise SystemExit(f"halle: The broker has no queue {row.queue}; the message stays parked.") from None


def _settle(tx: Connection, number: int) -> None:
    tx.execute(text("update parked set settled_at = halle_now() where id = :id"), {"id": number})


def _ids(words: list[str]) -> Iterator[tuple[str, int]]:
    """`orders:7` as a service and a number; stops with a sentence at anything else."""
    for word in words:
        service, _, number = word.partition(":")
        if service not in env.database_services() or not number.isdigit():
            raise SystemExit(f"halle: {word!r} is no parked message; they are named like orders:7.")
        yield service, int(number)


def replay(wanted: argparse.Namespace) -> int:
    """Have events of a type said again by the relay; `--since` is an instant, without it all that are kept."""
    statement = text("update outbox set sent_at = null where type = :type and said_at >= cast(:since as timestamptz)")
    with _database(wanted.type.split(".", 1)[0]) as tx:
        count = tx.execute(statement, {"type": wanted.type, "since": wanted.since or "-infinity"}).rowcount
    print(f"{count} events of {wanted.type} are said again.")
    return 0


def trace(wanted: argparse.Namespace) -> int:
    """Everything said about a subject (an order's id), and who took it, in order of time."""
    said = list(_each("select * from outbox where subject = :subject order by id", subject=wanted.subject))
    for service, row in said:
        sent = f"sent {row.sent_at:%H:%M:%S.%f}" if row.sent_at else "NOT SENT"
        print(f"{row.said_at:%Y-%m-%d %H:%M:%S.%f}  {service} said {row.type} seq {row.seq}, {sent}")
        print(f"    trace {row.traceparent[3:35]}")
        for listener, heard in _each("select * from inbox where factid = :factid", factid=row.factid):
            print(f"    {heard.heard_at:%H:%M:%S.%f}  {listener}.{heard.handler}")
        if wanted.bodies:
            whole = orjson.dumps(orjson.loads(row.body), option=orjson.OPT_INDENT_2).decode()
            print(indent(whole, "    "))
    print(f"{len(said)} events" if said else f"Nothing was said about {wanted.subject}.")
    return 0 if said else 1


def person(wanted: argparse.Namespace) -> int:
    """Who has this in the name; or, by an id, all that is kept of that person, as JSON."""
    try:
        person_id = UUID(wanted.who)
    except ValueError:
        return _find(wanted.who)
    found = {}
    for service in env.database_services():
        with _database(service) as tx:
            if rows := dossier.of_person(tx, person_id):
                found[service] = rows
    print(dossier.as_json(found))
    return 0 if found else 1


def _find(word: str) -> int:
    found: set[dossier.Known] = set()
    for service in env.database_services():
        with _database(service) as tx:
            found.update(dossier.named(tx, word))
    for known in sorted(found, key=lambda one: (one.name, one.person_id)):
        print(f"{known.person_id}\t{known.name}")
    print(f"{len(found)} found" if found else f"Nobody here has {word!r} in the name.", file=sys.stderr)
    return 0 if found else 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="halle")
    words = parser.add_subparsers(required=True)
    dead = words.add_parser("dead", help="parked messages").add_subparsers(required=True)
    dead.add_parser("list", help="what is parked, by service").set_defaults(act=dead_list)
    for name, act in (("show", dead_show), ("replay", dead_replay), ("drop", dead_drop)):
        word = dead.add_parser(name, help=(act.__doc__ or "one message, whole").split(".")[0])
        word.add_argument("ids", nargs="+", metavar="SERVICE:NUMBER")
        word.set_defaults(act=act)
    again = words.add_parser("replay", help="say kept events again")
    again.add_argument("--type", required=True)
    again.add_argument("--since", type=datetime.fromisoformat, metavar="INSTANT", help="such as 2026-12-01T00:00:00Z")
    again.set_defaults(act=replay)
    story = words.add_parser("trace", help="what was said about an order, and who heard it")
    story.add_argument("subject")
    story.add_argument("--bodies", action="store_true", help="show the events whole")
    story.set_defaults(act=trace)
    somebody = words.add_parser("person", help="who has this name; or, by an id, all that is kept of a person")
    somebody.add_argument("who", metavar="NAME|ID")
    somebody.set_defaults(act=person)
    return parser


def main(arguments: list[str]) -> int:
    wanted = _parser().parse_args(arguments)
    return int(wanted.act(wanted))


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
