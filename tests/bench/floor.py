"""What this machine can do at best: one flush to disk, and one order's work as a single prepared statement.

The floor has a key, five stock rows locked in order, five decrements, an order, its lines and an outbox row, and
nothing else: no HTTP, no broker, no token, no contracts.
"""

import os
import re
import subprocess
import tempfile
import time
from pathlib import Path

from deploy import children
from deploy.database import Postgres

SALES, OFFERS = 20, 200

TABLES = """
create table keys (asker uuid, key text, question bytea, answer text, primary key (asker, key));
create table sales (id int primary key, state text not null, closes_at timestamptz not null);
create table stocks (id int primary key, left_ int not null check (left_ >= 0));
create table orders (id uuid primary key, sale int references sales, consumer uuid, total bigint,
                     placed_at timestamptz);
create table lines (order_id uuid references orders, offer int, quantity int, primary key (order_id, offer));
create table outbox (id bigint generated always as identity primary key, factid uuid, subject text, body text,
                     sent_at timestamptz);
create index on outbox (id) where sent_at is null;
insert into sales select n, 'open', now() + interval '1 day' from generate_series(1, {sales}) n;
insert into stocks select n, 1000000000 from generate_series(1, {sales} * {offers}) n;
"""
ORDER = r"""
\set sale random(1, {sales})
\set a random(1, 40)
with sale as materialized (
  select id from sales where id = :sale and state = 'open' and clock_timestamp() < closes_at for share
), stock as materialized (
  select s.id from generate_series(0, 4) n join stocks s on s.id = (:sale - 1) * {offers} + :a + 40 * n
  order by s.id for no key update of s
), ids as materialized (select uuidv7() as order_id, gen_random_uuid() as person from sale
), claimed as (
  insert into keys select person, order_id::text, sha256('question'), repeat('a', 1400) from ids
  on conflict do nothing returning 1
), given as (update stocks s set left_ = left_ - 2 from stock where s.id = stock.id and s.left_ >= 2
), placed as (insert into orders select order_id, :sale, person, 2600, clock_timestamp() from ids
), lined as (insert into lines select order_id, stock.id, 2 from ids, stock
), said as (insert into outbox (factid, subject, body) select uuidv7(), order_id::text, repeat('b', 1500) from ids)
select count(*) from claimed;
"""


def flush_milliseconds(folder: Path, seconds: float = 1.0) -> float:
    """The mean time to have 8 KiB on disk, appended and flushed one after the other."""
    file = os.open(folder / "flushed", os.O_CREAT | os.O_WRONLY | os.O_TRUNC)
    began, count = time.perf_counter(), 0
    while time.perf_counter() - began < seconds:
        os.write(file, b"x" * 8192)
        os.fdatasync(file)
        count += 1
    took = time.perf_counter() - began
    os.close(file)
    (folder / "flushed").unlink()
    return took * 1000 / count


def orders_per_second(postgres: Postgres, seconds: int, clients: int = 16) -> float:
    """Orders per second by pgbench, in a database of its own in the same cluster."""
    postgres.drop("bench_floor")
    postgres.create("bench_floor")
    with postgres.connect("bench_floor") as connection:
        connection.execute(TABLES.format(sales=SALES, offers=OFFERS))
    with tempfile.NamedTemporaryFile("w", suffix=".sql") as script:
        script.write(ORDER.format(sales=SALES, offers=OFFERS))
        script.flush()
        said = _pgbench(postgres, script.name, seconds, clients)
    postgres.drop("bench_floor")
    found = re.search(r"tps = ([0-9.]+)", said)
    if found is None:
        raise RuntimeError(f"pgbench said no figure:\n{said}")
    return float(found[1])


def _pgbench(postgres: Postgres, script: str, seconds: int, clients: int) -> str:
    words = [str(postgres.bin / "pgbench"), "-n", "-M", "prepared", "-c", str(clients), "-j", "1"]
    where = ["-h", "127.0.0.1", "-p", str(postgres.port), "-U", "halle", "bench_floor"]
    Path(script).chmod(0o644)
    done = subprocess.run(
        ["setpriv", *children.as_user(postgres.user), "--", *words, "-T", str(seconds), "-f", script, *where],
        env={"PGPASSWORD": postgres.password, "PATH": "/usr/bin:/bin"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"pgbench: {done.stderr}")
    return done.stdout
