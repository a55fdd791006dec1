"""Run by test_green in a patched process: ten greenlets sleep in PostgreSQL at once, an eleventh counts them."""

import eventlet

eventlet.monkey_patch()

import sys  # noqa: E402

from sqlalchemy import text  # noqa: E402

from bus import database  # noqa: E402

SLEEPING = text("select count(*) from pg_stat_activity where query like 'select pg_sleep%' and state = 'active'")


def sleep() -> None:
    with database.transaction() as tx:
        tx.execute(text("select pg_sleep(20)"))


def most_asleep_at_once() -> int:
    """Count until ten sleep, or until the first of them would have woken."""
    seen = 0
    with eventlet.Timeout(15, False), database.statement() as connection:
        while seen < 10:
            seen = max(seen, connection.execute(SLEEPING).scalar_one())
            eventlet.sleep(0.05)
    return seen


def main() -> None:
    database.serve("orders")
    for _ in range(10):
        eventlet.spawn(sleep)
    print(most_asleep_at_once(), flush=True)
    sys.stdout.close()
    raise SystemExit(0)


main()
